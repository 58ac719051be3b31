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
    const auto [no, task] = settled_[next];  // a copy: it grows
    Run* run = find_run(no);
    if (run == nullptr) continue;
    touch(no);
    const auto container = run->plan->container_of(task);
    const bool is_item = container && container->task == task.task;
    if (!is_item)
      for (const TaskIndex dependent : run->plan->dependents(task.task))
        reconsider(*run, {dependent, task.item});
    if (container) look_into(*run, *container);
  }
  settled_.clear();
}

// Whether what it is a part of has begun, and goes on.
bool Core::Turn::may_begin(const Run& run, TaskRef ref) const {
  const auto container = run.plan->container_of(ref);
  if (container) return task_at(run, *container).row.state == TaskState::Running;
  const bool is_finally = run.plan->traits(ref.task).is_finally;
  return run.row.state == (is_finally ? RunState::Finishing : RunState::Running);
}

void Core::Turn::reconsider(Run& run, TaskRef ref) {
  const TaskRun& task = task_at(run, ref);
  if (task.row.state != TaskState::Pending || !may_begin(run, ref)) return;
  const TaskTraits spec = run.plan->traits(ref.task);
  switch (decide(spec.join, task.upstream)) {
    case Decision::Wait: return;
    case Decision::Run: return spec.has_condition ? ask(run, ref) : make_ready(run, ref);
    case Decision::Skip: return settle(run, task.row, TaskState::Skipped, Reason::Upstream);
    case Decision::UpstreamFailed:
      return settle(run, task.row, TaskState::UpstreamFailed, Reason::Upstream);
  }
}

// Its `when` is asked once: what it waits for from here on changes nothing any more.
void Core::Turn::ask(Run& run, TaskRef ref) {
  const auto wanted =
      GANTRY_PLANT(ConditionForgotten) ? Result<bool>(true) : is_wanted(run, ref, core_.around_);
  if (wanted.ok() && *wanted) return make_ready(run, ref);
  model::TaskRow row = task_at(run, ref).row;
  if (wanted.ok()) return settle(run, std::move(row), TaskState::Skipped, Reason::Condition);
  row.started_at = now_.wall;
  settle(run, std::move(row), TaskState::Failed, Reason::Expression, wanted.error().message);
}

namespace {
// What a task without a process would report.
model::AttemptReport milestone(Value outputs) {
  model::AttemptReport report;
  report.outputs = std::move(outputs);
  report.state = model::AttemptState::Succeeded;
  report.exit_code = 0;
  return report;
}
}  // namespace

void Core::Turn::make_ready(Run& run, TaskRef ref) {
  const TaskTraits traits = run.plan->traits(ref.task);
  if (traits.is_foreach && run.plan->is_foreach(ref)) return begin_foreach(run, ref);
  if (traits.is_group) return begin_group(run, ref);
  if (traits.is_switch) return choose_arm(run, ref);
  if (traits.is_wait) return begin_wait(run, ref);
  if (!traits.is_pass) {
    ready_.emplace_back(run.row.run, ref);
    return;
  }
  model::TaskRow row = task_at(run, ref).row;
  row.started_at = now_.wall;
  conclude(run, std::move(row), {});
}

// A task without a process has done what it is for. `outputs`: what it gives by itself.
void Core::Turn::conclude(Run& run, model::TaskRow row, Value outputs) {
  const TaskRef ref = ref_of(row);
  const model::AttemptReport report =
      with_outputs(run, ref, milestone(std::move(outputs)), core_.around_);
  if (report.state != model::AttemptState::Succeeded)
    return settle(run, std::move(row), TaskState::Failed, report.reason, report.error_tail);
  if (!fit_in_run(run, row, report.outputs))
    return settle(run, std::move(row), TaskState::Failed, Reason::Outputs, kRunOutputsTooBig);
  row.outputs = report.outputs;
  settle(run, std::move(row), TaskState::Succeeded, Reason::None);
}

// The first arm whose condition is true.
void Core::Turn::choose_arm(Run& run, TaskRef ref) {
  model::TaskRow row = task_at(run, ref).row;
  row.started_at = now_.wall;
  const auto arm = arm_of(run, ref, core_.around_);
  if (!arm.ok())
    return settle(run, std::move(row), TaskState::Failed, Reason::Expression, arm.error().message);
  row.arm = *arm;
  row.outputs = outputs_of_switch(*run.plan, ref.task, *arm);
  settle(run, std::move(row), TaskState::Succeeded, Reason::None);
}

void Core::Turn::settle(Run& run, model::TaskRow row, TaskState to, Reason reason,
                        std::string message) {
  const TaskRef ref = ref_of(row);
  if (run.plan->traits(ref.task).is_nested || run.plan->traits(ref.task).is_group)
    if (run.plan->is_container(ref)) leave_out(run, ref, to, reason);
  row.state = to;
  row.reason = reason;
  row.wake_at = Steady::max();
  row.queue_no = 0;
  row.ended_at = now_.wall;
  row.message = message.empty() ? nullptr : std::make_shared<const std::string>(std::move(message));
  put(std::move(row));
  if (to == TaskState::Failed || to == TaskState::Interrupted) fail_fast(run, ref);
}

}  // namespace gantry::core
