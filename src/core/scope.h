// The values that the expressions of a task see, and the evaluation of everything a task needs
// before it can start. Pure: the zone rules come from the system's zone files through schedule.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/state.h"
#include "core/surroundings.h"
#include "expr/expression.h"
#include "expr/scope.h"
#include "model/event.h"

namespace gantry::core {

// params, run, env and the tasks of a run. Of a task also what is around it: the names of its group
// before those outside, and `item` and `index` if it is in a foreach.
class RunScope : public WorldScope {
 public:
  RunScope(const Run& run, const Surroundings& around)
      : WorldScope(around), run_(run), around_(around) {}
  RunScope(const Run& run, TaskRef ref, const Surroundings& around)
      : WorldScope(around), run_(run), ref_(ref), around_(around) {}
  std::optional<Value> lookup(std::string_view name) const override;
  std::optional<Value> lookup_member(std::string_view root, std::string_view member) const override;

 private:
  std::optional<TaskRef> find(std::string_view name) const;
  Value all_tasks() const;

  const Run& run_;
  std::optional<TaskRef> ref_;
  const Surroundings& around_;
};

// The run.* names, also before the run exists (defaults of params, titles).
ValueMap run_values(const model::RunOrigin& origin, const model::RunRow& row);

struct ResolvedTask {
  std::vector<std::string> argv;
  std::vector<model::NamedText> env;
  std::string workdir;
};
// Evaluates argv, env and workdir of a task for its next attempt. The error names the key.
Result<ResolvedTask> resolve_task(const Run& run, TaskRef task, const model::AttemptRow& attempt,
                                  const Surroundings& around);

// What a condition gives; `key` names it in errors. InvalidArgument: neither true nor false.
Result<bool> truth_of(const expr::Expression& condition, const expr::Scope& scope,
                      std::string_view key);

// `when`; true if there is none.
Result<bool> is_wanted(const Run& run, TaskRef task, const Surroundings& around);

// The list of a foreach. InvalidArgument: it is none, or over a limit.
Result<Value> items_of(const Run& run, TaskRef foreach, const Surroundings& around);

// The first arm of a switch whose condition is true. InvalidArgument: there is none.
Result<std::int32_t> arm_of(const Run& run, TaskRef task, const Surroundings& around);
Value outputs_of_switch(const Plan& plan, TaskIndex task, std::int32_t arm);

// `repeat.until`, as the row says that the round has ended.
Result<bool> is_repeated_enough(const Run& run, const model::TaskRow& row,
                                const Surroundings& around);

// retry.if over exit_code, signal, stderr and error; true if there is no condition.
Result<bool> retry_wanted(const Run& run, TaskRef task, const model::AttemptReport& report);

}  // namespace gantry::core
