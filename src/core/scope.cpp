#include "core/scope.h"

#include <fmt/format.h>

#include "base/explain.h"
#include "base/limits.h"
#include "core/params.h"
#include "core/plan.h"
#include "core/timers.h"
#include "expr/evaluate.h"
#include "schedule/schedule.h"

namespace gantry::core {

using model::Reason;

namespace {

Value text_or_null(std::optional<Instant> at) { return at ? Value(*at) : Value(); }

Value task_value(const Run& run, TaskIndex index) {
  const model::TaskRow& row = run.tasks[index.value].row;
  const bool timed = row.started_at && row.ended_at;
  return ValueMap{
      {"state", std::string(name_of(row.state))},
      {"outputs", row.outputs.is(Value::Kind::Null) ? Value(ValueMap{}) : row.outputs},
      {"exit_code", std::int64_t{row.exit_code}},
      {"attempts", std::int64_t{row.attempts}},
      {"duration", timed ? Value(*row.ended_at - *row.started_at) : Value()},
  };
}

Value all_tasks(const Run& run) {
  ValueMap tasks;
  for (std::uint32_t i = 0; i < run.tasks.size(); ++i)
    tasks.emplace_back(run.plan->task(TaskIndex{i}).name, task_value(run, TaskIndex{i}));
  return tasks;
}

// The workflow's own variables. They may use params and run, not each other.
class EnvScope : public RunScope {
 public:
  using RunScope::RunScope;
  std::optional<Value> lookup(std::string_view name) const override {
    if (name == "env") return std::nullopt;
    return RunScope::lookup(name);
  }
};

Result<std::string> text_of(const expr::Template& text, const expr::Scope& scope,
                            const std::string& key) {
  auto value = text.evaluate(scope);
  if (!value.ok()) return error(value.error().code, key + ": " + value.error().message);
  std::string out = to_text(*value);
  if (out.find('\0') != std::string::npos)
    return invalid(key + ": the value holds a zero byte, which no process can be given");
  return out;
}

Result<std::vector<model::NamedText>> workflow_env(const Run& run, const Surroundings& around) {
  std::vector<model::NamedText> out;
  const EnvScope scope(run, around);
  for (const auto& [name, text] : run.plan->env()) {
    TRY(std::string value, text_of(text, scope, "env." + name));
    out.emplace_back(name, std::move(value));
  }
  return out;
}

}  // namespace

std::optional<Value> RunScope::lookup(std::string_view name) const {
  if (name == "params") return params_in_expressions(run_.plan->workflow(), run_.origin->params);
  if (name == "run") return Value(run_values(*run_.origin, run_.row));
  if (name == "event") return *run_.origin->event;
  if (name == "tasks") return all_tasks(run_);
  if (name != "env") return WorldScope::lookup(name);
  ValueMap values;
  auto env = workflow_env(run_, around_);
  if (!env.ok()) return std::nullopt;
  for (auto& [key, value] : *env) values.emplace_back(key, value);
  return Value(std::move(values));
}

std::optional<Value> RunScope::lookup_member(std::string_view root, std::string_view member) const {
  if (root != "tasks") return std::nullopt;
  const auto index = run_.plan->find(member);
  if (!index) return std::nullopt;
  return task_value(run_, *index);
}

ValueMap run_values(const model::RunOrigin& origin, const model::RunRow& row) {
  return ValueMap{
      {"number", origin.run.value},
      {"workflow", origin.workflow_name},
      {"version", origin.version_number},
      {"cause", std::string(name_of(origin.cause))},
      {"initiator", origin.initiator},
      {"key", origin.key},
      {"scheduled_at", origin.scheduled_at},
      {"date", format_date(origin.dates.date)},
      {"business_date", format_date(origin.dates.business_date)},
      {"started_at", text_or_null(row.started_at)},
      {"data_interval_start", origin.dates.interval_start},
      {"data_interval_end", origin.dates.interval_end},
      {"state",
       std::string(name_of(row.state == model::RunState::Finishing ? row.verdict : row.state))},
  };
}

namespace {
void add_run_variables(const Run& run, TaskIndex index, const model::AttemptRow& attempt,
                       std::vector<model::NamedText>& env) {
  constexpr std::size_t kOwn = 5;
  env.reserve(env.size() + run.origin->params.size() + kOwn +
              run.plan->task(index).setup->env.size());
  for (const auto& [name, value] : run.origin->params)
    env.emplace_back(model::param_variable(name.as_string()), to_text(value));
  env.emplace_back("GANTRY_RUN", std::to_string(run.origin->run.value));
  env.emplace_back("GANTRY_WORKFLOW", run.origin->workflow_name);
  env.emplace_back("GANTRY_TASK", run.plan->task(index).name);
  env.emplace_back("GANTRY_ATTEMPT", std::to_string(attempt.number));
  env.emplace_back("GANTRY_SCHEDULED_AT", format_instant(run.origin->scheduled_at));
}

Status check_size(const ResolvedTask& task) {
  std::size_t size = 0;
  for (const auto& [name, value] : task.env) size += name.size() + value.size() + 2;
  for (const std::string& arg : task.argv) size += arg.size() + 1;
  if (size > limits::kEnvironmentBytesMax)
    return error(Code::ResourceExhausted,
                 fmt::format("its arguments and environment take {} bytes, over the limit of {}; "
                             "hand large values on as files",
                             size, limits::kEnvironmentBytesMax));
  return ok();
}
}  // namespace

Result<ResolvedTask> resolve_task(const Run& run, TaskIndex index, const model::AttemptRow& attempt,
                                  const Surroundings& around) {
  const model::Task& task = run.plan->task(index);
  const TaskTemplates* templates = run.plan->templates(index);
  ResolvedTask out;
  TRY(out.env, workflow_env(run, around));
  add_run_variables(run, index, attempt, out.env);
  if (templates == nullptr) {
    out.argv = task.action.argv;
    out.workdir = task.setup->workdir;
    out.env.insert(out.env.end(), task.setup->env.begin(), task.setup->env.end());
    TRY_STATUS(check_size(out));
    return out;
  }
  const RunScope scope(run, around);
  for (const expr::Template& arg : templates->argv) {
    TRY(std::string text, text_of(arg, scope, "exec"));
    out.argv.push_back(std::move(text));
  }
  for (const auto& [name, text] : templates->env) {
    TRY(std::string value, text_of(text, scope, "env." + name));
    out.env.emplace_back(name, std::move(value));
  }
  TRY(out.workdir, text_of(templates->workdir, scope, "workdir"));
  TRY_STATUS(check_size(out));
  return out;
}

Result<bool> truth_of(const expr::Expression& condition, const expr::Scope& scope,
                      std::string_view key) {
  auto value = expr::evaluate(condition, scope);
  if (!value.ok()) return within({key, key}, value.error());
  if (!value->is(Value::Kind::Bool))
    return refuse({"{} gives no true or false", "{} 的结果不是真或假"}, key);
  return value->as_bool();
}

Result<bool> is_wanted(const Run& run, TaskIndex index, const Surroundings& around) {
  const TaskTemplates* templates = run.plan->templates(index);
  if (templates == nullptr || !templates->when) return true;
  return truth_of(*templates->when, RunScope(run, around), "when");
}

Result<bool> retry_wanted(const Run& run, TaskIndex index, const model::AttemptReport& report) {
  const TaskTemplates* templates = run.plan->templates(index);
  if (templates == nullptr || !templates->retry_if) return true;
  expr::MapScope scope;
  scope.set("exit_code", std::int64_t{report.exit_code});
  scope.set("signal", std::int64_t{report.signal});
  scope.set("stderr", report.error_tail);
  scope.set("error", std::string(name_of(report.reason)));
  return truth_of(*templates->retry_if, scope, "retry.if");
}

}  // namespace gantry::core
