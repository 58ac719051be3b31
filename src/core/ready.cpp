// Readiness: a settled task changes the counts of its dependents (fold); here the dependents are
// decided. Work is linear in the edges; a work list, not recursion, carries long chains.
#include "core/outputs.h"
#include "core/planted.h"
#include "core/scope.h"
#include "core/turn.h"

namespace gantry::core {

using model::Reason;
using model::RunState;
using model::TaskState;

void Core::Turn::propagate() {
  for (std::size_t next = 0; next < settled_.size(); ++next) {
    const auto [no, task] = settled_[next];
    Run* run = find_run(no);
    if (run == nullptr) continue;
    touch(no);
    for (const TaskIndex dependent : run->plan->dependents(task)) reconsider(*run, dependent);
  }
  settled_.clear();
}

void Core::Turn::reconsider(Run& run, TaskIndex index) {
  const TaskRun& task = run.tasks[index.value];
  if (task.row.state != TaskState::Pending) return;
  const TaskTraits spec = run.plan->traits(index);
  if (spec.is_finally ? run.row.state != RunState::Finishing : run.row.state != RunState::Running)
    return;
  switch (decide(spec.join, task.upstream)) {
    case Decision::Wait: return;
    case Decision::Run: return spec.has_condition ? ask(run, index) : make_ready(run, index);
    case Decision::Skip: return settle(run, task.row, TaskState::Skipped, Reason::Upstream);
    case Decision::UpstreamFailed:
      return settle(run, task.row, TaskState::UpstreamFailed, Reason::Upstream);
  }
}

// Its `when` is asked once: what it waits for from here on changes nothing any more.
void Core::Turn::ask(Run& run, TaskIndex index) {
  const auto wanted =
      GANTRY_PLANT(ConditionForgotten) ? Result<bool>(true) : is_wanted(run, index, core_.around_);
  if (wanted.ok() && *wanted) return make_ready(run, index);
  model::TaskRow row = run.tasks[index.value].row;
  if (wanted.ok()) return settle(run, std::move(row), TaskState::Skipped, Reason::Condition);
  row.started_at = now_.wall;
  settle(run, std::move(row), TaskState::Failed, Reason::Expression, wanted.error().message);
}

namespace {
// What a task without a process would report.
model::AttemptReport milestone() {
  model::AttemptReport report;
  report.state = model::AttemptState::Succeeded;
  report.exit_code = 0;
  return report;
}
}  // namespace

void Core::Turn::make_ready(Run& run, TaskIndex index) {
  if (!run.plan->traits(index).is_pass) {
    ready_.emplace_back(run.row.run, index);
    return;
  }
  model::TaskRow row = run.tasks[index.value].row;
  row.started_at = now_.wall;
  if (!has_outputs(run, index))
    return settle(run, std::move(row), TaskState::Succeeded, Reason::None);
  const model::AttemptReport report = with_outputs(run, index, milestone(), core_.around_);
  if (report.state != model::AttemptState::Succeeded)
    return settle(run, std::move(row), TaskState::Failed, report.reason, report.error_tail);
  if (!fit_in_run(run, row, report.outputs))
    return settle(run, std::move(row), TaskState::Failed, Reason::Outputs, kRunOutputsTooBig);
  row.outputs = report.outputs;
  settle(run, std::move(row), TaskState::Succeeded, Reason::None);
}

void Core::Turn::settle(Run& run, model::TaskRow row, TaskState to, Reason reason,
                        std::string message) {
  const TaskIndex index = row.task;
  row.state = to;
  row.reason = reason;
  row.wake_at = Steady::max();
  row.queue_no = 0;
  row.ended_at = now_.wall;
  row.message = message.empty() ? nullptr : std::make_shared<const std::string>(std::move(message));
  put(std::move(row));
  if (to == TaskState::Failed || to == TaskState::Interrupted) fail_fast(run, index);
}

}  // namespace gantry::core
