#include "oracle.h"

#include <algorithm>
#include <cmath>

#include "rules.h"

namespace gantry::sim {

using model::AttemptState;
using model::Reason;
using model::RunState;
using model::TaskState;

void Oracle::observe(const store::Batch& batch) {
  batch_ = batch.number;
  check_time(batch.mark);
  begun_.clear();
  retried_.clear();
  replacing_.clear();
  for (const model::Change& change : batch.changes)
    std::visit([this](const auto& c) { put(c); }, change.body);
  for (const AttemptId id : begun_) check_begun(id);
  for (const RunNo no : retried_) check_retried(runs_.at(no));
  for (const RunNo no : replacing_) check_conflict(no);
  note(events_.check_batch());
  note(backfills_.check_batch());
}

void Oracle::check_time(const store::TimeMark& mark) {
  if (mark_ && mark.steady < mark_->steady)
    complain("time: steady time went back by {} us", (mark_->steady - mark.steady).us);
  if (mark_ && mark.boot_id == mark_->boot_id &&
      mark.steady - mark_->steady != clock_.elapsed() - elapsed_at_mark_)
    complain("time: {} us of steady time in {} us", (mark.steady - mark_->steady).us,
             (clock_.elapsed() - elapsed_at_mark_).us);
  mark_ = mark;
  elapsed_at_mark_ = clock_.elapsed();
}

void Oracle::put(const model::VersionStored& c) { versions_[c.id] = c.definition; }

void Oracle::put(const model::WorkflowChanged& c) {
  workflows_[c.row.id] = c.row;
  for (const model::Trigger& trigger : c.row.triggers)
    if (model::is_timer(trigger.kind)) firings_.begin(c.row.id, trigger, clock_.wall());
}

void Oracle::put(const model::TriggerMoved&) {}

void Oracle::put(const model::FiringsMissed& c) {
  note(firings_.missed(c.row, clock_.wall()));
  if (c.row.reason == model::MissedReason::Skipped) check_skipped(c.row.workflow, "a firing");
}

void Oracle::put(const model::EventRecorded& c) {
  note(events_.recorded(*c.row, workflows_));
  for (const model::TriggerFate& fate : c.row->fates)
    if (fate.fate == model::Fate::Skipped && !fate.reason.starts_with("it has fired for"))
      check_skipped(fate.workflow, "an event");
}

void Oracle::check_skipped(WorkflowId id, const char* what) {
  const model::WorkflowRow& workflow = workflows_.at(id);
  const auto open = std::count_if(open_.begin(), open_.end(), [&](RunNo no) {
    const model::RunOrigin& origin = *runs_.at(no).origin;
    return origin.workflow == workflow.id && origin.backfill.value == 0;
  });
  if (versions_.at(workflow.version)->workflow.conflict != model::Conflict::Skip ||
      open < workflow.concurrency_limit)
    complain("I5: {} of workflow {} was skipped beside {} runs", what, workflow.id.value, open);
}

// Beside a run that is made there are fewer open ones of its key than the limit, but for those that
// were told to end, and retries, which only wait.
void Oracle::check_conflict(RunNo made) {
  const RunFacts& run = runs_.at(made);
  const auto others = std::count_if(open_.begin(), open_.end(), [&](RunNo no) {
    const RunFacts& other = runs_.at(no);
    const bool retried = std::find(retried_.begin(), retried_.end(), no) != retried_.end();
    return no < made && !retried && !other.row.cancel_requested &&
           other.origin->backfill.value == 0 && other.origin->workflow == run.origin->workflow &&
           other.origin->concurrency_key == run.origin->concurrency_key;
  });
  if (others >= run.definition->workflow.concurrency_limit)
    complain("I5: run {} was made beside {} others of its key", made.value, others);
}

void Oracle::put(const model::RunCreated& c) {
  const model::RunOrigin& origin = *c.origin;
  if (runs_.contains(origin.run)) return complain("I1: run {} was made twice", origin.run.value);
  RunFacts& run = runs_[origin.run];
  run.origin = c.origin;
  run.definition = versions_.at(origin.version);
  run.row.run = origin.run;
  const bool live = origin.backfill.value == 0;
  const model::Conflict conflict = run.definition->workflow.conflict;
  if (live && conflict == model::Conflict::Skip) check_conflict(origin.run);
  if (live && conflict == model::Conflict::CancelRunning) replacing_.push_back(origin.run);
  open_.insert(origin.run);
  note(backfills_.made(origin, is_held(origin.workflow)));
  if (origin.cause == model::CauseKind::Wrap && !taken_.insert(origin.key).second)
    complain("I1: the record {} was taken in twice", origin.key);
  events_.made(origin);
  if (live && !origin.trigger.empty() && origin.event_id.value == 0)
    note(firings_.made(origin.workflow, origin.trigger, origin.scheduled_at, clock_.wall()));
}

// `after_previous: done`: the runs of a trigger start one after another.
void Oracle::check_previous(const RunFacts& run) {
  const auto is_timed = [](const model::RunOrigin& origin) {
    return origin.cause == model::CauseKind::Timer || origin.cause == model::CauseKind::CatchUp;
  };
  if (run.definition->workflow.after_previous == model::AfterPrevious::Any) return;
  if (!is_timed(*run.origin)) return;
  for (const RunNo no : open_) {
    const RunFacts& other = runs_.at(no);
    if (no < run.row.run && other.origin->workflow == run.origin->workflow &&
        other.origin->trigger == run.origin->trigger && is_timed(*other.origin) &&
        !is_terminal(other.row.state))
      complain("I5: run {} of {} started before run {} had ended", run.row.run.value,
               run.origin->trigger, no.value);
  }
}

void Oracle::put(const model::RunChanged& c) {
  RunFacts& run = runs_.at(c.row.run);
  if (is_terminal(run.row.state))
    return complain("I1: run {} changed after its end", c.row.run.value);
  const bool live = run.origin->backfill.value == 0;
  if (live && run.row.state == RunState::Queued && c.row.state == RunState::Running) {
    const int limit = workflows_.at(run.origin->workflow).concurrency_limit;
    const auto active = std::count_if(open_.begin(), open_.end(), [&](RunNo no) {
      const RunFacts& other = runs_.at(no);
      return other.origin->workflow == run.origin->workflow && other.origin->backfill.value == 0 &&
             other.origin->concurrency_key == run.origin->concurrency_key &&
             other.row.state != RunState::Queued && !is_terminal(other.row.state);
    });
    if (limit > 0 && active >= limit)
      complain("I5: run {} is number {} of a workflow with the limit {}", c.row.run.value,
               active + 1, limit);
  }
  if (run.row.state == RunState::Queued && c.row.state == RunState::Running) check_previous(run);
  const bool asked = c.row.cancel_requested && !run.row.cancel_requested;
  if (asked && run.row.state != RunState::Finishing) run.cancelled_in_main = true;
  run.timed_out |= c.row.reason == Reason::RunTimeout;
  if (run.disturbed_batch == 0 && (run.cancelled_in_main || run.timed_out))
    run.disturbed_batch = batch_;
  run.row = c.row;
  if (!is_terminal(c.row.state)) return;
  ++run.ends;
  backfills_.ended(c.row.run, c.row.state);
  events_.ended(run.origin->workflow_name, fmt::format("{}/{}", c.row.run.value, c.row.phase),
                c.row.state, workflows_);
}

void Oracle::put(const model::TaskChanged& c) {
  RunFacts& run = runs_.at(c.row.run);
  TaskFacts& task = run.tasks[ref_of(c.row)];
  const model::TaskRow old = task.row;
  const std::string& name = run.spec(c.row.task).name;
  const bool again = c.row.generation > old.generation && c.row.state == TaskState::Pending &&
                     c.row.generation == run.row.phase;
  if (again) task.attempts.clear();
  if (is_terminal(old.state) && !again)
    complain("I3: run {} task {} was {} and is {}", c.row.run.value, name, name_of(old.state),
             name_of(c.row.state));
  const bool goes_on = c.row.state == TaskState::Queued || c.row.state == TaskState::Running;
  if (old.state == TaskState::Waiting && goes_on && mark_->steady < old.wake_at)
    complain("retry: run {} task {} did not wait to the end", c.row.run.value, name);
  if (c.row.state == TaskState::Waiting) check_wait(run, c.row);
  task.row = c.row;
  const model::Task& spec = run.spec(c.row.task);
  const bool failed = c.row.state == TaskState::Failed || c.row.state == TaskState::Interrupted;
  const bool counts =
      !spec.allow_failure && !spec.is_finally && !spec.background && !run.whole(ref_of(c.row));
  if (failed && counts && run.definition->workflow.fail_fast && run.failed_batch == 0)
    run.failed_batch = batch_;
}

void Oracle::check_wait(const RunFacts& run, const model::TaskRow& row) {
  const model::Task& task = run.spec(row.task);
  if (row.wake_at == Steady::max()) {
    if (task.on_interrupt != model::OnInterrupt::Ask)
      complain("retry: run {} task {} waits for a person", row.run.value, task.name);
    return;
  }
  const double wait = static_cast<double>((row.wake_at - mark_->steady).us);
  if (row.tries == 0) {
    if (!task.every || wait < 0 || wait > static_cast<double>(task.every->us))
      complain("rounds: run {} task {} waits {} us", row.run.value, task.name, wait);
    return;
  }
  const model::RetryPolicy& retry = *task.retry;
  double delay = static_cast<double>(retry.delay.us) * std::pow(retry.backoff, row.tries - 1);
  const double most = retry.max_delay ? static_cast<double>(retry.max_delay->us) : 1e18;
  delay = std::min(delay, most);
  if (wait < delay * (1 - retry.jitter) - 2 ||
      wait > std::min(most, delay * (1 + retry.jitter)) + 2)
    complain("retry: run {} task {} waits {} us before try {}", row.run.value, task.name, wait,
             row.tries + 1);
}

void Oracle::put(const model::AttemptChanged& c) {
  const auto known = attempts_.find(c.row.id);
  if (known == attempts_.end())
    begun(c.row);
  else if (known->second.state != AttemptState::Running)
    complain("I4: attempt {} changed after its end", c.row.id.value);
  attempts_[c.row.id] = c.row;
  if (c.row.state == AttemptState::Running) {
    running_.insert(c.row.id);
  } else {
    running_.erase(c.row.id);
    ended(c.row);
  }
}

void Oracle::begun(const model::AttemptRow& row) {
  RunFacts& run = runs_.at(row.run);
  auto& attempts = run.tasks[{row.task, row.item}].attempts;
  if (run.origin->cause == model::CauseKind::Wrap) return attempts.push_back(row.id);
  if (row.state != AttemptState::Running)
    complain("I2: attempt {} ended before it began", row.id.value);
  const auto begun = std::count_if(attempts.begin(), attempts.end(), [this](AttemptId id) {
    return attempts_.at(id).state != AttemptState::NotStarted;
  });
  if (row.number != begun + 1)
    complain("I2: run {} task #{}: attempt {} follows {}", row.run.value, row.task.value,
             row.number, begun);
  if (!attempts.empty() && attempts_.at(attempts.back()).state == AttemptState::Running)
    complain("I2: run {} task #{} has two attempts at once", row.run.value, row.task.value);
  check_pool(run.spec(row.task));
  attempts.push_back(row.id);
  begun_.push_back(row.id);
  if (row.generation != run.row.phase)
    complain("I2: attempt {} is of generation {} in phase {}", row.id.value, row.generation,
             run.row.phase);
  const bool held = run.row.paused || workflows_.at(run.origin->workflow).paused;
  if (held || the_server_.paused)
    complain("pause: run {} task #{} begins all the same", row.run.value, row.task.value);
}

void Oracle::ended(const model::AttemptRow& row) {
  if (runs_.at(row.run).origin->cause == model::CauseKind::Wrap) return;  // check_wrap()
  const testing::World::Attempt* truth = world_.find(row.id);
  if (truth == nullptr || world_.alive().contains(row.id))
    return complain("I4: attempt {} is recorded as {}, but it is not over", row.id.value,
                    name_of(row.state));
  const model::AttemptReport& report = truths_[row.id] = truth->report;
  if (report.state != row.state || report.exit_code != row.exit_code || report.signal != row.signal)
    complain("I4: attempt {} ended as {} ({}), recorded is {} ({})", row.id.value,
             name_of(report.state), report.exit_code, name_of(row.state), row.exit_code);
}

void Oracle::put(const model::RunClosed& c) {
  RunFacts& run = runs_.at(c.run);
  if (!is_terminal(run.row.state))
    complain("I1: run {} is closed while {}", c.run.value, name_of(run.row.state));
  run.closed = true;
  open_.erase(c.run);
  closed_.insert(c.run);
  if (is_terminal(run.row.state)) check_final(run);
}

void Oracle::put(const model::ServerChanged& c) { the_server_ = c.row; }

void Oracle::put(const model::PoolLimitChanged& c) {
  pool_limits_[c.row.pool] = c.row.slots ? *c.row.slots : limits_.pools.at(c.row.pool);
}

bool Oracle::held() const {
  return the_server_.paused || std::any_of(workflows_.begin(), workflows_.end(), [](const auto& w) {
           return w.second.paused || w.second.disabled;
         });
}

// With the states at the end of the batch in which the attempt began.
void Oracle::check_begun(AttemptId id) {
  const model::AttemptRow& row = attempts_.at(id);
  const RunFacts& run = runs_.at(row.run);
  const model::Task& task = run.spec(row.task);
  if (run.row.state != (task.is_finally ? RunState::Finishing : RunState::Running))
    complain("run {} task {} begins while the run is {}", row.run.value, task.name,
             name_of(run.row.state));
  if (!task.is_finally && run.disturbed_batch != 0 && run.disturbed_batch < batch_)
    complain("run {} task {} begins after the cancel", row.run.value, task.name);
  if (!task.is_finally && run.failed_batch != 0 && run.failed_batch < batch_ && !task.background)
    complain("run {} task {} begins after a failure that ends the run", row.run.value, task.name);
  const TaskRef ref{row.task, row.item};
  const auto whole = run.whole(ref);
  const bool is_item = whole && whole->task == row.task;
  if (!is_item && fate_of(task.join, run.upstream(ref)) != Fate::Run)
    complain("join: run {} task {} begins, its rule {} does not say so", row.run.value, task.name,
             name_of(task.join));
  if (whole && run.state(*whole) != TaskState::Running)
    complain("containers: run {} task {} begins while its container is {}", row.run.value,
             task.name, name_of(run.state(*whole)));
  if (is_item) check_items_begun(run, ref);
  if (!task.is_finally) return;
  for (std::uint32_t i = 0; i < run.definition->workflow.tasks.size(); ++i) {
    const model::Task& other = run.spec(TaskIndex{i});
    const bool at_top = other.group == model::kNoTask;
    if (at_top && !other.is_finally && !is_terminal(run.state({TaskIndex{i}, {}})))
      complain("finally: run {} task {} begins before {} has ended", row.run.value, task.name,
               other.name);
  }
}

void Oracle::check_items_begun(const RunFacts& run, TaskRef item) {
  const TaskRef whole = *run.whole(item);
  const int most = run.spec(item.task).flow->foreach.max_parallel;
  const auto parts = run.parts(whole);
  const auto begun = std::count_if(parts.begin(), parts.end(), [&](TaskRef part) {
    return run.state(part) != TaskState::Pending && !is_terminal(run.state(part));
  });
  if (begun > most)
    complain("containers: run {} has {} items of {} at once", run.row.run.value, begun,
             run.spec(item.task).name);
}

void Oracle::started(AttemptId id) {
  const auto known = attempts_.find(id);
  if (known == attempts_.end() || known->second.state != AttemptState::Running)
    return complain("write then act: attempt {} is started, but not recorded as running", id.value);
  check_slots();
}

void Oracle::check_slots() {
  int local = 0, of_backfills = 0;
  for (const AttemptId id : world_.alive()) {
    const auto row = attempts_.find(id);
    if (row == attempts_.end()) continue;
    const RunFacts& run = runs_.at(row->second.run);
    if (run.spec(row->second.task).background) continue;
    ++local;
    if (run.origin->backfill.value != 0) ++of_backfills;
  }
  if (of_backfills > limits_.local_slots - limits_.local_slots / 4)
    complain("I5: backfills have {} of {} local slots", of_backfills, limits_.local_slots);
  if (local > limits_.local_slots)
    complain("I5: {} of {} local slots are used", local, limits_.local_slots);
}

// As it begins: a limit that is lowered meanwhile ends nothing.
void Oracle::check_pool(const model::Task& task) {
  if (task.pool.empty()) return;
  int used = 0;
  for (const AttemptId id : running_) {
    const model::AttemptRow& row = attempts_.at(id);
    const model::Task& other = runs_.at(row.run).spec(row.task);
    if (other.pool == task.pool) used += other.slots;
  }
  const int limit = pool_limits_.at(task.pool);
  if (limit == 0 || used + std::min(task.slots, limit) > limit)
    complain("I5: a task of {} slots begins in pool {}, of which {} of {} are used", task.slots,
             task.pool, used, limit);
}

void Oracle::acknowledged(AttemptId id) {
  const auto known = attempts_.find(id);
  if (known == attempts_.end() || known->second.state == AttemptState::Running)
    complain("write then act: attempt {} is acknowledged, its end is not recorded", id.value);
}

void Oracle::answered_run(RunNo run) {
  if (!runs_.contains(run))
    complain("write then act: run {} is confirmed, but not recorded", run.value);
  accepted_.insert(run);
}

void Oracle::answered_event(EventId event) {
  if (!events_.is_recorded(event))
    complain("write then act: event {} is confirmed, but not recorded", event.value);
}

void Oracle::answered_backfill(BackfillId backfill) {
  if (!backfills_.is_known(backfill))
    complain("write then act: backfill {} is confirmed, but not recorded", backfill.value);
}

bool Oracle::is_held(WorkflowId id) const {
  const model::WorkflowRow& row = workflows_.at(id);
  return the_server_.paused || row.paused || row.disabled || !row.enabled;
}

void Oracle::check_backfills() {
  std::set<WorkflowId> held;
  for (const auto& [id, row] : workflows_)
    if (is_held(id)) held.insert(id);
  note(backfills_.check_quiet(held));
}

void Oracle::check_quiet() {
  for (const AttemptId id : running_) {
    const testing::World::Attempt* attempt = world_.find(id);
    if (attempt == nullptr)
      complain("I1: attempt {} is recorded as running, nobody has started it", id.value);
    else if (attempts_.at(id).stop_requested && world_.alive().contains(id) && !attempt->stop_asked)
      complain("I1: attempt {} is to be stopped, nobody has done it", id.value);
  }
}

void Oracle::timers_settled(Instant wall) { firings_.settled(wall); }

}  // namespace gantry::sim
