// Part of the checker: whether what ran at once exceeded a limit (I5). A limit may change while
// the server runs; what runs then goes on, so only beginnings are held against it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/checker.h"
#include "store/run_check.h"

namespace gantry::store {

// A person set the slots of a pool, or took that back.
struct LimitChange {
  std::int64_t position = 0;
  std::string pool;
  std::optional<int> slots;
};
std::vector<LimitChange> limit_changes_of(const std::vector<HistoryView>& about_no_run);

struct SlotFacts {
  const CheckOptions& options;
  std::vector<SlotChange> slots;
  std::vector<LimitChange> changes;
  const std::vector<model::PoolLimitRow>& now;  // what is set as the check begins
  RemovedHistory removed;
};

void check_slots(SlotFacts facts, std::vector<Violation>& out);

}  // namespace gantry::store
