// What tasks wrote about themselves, compared with what the store recorded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/result.h"
#include "store/checker.h"

namespace gantry::store {

struct WitnessKey {
  RunNo run;
  std::string task;
  ItemPath item;
  std::int32_t generation = 1;
  std::int32_t attempt = 1;
  auto operator<=>(const WitnessKey&) const = default;
};

struct WitnessEntry {
  int begins = 0;
  std::optional<int> exit_code;  // of `end`
  int line = 0;                  // of the last begin
};

struct Witness {
  std::map<WitnessKey, WitnessEntry> entries;
  std::int64_t lines = 0;
};

// InvalidArgument with the line for anything that is not a witness line. The last line may be cut
// (the machine went down): it is left out if it has no newline.
Result<Witness> parse_witness(std::string_view text);

std::string text_of(const WitnessKey& key);  // "run 4, task load, generation 1, attempt 2"

struct RunFacts;

// I2, I3, I4 of one run.
void check_witness(const Witness& witness, const RunFacts& facts, std::vector<Violation>& out);

}  // namespace gantry::store
