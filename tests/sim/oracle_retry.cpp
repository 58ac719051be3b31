// The oracle of retries: which tasks of an ended run are run again.
#include "oracle.h"

#include <algorithm>

#include "rules.h"

namespace gantry::sim {

using model::TaskState;

namespace {
// By name: what failed or was never decided, and everything that needs it, directly or not.
std::set<std::string> names_to_retry(const RunFacts& before, const model::Definition& definition,
                                     const std::string& from) {
  std::set<std::string> again;
  const auto& tasks = definition.workflow.tasks;
  bool grows = true;
  const auto chosen = [&](const model::Task& task) {
    if (!from.empty()) return task.name == from;
    const auto index = before.definition->workflow.find_task(task.name);
    const TaskState state = index ? before.state(*index) : TaskState::Pending;
    return std::string_view("FUP").find(letter_of(state, task.allow_failure)) !=
           std::string_view::npos;
  };
  while (std::exchange(grows, false)) {
    for (const model::Task& task : tasks) {
      bool runs = chosen(task);
      for (const TaskIndex up : task.needs) runs |= again.contains(tasks[up.value].name);
      if (runs) grows |= again.insert(task.name).second;
    }
  }
  bool main = false;
  for (const model::Task& task : tasks) {
    const auto index = before.definition->workflow.find_task(task.name);
    const bool undecided = !index || before.state(*index) == TaskState::Pending;
    if (task.is_finally || undecided) again.insert(task.name);
    main |= !task.is_finally && !task.background && again.contains(task.name);
  }
  for (const model::Task& task : tasks)
    if (task.background && main) again.insert(task.name);
  return again;
}
}  // namespace

void Oracle::put(const model::RunReopened& c) {
  const model::Reopening& r = *c.reopening;
  const RunFacts before = runs_.at(r.row.run);
  RunFacts& run = runs_.at(r.row.run);
  if (!before.closed) complain("retry: run {} is reopened, but open", r.row.run.value);
  if (before.origin->cause == model::CauseKind::Wrap)
    complain("retry: run {} was a wrapped command", r.row.run.value);
  if (r.begun.no != before.row.phase + 1 || r.ended.state != before.row.state)
    complain("retry: run {}: phase {} follows {}", r.row.run.value, r.begun.no, before.row.phase);
  run.origin = r.origin;
  run.definition = versions_.at(r.origin->version);
  run.row = r.row;
  run.again = names_to_retry(before, *run.definition, r.begun.from);
  run.closed = run.timed_out = run.cancelled_in_main = false;
  run.disturbed_batch = run.failed_batch = 0;
  run.tasks.clear();
  for (const model::TaskRow& row : r.tasks) {
    const auto old = before.definition->workflow.find_task(run.spec(row.task).name);
    TaskFacts& task = run.tasks[row.task];
    if (old) task = before.tasks.at(*old);
    if (!old || task.row.state != row.state || task.row.generation != row.generation ||
        !(task.row.outputs == row.outputs))
      complain("retry: run {} task {} is not as it was", r.row.run.value, run.spec(row.task).name);
    task.row = row;
  }
  open_.insert(r.row.run);
  closed_.erase(r.row.run);
  retried_.push_back(r.row.run);
  ++retries_;
}

void Oracle::check_retried(const RunFacts& run) {
  for (std::uint32_t i = 0; i < run.definition->workflow.tasks.size(); ++i) {
    const TaskIndex index{i};
    const auto found = run.tasks.find(index);
    const bool runs = found != run.tasks.end() && found->second.row.generation == run.row.phase;
    if (runs != run.again.contains(run.spec(index).name))
      complain("retry: run {} task {} {} again", run.row.run.value, run.spec(index).name,
               runs ? "runs" : "does not run");
  }
}

}  // namespace gantry::sim
