// History: what a change says to people and programs. One change is one record.
//
// `details` is a JSON object that holds only what is not the default, with the names of states and
// reasons, times as RFC 3339 UTC. Parameters and outputs are not repeated here: they stay with the
// run and its tasks.
#pragma once

#include <string>
#include <string_view>

#include "model/change.h"

namespace gantry::model {

struct HistoryRecord {
  std::string_view what;  // "run_created", "task_changed" ...; a constant
  RunNo run;              // 0 = not about a run
  std::string task;       // name; empty = not about a task
  ItemPath item;
  std::string details;
};

// Changes hold indexes and ids; whoever keeps the versions gives the names. An unknown name is
// an empty text; the record then shows "#7".
class NameLookup {
 public:
  virtual ~NameLookup() = default;
  virtual std::string_view task_name(RunNo run, TaskIndex task) = 0;
  virtual std::string_view workflow_name(WorkflowId workflow) = 0;
};

HistoryRecord to_history(const Change& change, NameLookup& names);

}  // namespace gantry::model
