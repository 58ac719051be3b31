#include "store/run_check.h"

#include <fmt/format.h>

#include <set>

#include "base/json.h"

namespace gantry::store {

using model::AttemptState;
using model::RunState;
using model::TaskState;

namespace {
// What a history record says, as far as the checks need it.
struct Said {
  std::string state;
  std::int64_t generation = 1;
  std::int64_t attempt_id = 0;
  std::int32_t phase = 0;
};

std::int64_t number(const Value& json, std::string_view name, std::int64_t normal) {
  const Value* value = json.find(name);
  return value != nullptr && value->is(Value::Kind::Int) ? value->as_int() : normal;
}

std::optional<Said> said_by(const HistoryView& record) {
  const auto json = parse_json(record.details);
  if (!json.ok()) return std::nullopt;
  const Value* state = json.value().find(std::string_view("state"));
  Said said;
  if (state != nullptr && state->is(Value::Kind::String)) said.state = state->as_string();
  said.generation = number(json.value(), "generation", 1);
  said.attempt_id = number(json.value(), "id", 0);
  said.phase = static_cast<std::int32_t>(number(json.value(), "phase", 0));
  return said;
}

class RunCheck {
 public:
  RunCheck(const RunFacts& facts, std::vector<Violation>& out) : facts_(facts), out_(out) {}

  void check() {
    check_ends();
    check_attempt_order();
    check_history_ends();
    fold_history();
    compare_with_rows();
  }

 private:
  using Place = std::pair<std::string, ItemPath>;  // task name, item

  void report(const char* invariant, std::string evidence) {
    out_.push_back({invariant, facts_.view.origin.run, std::move(evidence)});
  }

  static std::string name_in(const std::vector<VersionTask>& tasks, TaskIndex task) {
    return task.value < tasks.size() ? tasks[task.value].name : fmt::format("#{}", task.value);
  }
  std::string name_of_task(TaskIndex task) const { return name_in(facts_.tasks, task); }
  std::string name_of_task(const model::AttemptRow& row) const {
    return name_in(facts_.tasks_in(row.generation), row.task);
  }
  bool repeats(const model::AttemptRow& row) const {
    const auto& tasks = facts_.tasks_in(row.generation);
    return row.task.value < tasks.size() && tasks[row.task.value].repeats;
  }

  void check_ends() {
    const RunState state = facts_.view.row.state;
    if (facts_.view.closed && !model::is_terminal(state))
      report("I1", fmt::format("closed, but its state is {}", model::name_of(state)));
    if (!model::is_terminal(state)) return;
    for (const model::TaskRow& row : facts_.rows)
      if (!model::is_terminal(row.state))
        report("I1", fmt::format("the run is {}, but task {} is {}", model::name_of(state),
                                 name_of_task(row.task), model::name_of(row.state)));
    for (const model::AttemptRow& row : facts_.attempts)
      if (facts_.view.closed && !model::is_terminal(row.state))
        report("I1", fmt::format("the run is closed, but attempt {} of task {} is running",
                                 row.number, name_of_task(row)));
    if (state == RunState::Succeeded) check_all_tasks_present();
  }

  void check_all_tasks_present() {
    std::set<TaskIndex> present;
    for (const model::TaskRow& row : facts_.rows) present.insert(row.task);
    for (std::uint32_t i = 0; i < facts_.tasks.size(); ++i)
      if (!facts_.tasks[i].nested && !present.contains(TaskIndex{i}))
        report("I1", fmt::format("the run succeeded, but task {} was never decided",
                                 facts_.tasks[i].name));
  }

  void check_attempt_order() {
    std::map<std::tuple<TaskIndex, ItemPath, std::int32_t>, std::int32_t> succeeded;
    for (const model::AttemptRow& row : facts_.attempts) {
      if (repeats(row) || row.state == AttemptState::NotStarted) continue;
      const auto key = std::tuple(row.task, row.item, row.generation);
      const auto earlier = succeeded.find(key);
      if (earlier != succeeded.end())
        report("I3", fmt::format("task {}: attempt {} was made although attempt {} had succeeded",
                                 name_of_task(row), row.number, earlier->second));
      if (row.state == AttemptState::Succeeded) succeeded[key] = row.number;
    }
  }

  void check_history_ends() {
    if (facts_.history.empty()) return report("I8", "it has no history");
    if (facts_.history.front().what != "run_created")
      report("I8", "its history begins with " + facts_.history.front().what);
    if (facts_.view.closed && facts_.history.back().what != "run_closed")
      report("I8", "closed, but its history ends with " + facts_.history.back().what);
  }

  void fold_history() {
    for (const HistoryView& record : facts_.history) {
      const auto said = said_by(record);
      if (!said) {
        report("I8", fmt::format("history record {} is not JSON", record.position.value));
        continue;
      }
      if (record.what == "run_changed") run_state_ = said->state;
      if (record.what == "run_reopened") begin_phase(said->phase);
      if (record.what == "task_changed") fold_task(record, *said);
      if (record.what == "attempt_changed") attempts_[said->attempt_id] = said->state;
    }
  }

  // It is queued again; tasks that the version of the new phase does not have have left the graph.
  void begin_phase(std::int32_t phase) {
    run_state_.reset();
    std::map<std::string, VersionTask> tasks;
    for (const VersionTask& task : facts_.tasks_in(phase)) tasks[task.name] = task;
    std::erase_if(tasks_, [&](const auto& entry) {
      const auto task = tasks.find(entry.first.first);
      return task == tasks.end() || !may_have(task->second, entry.first.second);
    });
  }

  static bool may_have(const VersionTask& task, ItemPath item) {
    return item.depth() == task.loops || (task.is_foreach && item.depth() + 1 == task.loops);
  }

  // A group that begins again makes what is in it pending.
  bool begins_again(const std::string& name, const Said& said) const {
    const auto task = std::find_if(facts_.tasks.begin(), facts_.tasks.end(),
                                   [&](const VersionTask& t) { return t.name == name; });
    return said.state == model::name_of(TaskState::Pending) && task != facts_.tasks.end() &&
           task->repeats;
  }

  void fold_task(const HistoryView& record, const Said& said) {
    const Place place{record.task, record.item};
    const auto before = tasks_.find(place);
    if (before != tasks_.end() && before->second.generation == said.generation &&
        before->second.state != said.state) {
      const auto state = model::task_state_of(before->second.state);
      if (state && model::is_terminal(*state) && !begins_again(record.task, said))
        report("I3", fmt::format("task {} went from {} to {} at history position {}", record.task,
                                 before->second.state, said.state, record.position.value));
    }
    tasks_[place] = said;
  }

  void compare_with_rows() {
    const auto state = model::name_of(facts_.view.row.state);
    if (run_state_.value_or("queued") != state)
      report("I8", fmt::format("its row is {}, its history says {}", state,
                               run_state_.value_or("queued")));
    for (const model::TaskRow& row : facts_.rows) {
      const auto found = tasks_.find({name_of_task(row.task), row.item});
      if (found == tasks_.end() || found->second.state != model::name_of(row.state))
        report("I8", fmt::format("the row of task {} is {}, its history says {}",
                                 name_of_task(row.task), model::name_of(row.state),
                                 found == tasks_.end() ? "nothing" : found->second.state));
    }
    if (tasks_.size() != facts_.rows.size())
      report("I8",
             fmt::format("{} tasks have rows, {} have history", facts_.rows.size(), tasks_.size()));
    compare_attempts();
  }

  void compare_attempts() {
    for (const model::AttemptRow& row : facts_.attempts) {
      const auto found = attempts_.find(row.id.value);
      if (found == attempts_.end() || found->second != model::name_of(row.state))
        report("I8", fmt::format("the row of attempt id {} is {}, its history says {}",
                                 row.id.value, model::name_of(row.state),
                                 found == attempts_.end() ? "nothing" : found->second));
    }
    if (attempts_.size() != facts_.attempts.size())
      report("I8", fmt::format("{} attempts have rows, {} have history", facts_.attempts.size(),
                               attempts_.size()));
  }

  const RunFacts& facts_;
  std::vector<Violation>& out_;
  std::optional<std::string> run_state_;
  std::map<Place, Said> tasks_;
  std::map<std::int64_t, std::string> attempts_;  // by id
};

std::map<std::string, VersionTask> by_name(const std::vector<VersionTask>& tasks) {
  std::map<std::string, VersionTask> named;
  for (const VersionTask& task : tasks) named[task.name] = task;
  return named;
}
}  // namespace

void check_run(const RunFacts& facts, std::vector<Violation>& out) { RunCheck(facts, out).check(); }

void collect_slots(const RunFacts& facts, std::vector<SlotChange>& out) {
  std::map<std::int64_t, std::map<std::string, VersionTask>> phases;
  std::set<std::int64_t> running;
  for (const HistoryView& record : facts.history) {
    if (record.what != "attempt_changed") continue;
    const auto said = said_by(record);
    if (!said) continue;
    const bool runs = said->state == model::name_of(AttemptState::Running);
    const bool changed =
        runs ? running.insert(said->attempt_id).second : running.erase(said->attempt_id) > 0;
    if (!changed) continue;
    SlotChange change{record.position.value, runs ? 1 : -1, "", 1, false, record.run};
    auto [of_phase, is_new] = phases.try_emplace(said->generation);
    if (is_new)
      of_phase->second = by_name(facts.tasks_in(static_cast<std::int32_t>(said->generation)));
    const auto& tasks = of_phase->second;
    if (const auto task = tasks.find(record.task); task != tasks.end()) {
      change.pool = task->second.pool;
      change.slots = task->second.slots;
      change.background = task->second.background;
    }
    out.push_back(std::move(change));
  }
}

}  // namespace gantry::store
