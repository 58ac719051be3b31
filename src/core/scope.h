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

// params, run, env and the upstream tasks of a run.
class RunScope : public WorldScope {
 public:
  RunScope(const Run& run, const Surroundings& around)
      : WorldScope(around), run_(run), around_(around) {}
  std::optional<Value> lookup(std::string_view name) const override;
  std::optional<Value> lookup_member(std::string_view root, std::string_view member) const override;

 private:
  const Run& run_;
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
Result<ResolvedTask> resolve_task(const Run& run, TaskIndex task, const model::AttemptRow& attempt,
                                  const Surroundings& around);

// What a condition gives; `key` names it in errors. InvalidArgument: neither true nor false.
Result<bool> truth_of(const expr::Expression& condition, const expr::Scope& scope,
                      std::string_view key);

// `when`; true if there is none.
Result<bool> is_wanted(const Run& run, TaskIndex task, const Surroundings& around);

// retry.if over exit_code, signal, stderr and error; true if there is no condition.
Result<bool> retry_wanted(const Run& run, TaskIndex task, const model::AttemptReport& report);

}  // namespace gantry::core
