// Core::fold: what each body of a change does to the state.
#include "core/core.h"
#include "core/fold.h"
#include "core/planted.h"
#include "core/previous.h"

namespace gantry::core {

using model::RunState;
using model::TaskState;

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
    if (run.origin) leave_event(*run.origin);
    hold_event(*c.origin);
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
      for_each_task(
          run, [&](const TaskRun& task) { index_row(state_, run, task.row, !c.row.quarantined); });
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
    leave_event(*run->second.origin);
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
    if (run.origin) leave_event(*run.origin);
    hold_event(*r.origin);
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
    for_each_task(run, [&](const TaskRun& task) {
      if (task.row.state == TaskState::Queued) index_queue(state_, run, task.row, in);
    });
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

  void hold_event(const model::RunOrigin& origin) {
    if (origin.event->is(Value::Kind::Null)) return;
    EventUse& use = state_.event_use[origin.event_id];
    if (use.runs++ > 0) return;
    use.bytes = origin.event->size_bytes();
    state_.event_bytes += use.bytes;
  }

  void leave_event(const model::RunOrigin& origin) {
    const auto use = state_.event_use.find(origin.event_id);
    if (use == state_.event_use.end() || --use->second.runs > 0) return;
    state_.event_bytes -= use->second.bytes;
    state_.event_use.erase(use);
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

}  // namespace gantry::core
