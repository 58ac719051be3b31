// The invariants of one run (I1, I3, I8); part of the checker.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "store/checker.h"

namespace gantry::store {

struct RunFacts {
  RunView view;
  const std::vector<VersionTask>& tasks;
  std::vector<model::TaskRow> rows;
  std::vector<model::AttemptRow> attempts;
  std::vector<HistoryView> history;
  // Of a run that was retried: the tasks of the version of each phase.
  std::map<std::int32_t, std::shared_ptr<const std::vector<VersionTask>>> phases = {};

  // An attempt's generation is the phase that made it.
  const std::vector<VersionTask>& tasks_in(std::int32_t phase) const {
    const auto found = phases.find(phase);
    return found == phases.end() ? tasks : *found->second;
  }
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
