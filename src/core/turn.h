// Turn: one application of one event. Splits Core::apply by concern; each concern has its file:
//   definitions.cpp  versions and workflows        create.cpp    new runs and their params
//   triggers.cpp     timers                        life.cpp      start, end, cancel, finally
//   ready.cpp        join rules, propagation       slots.cpp     queue, pools, starting
//   contain.cpp      groups, foreach, repeat       wait.cpp      tasks that wait
//   attempts.cpp     reports, retry, interrupts    scope.cpp     values in expressions
//   reopen.cpp       retry of a run that has ended holds.cpp     pause, resume, disable, enable
//   wrap.cpp         commands that ran elsewhere  pools.cpp     limits set at run time
//   happen.cpp       events and what becomes of them
//   meet.cpp         runs that have ended, for other workflows (cycle.h: none starts itself)
//   previous.cpp     after_previous
//   calendars.cpp    working days of timers
//   backfill.cpp     runs for a list of dates
#pragma once

#include <string>
#include <vector>

#include "core/core.h"
#include "core/fold.h"

namespace gantry::core {

// What people see of who stopped something, and why.
std::string note_of(const std::string& actor, const std::string& note);

// Of a workflow whose version is missing or does not parse.
Error cannot_load(const std::string& failure);

class Core::Turn {
 public:
  Turn(Core& core, Now now, model::Effects& effects) : core_(core), now_(now), effects_(effects) {}

  // One overload per event.
  void handle(const model::TimePassed&);
  void handle(const model::DefinitionLoaded& event);
  void handle(const model::RunRequested& event);
  void handle(const model::CancelRequested& event);
  void handle(const model::ResolveRequested& event);
  void handle(const model::AttemptReported& event);
  void handle(const model::WorkflowProvided& event);
  void handle(const model::RunQuarantined& event);
  void handle(const model::RetryRequested& event);
  void handle(const model::RunProvided& event);
  void handle(const model::HoldRequested& event);
  void handle(const model::WrapReported& event);
  void handle(const model::PoolLimitRequested& event);
  void handle(const model::EventReceived& event);
  void handle(const model::CalendarsLoaded& event);
  void handle(const model::BackfillRequested& event);
  void handle(const model::BackfillSteered& event);
  void handle(const model::SurroundingsLoaded& event);

  void decide_parked(VersionId version, bool loaded);
  void go_on_with_backfills(WorkflowId workflow);

  // Propagates, starts what can start, closes what has ended. Once, after handle().
  void finish();

 private:
  // -- emitting
  template <typename Body>
  void emit(Body body) {
    effects_.changes.emplace_back(now_.wall, actor_, std::move(body));  // in place: rows are large
    core_.fold(effects_.changes.back());
  }
  void put(model::TaskRow row);
  void put(Run& run, model::RunRow row);
  void answer(model::ReplyTo to, Status status, RunNo run = {}, std::int64_t version = 0,
              bool changed = true);
  State& state() { return core_.state_; }
  Run* find_run(RunNo run);
  void touch(RunNo run);  // this run is being worked on

  // -- definitions.cpp
  std::shared_ptr<const Plan> plan_of(VersionId version);
  void load_plan(VersionId version);
  void resume_run(Run& run, const std::shared_ptr<const Plan>& plan);

  // -- create.cpp
  static Error no_workflow(const std::string& name);
  static Status may_be_asked_for(const model::WorkflowRow& row);
  void request_with_plan(const model::RunRequested& event, const WorkflowState& workflow,
                         const std::shared_ptr<const Plan>& plan);
  struct NewRun {
    model::CauseKind cause = model::CauseKind::Request;
    std::string trigger, initiator, key;
    ValueMap params;
    Instant scheduled_at;
    std::string title = {};                     // empty: as the workflow says
    std::vector<model::NamedText> labels = {};  // beside the workflow's
    EventId event_id = {};
    Rare<Value> event = {};
    std::optional<CivilDate> date = {};  // nothing: that of scheduled_at
    BackfillId backfill = {};
  };
  Status check_conflict(const WorkflowState& workflow, const Plan& plan,
                        const model::RunOrigin& origin) const;
  Status check_run_room(std::size_t more) const;
  Status check_event_room(EventId id, const Value& event) const;
  void make_way(const Run& run);
  Result<RunNo> create_run(const WorkflowState& workflow, const std::shared_ptr<const Plan>& plan,
                           NewRun run);

  // -- calendars.cpp
  void skip_to_now(WorkflowId workflow, const model::Trigger& trigger,
                   const model::Calendars& calendars);

  // -- triggers.cpp
  void begin_new_cursors(const WorkflowState* before, WorkflowId id, const std::string& name,
                         const std::vector<model::Trigger>& triggers);
  void begin_cursor(WorkflowId workflow, const std::string& name, const model::Trigger& trigger);
  void leave_cursor(WorkflowId workflow, const std::string& name, const model::Trigger& trigger);
  void give_up_due(WorkflowId workflow, const std::string& trigger);
  void move_cursor(WorkflowId workflow, const std::string& trigger, Instant to);
  void fire_due_timers();
  std::size_t fire(WorkflowId workflow, const std::string& trigger);  // how many it made
  void make_runs(const WorkflowState& workflow, const std::shared_ptr<const Plan>& plan,
                 const model::Trigger& trigger, const std::vector<schedule::Firing>& firings);
  void load_for_timer(WorkflowId workflow);
  void release_timer(WorkflowId workflow, bool loaded);
  void record_missed(WorkflowId workflow, const std::string& trigger,
                     const schedule::Firings& firings, model::MissedReason reason);

  // -- previous.cpp
  void note_success(const Run& run);
  void free_next(const Run& run);
  void release(const Run& run);

  // -- life.cpp
  void admit(WorkflowId workflow, const LaneKey& key);
  void free_lane(const Run& run);
  void free_lanes(WorkflowId workflow);
  void start_run(Run& run);
  void start_section(Run& run, bool finally);
  void check_end(Run& run);
  void stop_background(Run& run);
  void settle_ended(Run& run, model::TaskRow row);
  void begin_finally(Run& run);
  void end_run(Run& run, model::RunRow row);
  void close(Run& run);
  void abandon(Run& run, model::RunState to, model::Reason reason, std::string message);
  void abandon_attempt(AttemptId id);
  void cancel(Run& run, const std::string& why);
  void cancel_tasks(Run& run, const std::vector<TaskRef>& tasks, bool skip_grace,
                    model::Reason why);
  void cancel_open_tasks(Run& run, bool finally_too, bool skip_grace,
                         model::Reason why = model::Reason::Cancelled);
  void fail_fast(Run& run, TaskRef failed);
  void check_run_timeouts();
  model::RunState verdict_of(const Run& run) const;

  // -- reopen.cpp
  void serve_retries(RunNo run);
  bool serve_retry(const model::RetryRequested& request,
                   const std::shared_ptr<const model::ClosedRun>& closed);
  void refuse_retries(VersionId version, const Error& why);
  void serve_retries_of(VersionId version);
  Status reopen(const model::RetryRequested& request, const model::ClosedRun& closed,
                const std::shared_ptr<const Plan>& plan, const WorkflowState& workflow);

  // -- holds.cpp
  void hold_run(const model::HoldRequested& event);
  void hold_workflow(const model::HoldRequested& event);
  void hold_server(const model::HoldRequested& event);

  // -- wrap.cpp
  Result<std::shared_ptr<const Plan>> plan_of_wrap(const model::WrapReported& event,
                                                   const WorkflowState& workflow);
  void record_wrap(Run& run, const model::WrapReported& event);

  // -- happen.cpp
  bool load_plans_for(const std::vector<Listener>& listeners, const std::set<VersionId>& hopeless);
  // What may become of an event for one trigger.
  struct Candidate {
    const WorkflowState* workflow = nullptr;
    const model::Trigger* trigger = nullptr;
    model::TriggerFate fate;
    std::optional<model::MeetingRow> meeting = {};  // of a trigger that wants all of several
  };
  Parked kept(Parked parked);
  void take_end(Parked parked);
  void decide_event(Parked parked);
  static std::int64_t count_wanted(const std::vector<Candidate>& candidates);
  Status check_room(const model::EventRow& event, const std::vector<Candidate>& candidates) const;
  void decide_fates(model::EventRow& row, std::vector<Candidate>& candidates);
  void decide_postponed();
  Candidate look_at(const model::EventRow& event, const Listener& listener);
  static void refuse_for_breadth(Candidate& candidate);
  void start(const model::EventRow& event, Candidate& candidate);
  model::TriggerFate try_to_run(const model::EventRow& event, const WorkflowState& workflow,
                                const model::Trigger& trigger,
                                std::optional<CivilDate> date = std::nullopt);

  // -- meet.cpp
  void tell_of_end(const model::RunOrigin& origin, const model::RunRow& row);
  void meet(const model::EventRow& event, Candidate& candidate);
  void settle_meeting(Candidate& candidate);
  void leave_meetings(WorkflowId workflow);
  void forget_old_meetings(const MeetingKey& newest);

  // -- backfill.cpp
  Status check(const model::BackfillRequested& event) const;
  void stop(const Backfill& backfill, const Error& why);
  Status check_calendar(const Backfill& backfill, const WorkflowState& workflow) const;
  void go_on(BackfillId id);
  bool has_place(const Backfill& backfill) const;
  bool make_next(const Backfill& backfill, const WorkflowState& workflow,
                 const std::shared_ptr<const Plan>& plan);
  Result<RunNo> make_run_of(const model::BackfillRow& backfill, CivilDate date,
                            const WorkflowState& workflow, const std::shared_ptr<const Plan>& plan);
  void put_date(BackfillId id, std::size_t place, model::BackfillDate row);
  void end_if_done(const Backfill& backfill);
  void note_date(const Run& run);
  void provide_backfills(VersionId version, const std::string& failure);
  void cancel_backfill(const Backfill& backfill, const model::BackfillSteered& event);
  Status cancel_date(const Backfill& backfill, const model::BackfillSteered& event);

  // -- ready.cpp
  void propagate();
  void reconsider(Run& run, TaskRef task);
  bool may_begin(const Run& run, TaskRef task) const;
  void ask(Run& run, TaskRef task);
  void make_ready(Run& run, TaskRef task);
  void conclude(Run& run, model::TaskRow row, Value outputs);
  void choose_arm(Run& run, TaskRef task);

  // -- contain.cpp
  void begin_foreach(Run& run, TaskRef foreach);
  void forget_changed(Run& run, TaskRef foreach, const Value& items);
  void forget(Run& run, TaskRef item, bool runs_again);
  void feed(Run& run, TaskRef foreach);
  void begin_group(Run& run, TaskRef group);
  void begin_tasks(Run& run, const std::vector<TaskRef>& tasks);
  void look_into(Run& run, TaskRef container);
  bool give_up(Run& run, TaskRef foreach);
  static model::Reason why_stopped(const Run& run, TaskRef task);
  void end_container(Run& run, TaskRef container);
  void group_failed(Run& run, model::TaskRow row);
  void end_round(Run& run, model::TaskRow row);
  void leave_out(Run& run, TaskRef group, model::TaskState as, model::Reason reason);
  void begin_again(Run& run, TaskRef group);
  void reset(Run& run, TaskRef task);

  // -- wait.cpp
  void begin_wait(Run& run, TaskRef ref);
  void look(Run& run, model::TaskRow row);
  void give_up_waiting(Run& run, model::TaskRow row);
  std::vector<model::TriggerFate> wake_for(const model::EventRow& event);
  model::TriggerFate tell_waiting(const model::EventRow& event, Run& run, TaskRef ref);

  // -- pools.cpp
  bool is_pool(const std::string& name) const;

  // -- slots.cpp
  void dispatch();
  void queue_ready_tasks();
  bool has_local_slot(bool for_backfill) const;
  bool has_room(const Run& run, TaskRef task) const;
  bool has_room(const std::string& queue, const QueueEntry& entry) const;
  bool nobody_waits_before(const Run& run, TaskRef task) const;
  TaskQueue::const_iterator next_of(const TaskQueue& queue, bool oldest_first) const;
  std::int64_t dequeued() const;
  bool start_next();
  void begin_attempt(Run& run, TaskRef task);
  void requeue(Run& run, TaskRef task);
  AttemptId next_attempt() const;

  // -- attempts.cpp
  void close_attempt(const model::AttemptRow& row, const model::AttemptReport& report);
  void settle_attempt(Run& run, model::TaskRow row, const model::AttemptRow& attempt,
                      const model::AttemptReport& report);
  void succeed(Run& run, model::TaskRow row, const model::AttemptRow& attempt,
               const model::AttemptReport& report);
  void interrupted(Run& run, model::TaskRow row, const model::AttemptReport& report);
  void not_started(Run& run, model::TaskRow row, const model::AttemptReport& report);
  void failed(Run& run, model::TaskRow row, const model::AttemptReport& report);
  void retry_later(Run& run, model::TaskRow row);
  void settle(Run& run, model::TaskRow row, model::TaskState to, model::Reason reason,
              std::string message = {});
  void wake_tasks();
  void wake(Run& run, TaskRef task);

  Core& core_;
  const Now now_;
  model::Effects& effects_;
  std::string actor_ = "engine";
  std::vector<std::pair<RunNo, TaskRef>> settled_;  // dependents are to be reconsidered
  std::vector<std::pair<RunNo, TaskRef>> ready_;    // want a slot
  std::set<RunNo> touched_;                         // may have ended
  // Runs that have ended, for triggers on their workflows.
  std::vector<std::pair<std::shared_ptr<const model::RunOrigin>, model::RunRow>> ended_;
  std::set<std::pair<WorkflowId, LaneKey>> freed_;  // lanes that may admit queued runs
  std::set<BackfillId> backfills_;                  // that may make runs, or have ended
  int dates_made_ = 0;                              // of backfills
  std::size_t end_fates_ = 0;                       // decided, of ends of runs
};

}  // namespace gantry::core
