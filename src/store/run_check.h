// The invariants of one run (I1, I3, I8); part of the checker.
#pragma once

#include <vector>

#include "store/checker.h"

namespace gantry::store {

struct RunFacts {
  RunView view;
  const std::vector<VersionTask>& tasks;
  std::vector<model::TaskRow> rows;
  std::vector<model::AttemptRow> attempts;
  std::vector<HistoryView> history;
};

void check_run(const RunFacts& facts, std::vector<Violation>& out);

// An attempt takes a slot when it is first recorded and gives it back when it ends.
struct SlotChange {
  std::int64_t position = 0;
  int direction = 0;  // +1 or -1
  std::string pool;
  int slots = 1;
  bool background = false;
  RunNo run;
};
void collect_slots(const RunFacts& facts, std::vector<SlotChange>& out);

}  // namespace gantry::store
