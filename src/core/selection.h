// Selection: what of a closed run runs again in a retry and what stays, by the indexes of the plan
// of the new phase. Of a group or foreach that failed only what failed in it, and what follows from
// that, runs again; of one that is named, or follows, all of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/join.h"
#include "core/plan.h"
#include "model/event.h"

namespace gantry::core {

class Selection {
 public:
  Selection(const Plan& plan, const model::ClosedRun& closed);

  void choose_failed();
  void choose(TaskIndex from);

  // How the upstream tasks of one that is named stand, those that run again not counted.
  Upstream upstream_of(TaskIndex index) const;
  std::vector<std::string> bad_upstream(TaskIndex index) const;

  // The rows as they are to be: pending, a foreach that failed with the list it had.
  std::vector<model::TaskRow> again() const;
  // All that the run has, as they were, sorted.
  std::vector<model::TaskRow> rows() &&;

 private:
  using Rows = std::map<TaskRef, const model::TaskRow*>;

  bool ended_badly(TaskRef ref) const;
  void count(Upstream& up, TaskIndex need, TaskIndex dependent) const;
  void add(TaskIndex index);
  void add_downstream();
  void complete();
  void take_failed(TaskRef ref, std::vector<model::TaskRow>& out) const;
  void take_failed_items(TaskRef foreach, std::vector<model::TaskRow>& out) const;
  void take_failed_tasks(TaskRef group, std::vector<model::TaskRow>& out) const;
  void take_all(TaskRef ref, std::vector<model::TaskRow>& out) const;

  const Plan& plan_;
  std::vector<model::TaskRow> rows_;
  Rows by_ref_;
  std::vector<bool> again_;        // by index, of those at the top
  std::vector<bool> only_failed_;  // of those: what failed in it
  std::vector<TaskIndex> chosen_;
};

}  // namespace gantry::core
