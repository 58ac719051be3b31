// The life of a run: admission, start, end, cancel, the finally section.
#include "base/explain.h"
#include "core/planted.h"
#include "core/previous.h"
#include "core/turn.h"

namespace gantry::core {

using model::Reason;
using model::RunRow;
using model::RunState;
using model::TaskRow;
using model::TaskState;

void Core::Turn::free_lane(const Run& run) {
  freed_.emplace(run.origin->workflow, lane_of(*run.origin));
}

void Core::Turn::free_lanes(WorkflowId id) {
  for (const auto& [key, lane] : state().workflows[id].lanes)
    if (!lane.queued.empty()) freed_.emplace(id, key);
}

void Core::Turn::admit(WorkflowId id, const LaneKey& key) {
  WorkflowState& workflow = state().workflows[id];
  if (state().server.paused || workflow.row.paused) return;
  const bool live = key.backfill.value == 0;
  const auto limit = live ? static_cast<std::size_t>(workflow.row.concurrency_limit) : 0;
  const std::size_t over = GANTRY_PLANT(ConcurrencyOffByOne) ? 1 : 0;
  for (;;) {
    const auto lane = workflow.lanes.find(key);
    if (lane == workflow.lanes.end()) return;
    if (limit != 0 && lane->second.open.size() >= limit + over) return;
    // Runs whose plan is not attached yet (recovery), that are frozen or paused, or wait for the
    // run before them, let others pass.
    Run* next = nullptr;
    for (const RunNo no : lane->second.queued) {
      Run& run = state().runs.at(no);
      const bool held = !run.plan || run.row.quarantined || run.row.paused;
      if (!held && !previous_of(state(), run)) {
        next = &run;
        break;
      }
    }
    if (next == nullptr) return;
    start_run(*next);
  }
}

void Core::Turn::start_run(Run& run) {
  touch(run.row.run);
  RunRow row = run.row;
  row.state = RunState::Running;
  row.started_at = now_.wall;
  if (const auto timeout = run.plan->workflow().timeout) row.timeout_at = now_.steady + *timeout;
  put(run, std::move(row));
  start_section(run, false);
  touched_.insert(run.row.run);
}

// Tasks that need nobody, and in a retry those whose upstream tasks are settled already.
void Core::Turn::start_section(Run& run, bool finally) {
  for (std::uint32_t i = 0; i < run.tasks.size(); ++i) {
    const model::Task& task = run.plan->task(TaskIndex{i});
    if (task.group != model::kNoTask) continue;
    const bool root = task.needs.empty() || task.join == model::JoinRule::Always ||
                      run.tasks[i].upstream.settled() > 0;
    if (task.is_finally == finally && root) reconsider(run, {TaskIndex{i}, {}});
  }
}

void Core::Turn::check_end(Run& run) {
  if (run.row.quarantined) return;
  if (run.row.state == RunState::Running && run.main.open == 0) {
    if (run.main.open_background > 0 && !GANTRY_PLANT(FinallyTooEarly)) return stop_background(run);
    return begin_finally(run);
  }
  if (run.row.state == RunState::Finishing && run.finally.open == 0) end_run(run, run.row);
}

// The others have ended: what runs beside them is stopped and counts as succeeded.
void Core::Turn::stop_background(Run& run) {
  for (std::uint32_t i = 0; i < run.tasks.size(); ++i) {
    const TaskRow& row = run.tasks[i].row;
    if (!run.plan->traits(TaskIndex{i}).background || is_terminal(row.state)) continue;
    if (row.state == TaskState::Running) {
      const auto live = state().attempts.find(row.attempt);
      if (live == state().attempts.end() || live->second.row.stop_requested) continue;
      model::AttemptRow attempt = live->second.row;
      attempt.stop_requested = true;
      effects_.commands.push_back(model::StopAttempt{attempt.id, attempt.run, run.row.hard_cancel});
      emit(model::AttemptChanged{std::move(attempt)});
    } else {
      settle_ended(run, row);
    }
  }
}

void Core::Turn::settle_ended(Run& run, TaskRow row) {
  const bool began = row.attempts > 0;
  settle(run, std::move(row), began ? TaskState::Succeeded : TaskState::Skipped, Reason::Ended);
}

RunState Core::Turn::verdict_of(const Run& run) const {
  if (run.row.reason == Reason::RunTimeout) return RunState::Failed;
  if (run.row.cancel_requested) return RunState::Cancelled;
  return run.main.failed + run.main.cancelled > 0 ? RunState::Failed : RunState::Succeeded;
}

void Core::Turn::begin_finally(Run& run) {
  RunRow row = run.row;
  row.verdict = verdict_of(run);
  if (row.verdict == RunState::Failed && row.reason == Reason::None)
    row.reason = Reason::TaskFailed;
  if (row.verdict == RunState::Cancelled) row.reason = Reason::Cancelled;
  row.state = RunState::Finishing;
  row.timeout_at = Steady::max();
  if (!run.plan->has_finally()) return end_run(run, std::move(row));
  put(run, std::move(row));
  start_section(run, true);
  touched_.insert(run.row.run);
}

void Core::Turn::end_run(Run& run, RunRow row) {
  row.state = row.verdict;
  if (row.verdict == RunState::Succeeded && run.finally.failed > 0) {
    row.state = RunState::Failed;
    row.reason = Reason::TaskFailed;
    row.message = "a task of finally failed";
  } else if (row.verdict == RunState::Succeeded && run.finally.cancelled > 0) {
    row.state = RunState::Cancelled;
    row.reason = Reason::Cancelled;
  }
  row.timeout_at = Steady::max();
  row.ended_at = now_.wall;
  put(run, std::move(row));
  close(run);
}

void Core::Turn::close(Run& run) {
  const RunNo no = run.row.run;
  free_lane(run);
  ended_.emplace_back(run.origin, run.row);
  note_success(run);
  note_date(run);
  backfills_.merge(core_.crowded_out_);
  free_next(run);
  emit(model::RunClosed{no});  // `run` is gone from here on
  effects_.commands.push_back(model::CloseRun{no});
  touched_.erase(no);
}

// Ends a run without looking into its plan: it can not be loaded, or it made the server crash.
void Core::Turn::abandon(Run& run, RunState to, Reason reason, std::string message) {
  std::vector<TaskRow> rows = run.early_rows;
  for_each_task(run, [&](const TaskRun& task) {
    if (task.row.state != TaskState::Pending) rows.push_back(task.row);
  });
  for (TaskRow& row : rows) {
    if (is_terminal(row.state)) continue;
    abandon_attempt(row.attempt);
    row.state = TaskState::Cancelled;
    row.reason = reason;
    row.ended_at = now_.wall;
    emit(model::TaskChanged{std::move(row)});
  }
  RunRow row = run.row;
  row.state = to;
  row.reason = reason;
  row.message = std::move(message);
  row.timeout_at = Steady::max();
  row.ended_at = now_.wall;
  put(run, std::move(row));
  close(run);
}

void Core::Turn::abandon_attempt(AttemptId id) {
  const auto live = state().attempts.find(id);
  if (live == state().attempts.end()) return;
  model::AttemptRow attempt = live->second.row;
  attempt.state = model::AttemptState::Interrupted;
  attempt.reason = Reason::Cancelled;
  attempt.ended_at = now_.wall;
  effects_.commands.push_back(model::StopAttempt{attempt.id, attempt.run, true});
  emit(model::AttemptChanged{std::move(attempt)});
}

// The first failure is the end of the others. Background tasks are stopped as ever: last.
void Core::Turn::fail_fast(Run& run, TaskRef failed) {
  const TaskTraits traits = run.plan->traits(failed.task);
  const bool counts = !run.plan->container_of(failed) && !traits.allow_failure &&
                      !traits.is_finally && !traits.background;
  if (!run.plan->workflow().fail_fast || !counts || GANTRY_PLANT(FailFastForgotten)) return;
  cancel_open_tasks(run, false, false, Reason::FailFast);
}

void Core::Turn::cancel_open_tasks(Run& run, bool finally_too, bool skip_grace, Reason why) {
  std::vector<TaskRef> open;
  for_each_task(run, [&](const TaskRun& task) {
    const bool spared = run.plan->traits(task.row.task).is_finally && !finally_too;
    if (!spared && !is_terminal(task.row.state)) open.push_back(ref_of(task.row));
  });
  cancel_tasks(run, open, skip_grace, why);
}

// Containers that run end with what is in them.
void Core::Turn::cancel_tasks(Run& run, const std::vector<TaskRef>& tasks, bool skip_grace,
                              Reason why) {
  for (const TaskRef ref : tasks) {
    const TaskRow& row = task_at(run, ref).row;
    if (is_terminal(row.state)) continue;
    if (row.state == TaskState::Running && run.plan->is_container(ref)) continue;
    if (GANTRY_PLANT(CancelForgetsQueued) && row.state == TaskState::Queued) continue;
    if (row.state != TaskState::Running) {
      settle(run, row, TaskState::Cancelled, why);
      continue;
    }
    const auto live = state().attempts.find(row.attempt);
    CHECK(live != state().attempts.end());
    model::AttemptRow attempt = live->second.row;
    if (attempt.stop_requested && !skip_grace) continue;
    effects_.commands.push_back(model::StopAttempt{attempt.id, attempt.run, skip_grace});
    attempt.stop_requested = true;
    emit(model::AttemptChanged{std::move(attempt)});
  }
}

void Core::Turn::handle(const model::CancelRequested& event) {
  Run* run = find_run(event.run);
  if (run == nullptr)
    return answer(event.reply,
                  explain(Code::FailedPrecondition, {"the run has ended already", "运行已经结束"}));
  actor_ = event.actor;
  answer(event.reply, ok(), event.run);
  cancel(*run, run->row.message);
}

// A second time: without grace.
void Core::Turn::cancel(Run& run, const std::string& why) {
  if (run.row.quarantined || !run.plan)
    return abandon(run, RunState::Cancelled, Reason::Cancelled, why);
  touch(run.row.run);
  const bool second = run.row.cancel_requested;
  const bool never_started = run.row.state == RunState::Queued;
  RunRow row = run.row;
  row.cancel_requested = true;
  row.hard_cancel = second;
  row.message = why;
  row.timeout_at = Steady::max();  // it is being stopped already
  put(run, row);
  cancel_open_tasks(run, never_started || row.state == RunState::Finishing, second);
  touched_.insert(row.run);
  if (!never_started) return;
  row.verdict = RunState::Cancelled;
  row.reason = Reason::Cancelled;
  end_run(run, std::move(row));
}

void Core::Turn::check_run_timeouts() {
  auto& timeouts = state().run_timeouts;
  while (!timeouts.empty() && timeouts.begin()->first <= now_.steady) {
    Run& run = *find_run(timeouts.begin()->second);
    touch(run.row.run);
    RunRow row = run.row;
    row.timeout_at = Steady::max();
    row.reason = Reason::RunTimeout;
    row.message = "the run took longer than its timeout";
    put(run, std::move(row));
    cancel_open_tasks(run, false, false);
    touched_.insert(run.row.run);
  }
}

void Core::Turn::handle(const model::RunQuarantined& event) {
  Run* run = find_run(event.run);
  if (run == nullptr) return;
  RunRow row = run->row;
  row.quarantined = true;
  row.message =
      "the server ended abnormally several times while it worked on this run; "
      "it is left alone until it is cancelled";
  put(*run, std::move(row));
  if (run->origin->backfill.value != 0) backfills_.insert(run->origin->backfill);
}

}  // namespace gantry::core
