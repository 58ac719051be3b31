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
    const TaskState state = index ? before.state({*index, {}}) : TaskState::Pending;
    return std::string_view("FUP").find(letter_of(state, task.allow_failure)) !=
           std::string_view::npos;
  };
  while (std::exchange(grows, false)) {
    for (const model::Task& task : tasks) {
      if (task.group != model::kNoTask) continue;
      bool runs = chosen(task);
      for (const TaskIndex up : task.needs) runs |= again.contains(tasks[up.value].name);
      if (runs) grows |= again.insert(task.name).second;
    }
  }
  bool main = false;
  for (const model::Task& task : tasks) {
    const auto index = before.definition->workflow.find_task(task.name);
    const bool undecided = !index || before.state({*index, {}}) == TaskState::Pending;
    if (task.group != model::kNoTask) continue;
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
    TaskFacts& task = run.tasks[ref_of(row)];
    if (old) task = before.tasks.at({*old, row.item});
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
    const TaskRef ref{TaskIndex{i}, {}};
    if (run.spec(ref.task).group != model::kNoTask) continue;
    const auto found = run.tasks.find(ref);
    const bool runs = found != run.tasks.end() && found->second.row.generation == run.row.phase;
    const bool wanted = run.again.contains(run.spec(ref.task).name);
    if (runs != wanted)
      complain("retry: run {} task {} {} again", run.row.run.value, run.spec(ref.task).name,
               runs ? "runs" : "does not run");
    for (const TaskRef part : run.parts(ref)) check_part_retried(run, part, wanted);
  }
}

// What is in a container that runs again: what did not end well does, the rest may.
void Oracle::check_part_retried(const RunFacts& run, TaskRef ref, bool again) {
  const auto found = run.tasks.find(ref);
  if (found == run.tasks.end()) return;
  const bool runs = found->second.row.generation == run.row.phase;
  const bool bad = std::string_view("FU").find(run.letter_as_part(ref)) != std::string_view::npos;
  const auto whole = run.whole(ref);
  const bool is_item = whole && whole->task == ref.task;  // begins again with its foreach
  if ((runs && !again) || (bad && again && !runs && !is_item))
    complain("retry: run {} task {} in what {} again {}", run.row.run.value,
             name_with(run.spec(ref.task).name, ref.item), again ? "runs" : "does not run",
             runs ? "runs" : "does not");
  for (const TaskRef part : run.parts(ref))
    check_part_retried(run, part, again && !(is_item && !runs));
}

}  // namespace gantry::sim
