// How two workflows differ in what they mean: the order of keys, comments, spelled-out defaults and
// the way values are written make no difference.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spec/facts.h"

namespace gantry::spec {

struct Difference {
  enum class Kind { Added, Removed, Changed };
  Kind kind = Kind::Changed;
  FactOwner owner;
  std::string key;  // of Changed; empty: the owner as a whole was added or removed
  std::optional<std::string> before = {};  // of Changed; none: it was not said
  std::optional<std::string> after = {};
  bool operator==(const Difference&) const = default;
};

// Sorted by owner and key; empty if they mean the same.
std::vector<Difference> differences(const model::Definition& before,
                                    const model::Definition& after);

// "tasks.load.timeout"; "triggers.nightly".
std::string path_of(const Difference& difference);

}  // namespace gantry::spec
