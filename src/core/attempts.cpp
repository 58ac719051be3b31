// What a report of an attempt means for its task: success, retry, interruption, or the end.
#include <algorithm>

#include "base/explain.h"
#include "core/outputs.h"
#include "core/planted.h"
#include "core/retry.h"
#include "core/scope.h"
#include "core/turn.h"

namespace gantry::core {

using model::AttemptReport;
using model::AttemptRow;
using model::AttemptState;
using model::OnInterrupt;
using model::Reason;
using model::RunState;
using model::TaskRow;
using model::TaskState;

void Core::Turn::handle(const model::AttemptReported& event) {
  const auto live = state().attempts.find(event.report.id);
  if (live == state().attempts.end()) return;  // known already: reports are repeated
  const AttemptRow attempt = live->second.row;
  Run* run = find_run(attempt.run);
  if (run == nullptr || run->row.quarantined || !run->plan) return;
  touch(attempt.run);
  std::optional<AttemptReport> completed;
  if (event.report.state == AttemptState::Succeeded &&
      has_outputs(*run, {attempt.task, attempt.item}))
    completed = with_outputs(*run, {attempt.task, attempt.item}, event.report, core_.around_);
  const AttemptReport& report = completed ? *completed : event.report;
  close_attempt(attempt, report);
  const TaskRow& row = task_at(*run, {attempt.task, attempt.item}).row;
  if (row.attempt != attempt.id || row.state != TaskState::Running) return;
  settle_attempt(*run, row, attempt, report);
  touched_.insert(attempt.run);
}

void Core::Turn::close_attempt(const AttemptRow& before, const AttemptReport& report) {
  AttemptRow row = before;
  row.state = report.state;
  row.reason = report.reason;
  row.exit_code = report.exit_code;
  row.signal = report.signal;
  row.started_at = report.started_at;
  row.ended_at = report.ended_at ? report.ended_at : now_.wall;
  row.cpu_us = report.cpu_us;
  row.memory_bytes_max = report.memory_bytes_max;
  row.log_bytes = report.log_bytes;
  row.log_dropped_bytes = report.log_dropped_bytes;
  row.unkillable = report.unkillable;
  row.error_tail = report.error_tail;
  emit(model::AttemptChanged{std::move(row)});
}

void Core::Turn::settle_attempt(Run& run, TaskRow row, const AttemptRow& attempt,
                                const AttemptReport& report) {
  row.exit_code = report.exit_code;
  if (report.state == AttemptState::NotStarted)
    --row.attempts;  // its number goes to the next one
  else
    row.lost_starts = 0;
  if (report.state == AttemptState::Succeeded) return succeed(run, std::move(row), attempt, report);
  const model::Task& task = run.plan->task(row.task);
  const bool stopped = attempt.stop_requested;
  if (stopped && task.background && !run.row.cancel_requested)
    return settle_ended(run, std::move(row));
  if (stopped)
    return settle(run, std::move(row), TaskState::Cancelled, why_stopped(run, ref_of(row)));
  if (report.state == AttemptState::NotStarted && !GANTRY_PLANT(VoidUsesATry))
    return not_started(run, std::move(row), report);
  if (report.state == AttemptState::Interrupted) return interrupted(run, std::move(row), report);
  const auto& skips = task.skipping->exit_codes;
  const bool by_status = report.state == AttemptState::Failed && report.reason == Reason::Exit;
  if (by_status && std::find(skips.begin(), skips.end(), report.exit_code) != skips.end())
    return settle(run, std::move(row), TaskState::Skipped, Reason::Condition);
  failed(run, std::move(row), report);
}

namespace {
// Rounds follow each other at the period from begin to begin; a long round is followed at once.
// The wall clock only measures the round, so a clock that was set can shift one round at most.
Steady next_round(Duration every, Now now, Instant begun_at) {
  const Duration took = std::clamp(now.wall - begun_at, Duration{0}, every);
  return now.steady + (every - took);
}
}  // namespace

void Core::Turn::succeed(Run& run, TaskRow row, const AttemptRow& attempt,
                         const AttemptReport& report) {
  const model::Task& task = run.plan->task(row.task);
  if (!fit_in_run(run, row, report.outputs))
    return settle(run, std::move(row), TaskState::Failed, Reason::Outputs, kRunOutputsTooBig);
  row.outputs = report.outputs;
  const bool others_go_on = run.main.open > 0;
  if (!task.every || !others_go_on || attempt.stop_requested)
    return attempt.stop_requested ? settle(run, std::move(row), TaskState::Succeeded, Reason::None)
                                  : end_round(run, std::move(row));
  row.tries = 0;
  row.state = TaskState::Waiting;
  row.wake_at = next_round(*task.every, now_, attempt.begun_at);
  put(std::move(row));
}

void Core::Turn::interrupted(Run& run, TaskRow row, const AttemptReport& report) {
  const model::Task& task = run.plan->task(row.task);
  ++row.tries;
  const bool may_retry = row.tries <= task.retry->limit;
  const OnInterrupt policy = task.on_interrupt;
  if (policy == OnInterrupt::Ask && !GANTRY_PLANT(NobodyIsAsked)) {
    row.state = TaskState::Waiting;
    row.reason = Reason::Interrupted;
    row.wake_at = Steady::max();
    row.message = std::make_shared<const std::string>(report.error_tail);
    return put(std::move(row));
  }
  if (policy != OnInterrupt::Fail && may_retry) return retry_later(run, std::move(row));
  settle(run, std::move(row), TaskState::Interrupted, Reason::Interrupted, report.error_tail);
}

void Core::Turn::not_started(Run& run, TaskRow row, const AttemptReport& report) {
  if (++row.lost_starts > limits::kNotStartedMax)
    return settle(run, std::move(row), TaskState::Failed, Reason::Start,
                  "its process could not be started, again and again: " + report.error_tail);
  row.state = TaskState::Queued;
  row.queue_no = state().counters.last_queue_no + 1;
  put(std::move(row));
}

void Core::Turn::failed(Run& run, TaskRow row, const AttemptReport& report) {
  const model::Task& task = run.plan->task(row.task);
  if (!GANTRY_PLANT(RetryMiscounted) || row.tries > 0) ++row.tries;
  const bool may_retry = row.tries <= task.retry->limit;
  if (may_retry) {
    auto wanted = retry_wanted(run, ref_of(row), report);
    if (!wanted.ok())
      return settle(run, std::move(row), TaskState::Failed, Reason::Expression,
                    wanted.error().message);
    if (*wanted) return retry_later(run, std::move(row));
  }
  settle(run, std::move(row), TaskState::Failed, report.reason, report.error_tail);
}

void Core::Turn::retry_later(Run& run, TaskRow row) {
  const model::Task& task = run.plan->task(row.task);
  const std::uint64_t seed = mix(static_cast<std::uint64_t>(row.run.value),
                                 (static_cast<std::uint64_t>(row.task.value) << 32) |
                                     static_cast<std::uint32_t>(row.attempts)) ^
                             static_cast<std::uint64_t>(row.item.value);
  row.state = TaskState::Waiting;
  row.reason = Reason::None;
  row.wake_at = now_.steady + retry_delay(*task.retry, row.tries, seed);
  put(std::move(row));
}

void Core::Turn::wake_tasks() {
  auto& wakes = state().task_wakes;
  while (!wakes.empty() && std::get<0>(*wakes.begin()) <= now_.steady) {
    const auto [when, no, task] = *wakes.begin();
    wake(*find_run(no), task);
  }
  auto& instants = state().wall_wakes;
  while (!instants.empty() && std::get<0>(*instants.begin()) <= now_.wall) {
    const auto [when, no, task] = *instants.begin();
    wake(*find_run(no), task);
  }
}

// It leaves the index: it waits no more, or for later. A place in the queue keeps it durable.
void Core::Turn::wake(Run& run, TaskRef task) {
  touch(run.row.run);
  if (run.plan->is_container(task))
    begin_again(run, task);
  else if (run.plan->traits(task.task).is_wait)
    look(run, task_at(run, task).row);
  else
    requeue(run, task);
}

void Core::Turn::handle(const model::ResolveRequested& event) {
  Run* run = find_run(event.run);
  if (run == nullptr || !run->plan)
    return answer(event.reply,
                  explain(Code::NotFound, {"there is no such open run", "没有这个未结束的运行"}));
  actor_ = event.actor;
  touch(event.run);
  const auto ref = run->plan->find_ref(event.task);
  if (!ref || find_task(*run, *ref) == nullptr)
    return answer(
        event.reply,
        explain(Code::NotFound, {"this run has no task '{}'", "该运行没有任务“{}”"}, event.task));
  const TaskRow& row = task_at(*run, *ref).row;
  const bool asks = row.state == TaskState::Waiting &&
                    (row.wake_at == Steady::max() || run->plan->traits(row.task).is_wait);
  if (!asks)
    return answer(event.reply, explain(Code::FailedPrecondition,
                                       {"task '{}' does not wait for a decision, it is {}",
                                        "任务“{}”并不等待裁决，其状态为 {}"},
                                       event.task, name_of(row.state)));
  settle(*run, row, event.as, Reason::Resolved);
  answer(event.reply, ok(), event.run);
}

}  // namespace gantry::core
