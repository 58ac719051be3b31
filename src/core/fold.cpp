// Folding: putting the rows of changes into the state and keeping what is derived from them:
// queues, wake times, slots in use, tallies, and the counts of settled upstream tasks.
#include "core/fold.h"

#include "core/core.h"
#include "core/planted.h"
#include "core/previous.h"

namespace gantry::core {

using model::RunState;
using model::TaskRow;
using model::TaskState;

namespace {

QueueEntry queue_entry(const Run& run, const TaskRow& row) {
  return {rank_of(run, row.task), row.queue_no, row.run, row.task};
}

// Whether a person said that nothing new starts in this run or workflow. Its tasks keep their
// place, but are not offered.
bool is_paused(const State& state, const Run& run) {
  return run.row.paused || state.workflows.at(run.origin->workflow).row.paused;
}

// An idle pool leaves the map, so that a recovered state equals the one that was lost.
void drop_if_idle(State& state, const std::string& pool) {
  const auto found = state.pools.find(pool);
  if (found != state.pools.end() && found->second == PoolUse{}) state.pools.erase(found);
}

void index_queue(State& state, const Run& run, const TaskRow& row, bool in) {
  if (is_paused(state, run)) return;
  const std::string& pool = queue_of(*run.plan, row.task);
  auto& queue = state.pools[pool].queue;
  if (in)
    queue.insert(queue_entry(run, row));
  else
    queue.erase(queue_entry(run, row));
  drop_if_idle(state, pool);
}

void index_slots(State& state, const Run& run, const TaskRow& row, int sign) {
  const TaskTraits traits = run.plan->traits(row.task);
  if (!traits.background) state.local_slots_used += sign;
  if (sign < 0 && GANTRY_PLANT(SlotReleasedTwice)) state.local_slots_used += sign;
  if (!traits.has_pool) return;
  const model::Task& task = run.plan->task(row.task);
  state.pools[task.pool].used += sign * task.slots;
  drop_if_idle(state, task.pool);
}

void index_wake(State& state, const TaskRow& row, bool in) {
  if (row.wake_at == Steady::max()) return;
  const std::tuple key{row.wake_at, row.run, row.task};
  if (in)
    state.task_wakes.insert(key);
  else
    state.task_wakes.erase(key);
}

// Adds the row to, or takes it from, everything that is found by its state.
void index_row(State& state, const Run& run, const TaskRow& row, bool in) {
  if (row.state == TaskState::Queued) index_queue(state, run, row, in);
  if (row.state == TaskState::Running) index_slots(state, run, row, in ? 1 : -1);
  if (row.state == TaskState::Waiting) index_wake(state, row, in);
}

void add(std::uint32_t& count, int sign) { count += static_cast<std::uint32_t>(sign); }

void tally_settled(Run& run, TaskTraits task, TaskState state, int sign) {
  Tally& tally = task.is_finally ? run.finally : run.main;
  add(task.background ? tally.open_background : tally.open, -sign);
  if (state == TaskState::Cancelled) add(tally.cancelled, sign);
  const Settled settled = settled_as(state, task.allow_failure);
  const bool bad = settled == Settled::UpstreamFailed || settled == Settled::Failed;
  if (bad && state != TaskState::Cancelled) add(tally.failed, sign);
}

std::uint32_t& count_of(Upstream& upstream, Settled settled) {
  switch (settled) {
    case Settled::Succeeded: return upstream.succeeded;
    case Settled::Skipped: return upstream.skipped;
    case Settled::Failed: return upstream.failed;
    case Settled::UpstreamFailed: return upstream.upstream_failed;
  }
  CHECK(false);
}

void count_settled(Run& run, TaskIndex index, TaskState state, int sign) {
  const TaskTraits task = run.plan->traits(index);
  tally_settled(run, task, state, sign);
  const Settled settled = settled_as(state, task.allow_failure);
  for (const TaskIndex dependent : run.plan->dependents(index))
    add(count_of(run.tasks[dependent.value].upstream, settled), sign);
}

}  // namespace

LaneKey lane_of(const model::RunOrigin& origin) {
  if (origin.backfill.value != 0 && !GANTRY_PLANT(BackfillMakesWay))
    return {origin.concurrency_key, origin.backfill};
  return {origin.concurrency_key, {}};
}

std::int64_t rank_of(const Run& run, TaskIndex task) {
  const std::int64_t priority = run.origin->priority + run.plan->traits(task).priority;
  return (run.origin->backfill.value == 0 ? 0 : kBackfillRank) - priority;
}

bool is_held(const State& state, const Run& run) {
  return state.server.paused || is_paused(state, run);
}

namespace {
const std::string kPlain, kBackground = "*";
}  // namespace

bool is_unpooled(const std::string& queue) { return queue == kPlain || queue == kBackground; }

const std::string& queue_of(const Plan& plan, TaskIndex task) {
  const TaskTraits traits = plan.traits(task);
  if (traits.has_pool) return plan.task(task).pool;
  return traits.background ? kBackground : kPlain;
}

void put_row(State& state, Run& run, const TaskRow& row) {
  CHECK(row.task.value < run.tasks.size());
  TaskRow& old = run.tasks[row.task.value].row;
  if (!run.row.quarantined) index_row(state, run, old, false);
  if (is_terminal(old.state)) count_settled(run, row.task, old.state, -1);
  run.outputs_bytes -= old.outputs.is(Value::Kind::Null) ? 0 : old.outputs.size_bytes();
  old = row;
  run.outputs_bytes += row.outputs.is(Value::Kind::Null) ? 0 : row.outputs.size_bytes();
  if (!run.row.quarantined) index_row(state, run, row, true);
  if (is_terminal(row.state)) count_settled(run, row.task, row.state, 1);
}

void attach_plan(State& state, Run& run, std::shared_ptr<const Plan> plan) {
  if (run.plan) return;
  run.plan = std::move(plan);
  run.tasks.resize(run.plan->size());
  for (std::uint32_t i = 0; i < run.tasks.size(); ++i) {
    const TaskTraits task = run.plan->traits(TaskIndex{i});
    run.tasks[i].row.run = run.origin->run;
    run.tasks[i].row.task = TaskIndex{i};
    run.tasks[i].upstream.n = static_cast<std::uint32_t>(run.plan->task(TaskIndex{i}).needs.size());
    Tally& tally = task.is_finally ? run.finally : run.main;
    ++(task.background ? tally.open_background : tally.open);
  }
  for (const TaskRow& row : run.early_rows) {
    if (GANTRY_PLANT(WaitLostInRecovery) && row.state == TaskState::Waiting) continue;
    put_row(state, run, row);
  }
  run.early_rows.clear();
}

namespace {

// Folds one change body into the state; the overloads are the list of what a change does.
class Folder {
 public:
  explicit Folder(State& state) : state_(state) {}

  void operator()(const model::VersionStored& c) {
    raise(state_.counters.last_version, c.id.value);
  }

  void operator()(const model::WorkflowChanged& c) {
    raise(state_.counters.last_workflow, c.row.id.value);
    state_.workflow_ids[c.row.name] = c.row.id;
    WorkflowState& workflow = state_.workflows[c.row.id];
    const bool flips = workflow.row.paused != c.row.paused;
    if (flips) index_queues(workflow, false);
    workflow.row = c.row;
    if (flips) index_queues(workflow, true);
  }

  void operator()(const model::TriggerMoved& c) {
    state_.workflows[c.row.workflow].cursors[c.row.trigger] = c.row;
  }

  void operator()(const model::FiringsMissed&) {}

  void operator()(const model::RunCreated& c) {
    raise(state_.counters.last_run, c.origin->run.value);
    Run& run = state_.runs[c.origin->run];
    run.origin = c.origin;
    run.row.run = c.origin->run;
    place_in_workflow(run);
    place_in_row(run);
  }

  void operator()(const model::RunChanged& c) {
    const auto found = state_.runs.find(c.row.run);
    if (found == state_.runs.end()) return;
    Run& run = found->second;
    state_.run_timeouts.erase({run.row.timeout_at, c.row.run});
    const bool frees = run.row.quarantined != c.row.quarantined;
    const bool flips = run.row.paused != c.row.paused && !run.row.quarantined && !frees;
    if (frees)
      for (const TaskRun& task : run.tasks) index_row(state_, run, task.row, !c.row.quarantined);
    if (flips) index_queue_of(run, false);
    run.row = c.row;
    if (flips) index_queue_of(run, true);
    const bool timed = c.row.timeout_at != Steady::max() && c.row.state == RunState::Running;
    if (timed && !c.row.quarantined) state_.run_timeouts.emplace(c.row.timeout_at, c.row.run);
    place_in_workflow(run);
  }

  void operator()(const model::TaskChanged& c) {
    raise(state_.counters.last_queue_no, c.row.queue_no);
    const auto found = state_.runs.find(c.row.run);
    if (found == state_.runs.end()) return;
    if (found->second.plan) return put_row(state_, found->second, c.row);
    found->second.early_rows.push_back(c.row);
    if (GANTRY_PLANT(OutputsLostInRecovery)) found->second.early_rows.back().outputs = {};
  }

  void operator()(const model::AttemptChanged& c) {
    constexpr std::int64_t kCounterMask = (std::int64_t{1} << kAttemptCounterBits) - 1;
    raise(state_.counters.last_attempt, c.row.id.value & kCounterMask);
    if (c.row.state == model::AttemptState::Running)
      state_.attempts[c.row.id].row = c.row;
    else
      state_.attempts.erase(c.row.id);
  }

  void operator()(const model::RunClosed& c) {
    const auto run = state_.runs.find(c.run);
    if (run == state_.runs.end()) return;
    leave_row(run->second);
    state_.runs.erase(run);
  }

  void operator()(const model::EventRecorded& c) {
    raise(state_.counters.last_event, c.row->id.value);
    if (c.row->is_open)
      state_.open_events[c.row->id] = *c.row;
    else
      state_.open_events.erase(c.row->id);
  }

  void operator()(const model::MeetingChanged& c) {
    const MeetingKey key{c.row.workflow, c.row.trigger, days_from_civil(c.row.date)};
    if (c.row.is_over)
      state_.meetings.erase(key);
    else
      state_.meetings[key] = c.row;
  }

  void operator()(const model::BackfillBegun& c) {
    raise(state_.counters.last_backfill, c.row.id.value);
    Backfill& backfill = state_.backfills[c.row.id];
    backfill = {c.row, *c.dates, {}, 0};
    for (std::size_t i = 0; i < backfill.dates.size(); ++i)
      if (backfill.dates[i].fate == model::DateFate::Running) {
        if (GANTRY_PLANT(BackfillRunsTwice))
          backfill.dates[i].fate = model::DateFate::Pending;
        else
          backfill.open[backfill.dates[i].run] = i;
      }
    pass_decided(backfill);
  }

  void operator()(const model::BackfillChanged& c) {
    if (c.row.ended_at)
      state_.backfills.erase(c.row.id);
    else
      state_.backfills[c.row.id].row = c.row;
  }

  void operator()(const model::BackfillDateChanged& c) {
    const auto found = state_.backfills.find(c.backfill);
    if (found == state_.backfills.end()) return;
    Backfill& backfill = found->second;
    const auto place = static_cast<std::size_t>(c.place);
    backfill.dates[place] = c.row;
    if (c.row.fate == model::DateFate::Running)
      backfill.open[c.row.run] = place;
    else
      backfill.open.erase(c.row.run);
    pass_decided(backfill);
  }

  void operator()(const model::CredentialChanged&) {}
  void operator()(const model::AuditNoted&) {}

  void operator()(const model::RunReopened& c) {
    const model::Reopening& r = *c.reopening;
    Run& run = state_.runs[r.row.run];
    run = Run();
    run.origin = r.origin;
    run.row = r.row;
    run.early_rows = r.tasks;
    place_in_workflow(run);
    place_in_row(run);
  }

  void operator()(const model::ServerChanged& c) { state_.server = c.row; }

  void operator()(const model::PoolLimitChanged& c) {
    if (c.row.slots)
      state_.pool_limits[c.row.pool] = c.row;
    else
      state_.pool_limits.erase(c.row.pool);
  }

 private:
  static void pass_decided(Backfill& backfill) {
    while (backfill.next < backfill.dates.size() &&
           backfill.dates[backfill.next].fate != model::DateFate::Pending)
      ++backfill.next;
  }

  static void raise(std::int64_t& counter, std::int64_t value) {
    counter = std::max(counter, value);
  }

  void index_queue_of(const Run& run, bool in) {
    for (const TaskRun& task : run.tasks)
      if (task.row.state == TaskState::Queued) index_queue(state_, run, task.row, in);
  }

  void index_queues(const WorkflowState& workflow, bool in) {
    for (const auto& [key, lane] : workflow.lanes) {
      for (const RunNo no : lane.open) {
        const Run& run = state_.runs.at(no);
        if (run.plan && !run.row.quarantined) index_queue_of(run, in);
      }
    }
  }

  void place_in_workflow(const Run& run) {
    WorkflowState& workflow = state_.workflows[run.origin->workflow];
    Lane& lane = workflow.lanes[lane_of(*run.origin)];
    lane.queued.erase(run.row.run);
    lane.open.erase(run.row.run);
    if (run.row.state == RunState::Queued)
      lane.queued.insert(run.row.run);
    else if (!is_terminal(run.row.state))
      lane.open.insert(run.row.run);
    if (lane == Lane{}) workflow.lanes.erase(lane_of(*run.origin));
  }

  void place_in_row(const Run& run) {
    if (is_timed(*run.origin))
      state_.workflows[run.origin->workflow].timed[run.origin->trigger].insert(run.row.run);
  }

  void leave_row(const Run& run) {
    if (!is_timed(*run.origin)) return;
    auto& timed = state_.workflows[run.origin->workflow].timed;
    const auto runs = timed.find(run.origin->trigger);
    if (runs == timed.end()) return;
    runs->second.erase(run.origin->run);
    if (runs->second.empty()) timed.erase(runs);
  }

  State& state_;
};

}  // namespace

void Core::fold(const model::Change& change) {
  std::visit(Folder(state_), change.body);
  if (const auto* c = std::get_if<model::WorkflowChanged>(&change.body)) {
    timers_.put(c->row, state_.workflows[c->row.id].cursors, change.at);
    listeners_.put(c->row);
  }
  if (const auto* c = std::get_if<model::TriggerMoved>(&change.body)) {
    const WorkflowState& workflow = state_.workflows[c->row.workflow];
    if (timers_.find(c->row.workflow, c->row.trigger) != nullptr)
      timers_.move(c->row.workflow, c->row.trigger, c->row.cursor);
    else
      timers_.put(workflow.row, workflow.cursors, change.at);
  }
  if (std::holds_alternative<model::ServerChanged>(change.body)) watched_ = change.at;
}

bool operator==(const Run& a, const Run& b) {
  const bool same_origin = a.origin == b.origin || (a.origin && b.origin && *a.origin == *b.origin);
  return same_origin && a.row == b.row && a.tasks == b.tasks && a.early_rows == b.early_rows &&
         a.main == b.main && a.finally == b.finally && a.outputs_bytes == b.outputs_bytes &&
         (a.plan == nullptr) == (b.plan == nullptr);
}

}  // namespace gantry::core
