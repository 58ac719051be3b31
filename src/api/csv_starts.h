// What a CSV text asks for: one run of a workflow per row. The first row names the params; the
// column `idempotency_key` (kKeyColumn) is the row's key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "base/result.h"
#include "base/time.h"
#include "core/surroundings.h"
#include "model/workflow.h"

namespace gantry::api {

inline constexpr std::string_view kKeyColumn = "idempotency_key";

struct CsvStart {
  int line = 1;
  std::string key;
  ValueMap params;  // those that are given
};

struct CsvStarts {
  std::vector<CsvStart> starts;  // of the rows without a fault
  std::vector<CsvFault> faults;  // the first limits::kErrorsShownMax
  std::size_t faults_count = 0;

  void add_fault(int line, int column, Error what);
};

// `shared` are given to every row. A row without a key of its own has one made of its params and of
// how many rows before it are the same: the text may be handed in again, also with more rows, and
// each row starts once. `prefix` begins each key: another one starts all anew.
CsvStarts read_starts(std::string_view csv, const std::string& prefix, const ValueMap& shared,
                      const model::Workflow& workflow, Instant now,
                      const core::Surroundings& around = {});

}  // namespace gantry::api
