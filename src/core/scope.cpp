#include "core/scope.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/explain.h"
#include "base/limits.h"
#include "core/fold.h"
#include "core/params.h"
#include "core/plan.h"
#include "core/timers.h"
#include "expr/evaluate.h"
#include "schedule/schedule.h"

namespace gantry::core {

using model::Reason;

namespace {

Value text_or_null(std::optional<Instant> at) { return at ? Value(*at) : Value(); }

Value item_value(const Run& run, TaskRef item, const Value& value) {
  const model::TaskRow& row = task_at(run, item).row;
  return ValueMap{{"item", value},
                  {"state", std::string(name_of(row.state))},
                  {"outputs", row.outputs.is(Value::Kind::Null) ? Value(ValueMap{}) : row.outputs}};
}

Value items_value(const Run& run, const model::TaskRow& row) {
  ValueList out;
  if (!row.items->is(Value::Kind::List)) return out;
  const ValueList& items = row.items->as_list();
  for (std::size_t i = 0; i < items.size(); ++i)
    out.push_back(item_value(run, {row.task, row.item.child(i)}, items[i]));
  return out;
}

Value task_value(const Run& run, TaskRef ref) {
  const model::TaskRow& row = task_at(run, ref).row;
  const bool timed = row.started_at && row.ended_at;
  ValueMap out{
      {"state", std::string(name_of(row.state))},
      {"outputs", row.outputs.is(Value::Kind::Null) ? Value(ValueMap{}) : row.outputs},
      {"exit_code", std::int64_t{row.exit_code}},
      {"attempts", std::int64_t{row.attempts}},
      {"duration", timed ? Value(*row.ended_at - *row.started_at) : Value()},
  };
  if (run.plan->is_foreach(ref)) out.emplace_back("items", items_value(run, row));
  return out;
}

// The foreach of whose item a task is a part, and that item.
Value item_around(const Run& run, TaskRef ref) {
  const TaskRef foreach{run.plan->foreach_around(ref), ref.item.parent()};
  return task_at(run, foreach).row.items->as_list()[ref.item.index()];
}

// The names that `as` gives to items, outermost last: what is nearer hides what is farther.
std::optional<Value> item_named(const Run& run, TaskRef ref, std::string_view name) {
  while (!ref.item.is_none()) {
    const TaskIndex around = run.plan->foreach_around(ref);
    if (run.plan->task(around).flow->foreach.as == name) return item_around(run, ref);
    ref = {around, ref.item.parent()};
  }
  return std::nullopt;
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
  if (name == "tasks") return all_tasks();
  if (ref_ && !ref_->item.is_none()) {
    if (name == "item") return item_around(run_, *ref_);
    if (name == "index") return Value(static_cast<std::int64_t>(ref_->item.index()));
    if (auto item = item_named(run_, *ref_, name)) return item;
  }
  if (name != "env") return WorldScope::lookup(name);
  ValueMap values;
  auto env = workflow_env(run_, around_);
  if (!env.ok()) return std::nullopt;
  for (auto& [key, value] : *env) values.emplace_back(key, value);
  return Value(std::move(values));
}

std::optional<Value> RunScope::lookup_member(std::string_view root, std::string_view member) const {
  if (root != "tasks") return std::nullopt;
  const auto ref = find(member);
  if (!ref) return std::nullopt;
  return task_value(run_, *ref);
}

// A name means what stands beside or in the task, else what stands around that, and so on.
std::optional<TaskRef> RunScope::find(std::string_view name) const {
  const Plan& plan = *run_.plan;
  const auto at = [&](TaskIndex index) {
    const TaskTraits traits = plan.traits(index);
    const int depth = traits.loops - (traits.is_foreach ? 1 : 0);
    const ItemPath item = ref_ ? ref_->item : ItemPath();
    return item.depth() < depth ? std::nullopt : std::optional(TaskRef{index, item.first(depth)});
  };
  TaskIndex group = ref_ ? ref_->task : model::kNoTask;
  while (group != model::kNoTask) {
    if (plan.traits(group).is_group)
      if (const auto index = plan.find(plan.task(group).name + "." + std::string(name)))
        return at(*index);
    group = plan.group_of(group);
  }
  const auto index = plan.find(name);
  return index ? at(*index) : std::nullopt;
}

Value RunScope::all_tasks() const {
  ValueMap tasks;
  for (std::uint32_t i = 0; i < run_.tasks.size(); ++i)
    if (run_.plan->exists({TaskIndex{i}, {}}))
      tasks.emplace_back(run_.plan->task(TaskIndex{i}).name, task_value(run_, {TaskIndex{i}, {}}));
  return tasks;
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
std::string field_variable(std::string_view field) {
  return "ITEM_" + model::param_variable(field).substr(std::string_view("PARAM_").size());
}

// ITEM, and of a map its fields.
void add_item_variables(const Run& run, TaskRef ref, std::vector<model::NamedText>& env) {
  if (ref.item.is_none()) return;
  const Value item = item_around(run, ref);
  env.emplace_back("ITEM", to_text(item));
  env.emplace_back("GANTRY_ITEM_INDEX", std::to_string(ref.item.index()));
  if (!item.is(Value::Kind::Map)) return;
  for (const auto& [key, value] : item.as_map())
    if (key.is(Value::Kind::String))
      env.emplace_back(field_variable(key.as_string()), to_text(value));
}

void add_run_variables(const Run& run, TaskRef ref, const model::AttemptRow& attempt,
                       std::vector<model::NamedText>& env) {
  const TaskIndex index = ref.task;
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
  add_item_variables(run, ref, env);
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

Result<ResolvedTask> resolve_task(const Run& run, TaskRef ref, const model::AttemptRow& attempt,
                                  const Surroundings& around) {
  const model::Task& task = run.plan->task(ref.task);
  const TaskTemplates* templates = run.plan->templates(ref.task);
  ResolvedTask out;
  TRY(out.env, workflow_env(run, around));
  add_run_variables(run, ref, attempt, out.env);
  if (templates == nullptr) {
    out.argv = task.action.argv;
    out.workdir = task.setup->workdir;
    out.env.insert(out.env.end(), task.setup->env.begin(), task.setup->env.end());
    TRY_STATUS(check_size(out));
    return out;
  }
  const RunScope scope(run, ref, around);
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

Result<bool> is_wanted(const Run& run, TaskRef ref, const Surroundings& around) {
  const TaskTemplates* templates = run.plan->templates(ref.task);
  if (templates == nullptr || !templates->when) return true;
  return truth_of(*templates->when, RunScope(run, ref, around), "when");
}

namespace {
// With this one, all items of the run.
std::size_t unfolded_tasks(const Run& run, TaskRef ref, std::size_t items) {
  std::size_t count = items * run.plan->task(ref.task).span;
  for (const auto& [item, tasks] : run.items)
    if (item.task != ref.task || item.item.parent() != ref.item) count += tasks.size();
  return count;
}

Status check_items(const Run& run, TaskRef ref, const Value& items) {
  if (!items.is(Value::Kind::List))
    return refuse({"foreach: it gives no list but {}", "foreach：结果不是列表，而是 {}"},
                  kind_name(items.kind()));
  const std::size_t count = items.as_list().size();
  if (count > limits::kForeachItemsMax)
    return refuse({"foreach: {} items are over the limit of {}", "foreach：{} 项超过上限 {}"},
                  count, limits::kForeachItemsMax);
  if (items.size_bytes() > limits::kForeachListBytesMax)
    return refuse({"foreach: its list takes {} bytes, over the limit of {}; hand large values on "
                   "as files",
                   "foreach：列表占 {} 字节，超过上限 {}；大的值请以文件传递"},
                  items.size_bytes(), limits::kForeachListBytesMax);
  if (unfolded_tasks(run, ref, count) > limits::kUnfoldedTasksMax)
    return refuse({"foreach: the items of this run would be more than {} tasks",
                   "foreach：该运行的各项将超过 {} 个任务"},
                  limits::kUnfoldedTasksMax);
  return ok();
}
}  // namespace

Result<Value> items_of(const Run& run, TaskRef ref, const Surroundings& around) {
  const TaskTemplates* templates = run.plan->templates(ref.task);
  CHECK(templates != nullptr);
  Value items = run.plan->task(ref.task).flow->foreach.items;
  if (templates->items) {
    auto given = templates->items->evaluate(RunScope(run, ref, around));
    if (!given.ok()) return within({"foreach", "foreach"}, given.error());
    items = std::move(given).value();
  }
  TRY_STATUS(check_items(run, ref, items));
  return items;
}

Result<std::int32_t> arm_of(const Run& run, TaskRef ref, const Surroundings& around) {
  const TaskTemplates* templates = run.plan->templates(ref.task);
  CHECK(templates != nullptr);
  for (std::size_t i = 0; i < templates->arms.size(); ++i) {
    const auto& when = templates->arms[i];
    if (!when) return static_cast<std::int32_t>(i);
    TRY(const bool chosen, truth_of(*when, RunScope(run, ref, around), "switch"));
    if (chosen) return static_cast<std::int32_t>(i);
  }
  return refuse({"switch: none of its conditions is true, and there is no 'otherwise'",
                 "switch：没有一个条件为真，也没有 'otherwise'"});
}

Value outputs_of_switch(const Plan& plan, TaskIndex task, std::int32_t arm) {
  ValueList names;
  for (const TaskIndex then : plan.task(task).flow->arms[static_cast<std::size_t>(arm)].then)
    names.emplace_back(plan.task(then).name);
  return ValueMap{{"arm", std::int64_t{arm}}, {"then", std::move(names)}};
}

namespace {
// Of a round: beside the rest, what the task itself has just given.
class RoundScope : public RunScope {
 public:
  RoundScope(const Run& run, const model::TaskRow& row, const Surroundings& around)
      : RunScope(run, ref_of(row), around), row_(row) {}
  std::optional<Value> lookup(std::string_view name) const override {
    if (name == "outputs")
      return row_.outputs.is(Value::Kind::Null) ? Value(ValueMap{}) : row_.outputs;
    if (name == "exit_code") return Value(std::int64_t{row_.exit_code});
    if (name == "round") return Value(std::int64_t{row_.rounds});
    return RunScope::lookup(name);
  }

 private:
  const model::TaskRow& row_;
};
}  // namespace

Result<bool> is_repeated_enough(const Run& run, const model::TaskRow& row,
                                const Surroundings& around) {
  const TaskTemplates* templates = run.plan->templates(row.task);
  CHECK(templates != nullptr && templates->until);
  return truth_of(*templates->until, RoundScope(run, row, around), "repeat.until");
}

Result<bool> retry_wanted(const Run& run, TaskRef ref, const model::AttemptReport& report) {
  const TaskTemplates* templates = run.plan->templates(ref.task);
  if (templates == nullptr || !templates->retry_if) return true;
  expr::MapScope scope;
  scope.set("exit_code", std::int64_t{report.exit_code});
  scope.set("signal", std::int64_t{report.signal});
  scope.set("stderr", report.error_tail);
  scope.set("error", std::string(name_of(report.reason)));
  return truth_of(*templates->retry_if, scope, "retry.if");
}

}  // namespace gantry::core
