// Change: the only thing that alters the state of the engine and of the store.
//
// Every change carries the complete new content of the row it names (an after-image). So folding
// is "put this row", the store is "upsert this row", applying one twice is harmless, and recovery
// is folding the rows of the store. A change is also one history record (model/history.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/item_path.h"
#include "base/time.h"
#include "base/value.h"
#include "model/backfill.h"
#include "model/credential.h"
#include "model/happening.h"
#include "model/states.h"
#include "model/workflow.h"

namespace gantry::model {

// ---- rows ----------------------------------------------------------------------------------

// A workflow as the engine must know it without loading its version.
struct WorkflowRow {
  WorkflowId id;
  std::string name;
  VersionId version;  // the newest good one
  std::int64_t version_number = 0;
  std::string hash;     // of that version
  bool enabled = true;  // the file says so
  int concurrency_limit = 0;
  int priority = 0;
  std::vector<Trigger> triggers;
  bool paused = false;    // by a person: no timers, nothing starts
  bool disabled = false;  // by a person: no timers, no requests
  std::string hold_note;  // who paused or disabled it, and why
  bool operator==(const WorkflowRow&) const = default;
};

// Where a timer stands. Firings at or before the cursor are done, skipped or recorded as missed.
struct TriggerRow {
  WorkflowId workflow;
  std::string trigger;
  Instant cursor;
  // The newest of its runs that did not succeed, until a later one did; only where a workflow says
  // `after_previous: succeeded`. 0 = none.
  RunNo failed = {};
  bool operator==(const TriggerRow&) const = default;
};

// The days and the span of data that a run is about, as its expressions see them.
struct RunDates {
  CivilDate date;           // of scheduled_at in the workflow's zone; of a backfill, its date
  CivilDate business_date;  // the day before; with a calendar the working day before
  Instant interval_start;   // from the timer's firing before to this one; else both as scheduled_at
  Instant interval_end;
  bool operator==(const RunDates&) const = default;
};

// What never changes in a run, but for its version: a retry may take the newest.
struct RunOrigin {
  RunNo run;
  WorkflowId workflow;
  std::string workflow_name;
  VersionId version;
  std::int64_t version_number = 0;
  CauseKind cause = CauseKind::Request;
  std::string trigger;    // id of the trigger, if it was a timer
  std::string initiator;  // who asked; empty for timers
  std::string key;        // idempotency key; empty = none
  ValueMap params;        // all, defaults filled in
  std::string title;
  std::vector<NamedText> labels;  // of its version
  int priority = 0;
  std::string concurrency_key;  // runs of the workflow with the same share its limit
  Instant created_at;
  Instant scheduled_at;  // = created_at for requests
  RunDates dates;
  BackfillId backfill;  // 0 = none
  EventId event_id;     // 0 = none
  Rare<Value> event;    // what came with it
  bool operator==(const RunOrigin&) const = default;
};

struct RunRow {
  RunNo run;
  RunState state = RunState::Queued;
  Reason reason = Reason::None;
  std::string message;  // for people: what went wrong
  bool cancel_requested = false;
  bool hard_cancel = false;  // the second request: no grace
  bool quarantined = false;
  RunState verdict = RunState::Queued;  // while finishing: how the tasks ended
  Steady timeout_at = Steady::max();
  std::optional<Instant> started_at;  // of this phase
  std::optional<Instant> ended_at;
  std::int32_t phase = 1;
  bool paused = false;  // nothing new starts
  bool operator==(const RunRow&) const = default;
};

inline constexpr std::int32_t kNoArm = -1;

// When a task that waits is looked at beside `wake_at`.
struct Wakes {
  Instant wall = Instant::max();   // an instant that it waits for
  Steady give_up = Steady::max();  // its timeout
  bool operator==(const Wakes&) const = default;
};

struct TaskRow {
  RunNo run;
  TaskIndex task;
  ItemPath item;
  TaskState state = TaskState::Pending;
  Reason reason = Reason::None;
  std::int32_t generation = 1;     // the phase of the run in which it runs
  std::int32_t attempts = 0;       // begun and not void, in this generation
  std::int32_t tries = 0;          // of those, what counts against retry.limit
  std::int32_t lost_starts = 0;    // void attempts in a row
  std::int32_t exit_code = -1;     // of the last attempt; -1 = none
  AttemptId attempt;               // the last or running one; 0 = none
  std::int64_t queue_no = 0;       // place in the queue while queued
  Steady wake_at = Steady::max();  // while waiting; max = for a person
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  Value outputs;                               // a map, or null
  std::shared_ptr<const std::string> message;  // for people; null = none
  std::int32_t arm = kNoArm;                   // of a switch: the one that was chosen
  std::int32_t rounds = 0;                     // of `repeat`: how many have ended
  Rare<Value> items;                           // of a foreach: its list, once it is known
  Rare<Wakes> wakes;                           // of one that waits
};
inline TaskRef ref_of(const TaskRow& row) { return {row.task, row.item}; }
bool operator==(const TaskRow& a, const TaskRow& b);

struct AttemptRow {
  AttemptId id;
  RunNo run;
  TaskIndex task;
  ItemPath item;
  std::int32_t generation = 1;
  std::int32_t number = 0;  // 1, 2, 3 ... in task and generation; after a void one the same again
  WorkerId worker = kLocalWorker;
  AttemptState state = AttemptState::Running;
  Reason reason = Reason::None;
  bool stop_requested = false;
  std::int32_t exit_code = -1;
  std::int32_t signal = 0;
  Instant begun_at;                   // the start was committed
  std::optional<Instant> started_at;  // the process began
  std::optional<Instant> ended_at;
  std::int64_t cpu_us = 0;
  std::int64_t memory_bytes_max = 0;
  std::int64_t log_bytes = 0;
  std::int64_t log_dropped_bytes = 0;
  bool unkillable = false;
  std::string error_tail;  // masked end of stderr, or why it did not start
  bool operator==(const AttemptRow&) const = default;
};

// One phase of a run. That of the running phase is kept as it began; how it stands is in the
// RunRow.
struct PhaseRow {
  RunNo run;
  std::int32_t no = 1;
  PhaseKind kind = PhaseKind::Forward;
  VersionId version;
  std::int64_t version_number = 0;
  std::string initiator;
  std::string key;      // idempotency key of the request
  std::string from;     // of a retry: the task that was named
  bool newest = false;  // of a retry: the newest version was asked for
  Instant created_at;
  RunState state = RunState::Queued;
  Reason reason = Reason::None;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  bool operator==(const PhaseRow&) const = default;
};

// What a retry makes of a run that was closed.
struct Reopening {
  std::shared_ptr<const RunOrigin> origin;
  PhaseRow ended;
  PhaseRow begun;
  RunRow row;
  std::vector<TaskRow> tasks;  // all that have a row, by the version of `origin`
};

// The server as a whole.
struct ServerRow {
  bool paused = false;  // nothing new starts, no timer fires
  std::string note;     // who, and why
  bool operator==(const ServerRow&) const = default;
};

// The slots of a pool as a person set them; until then, and without slots, the configuration
// counts.
struct PoolLimitRow {
  std::string pool;
  std::optional<std::int32_t> slots;  // none: back to the configuration, the row goes
  std::string set_by;
  std::string note;
  Instant set_at;
  bool operator==(const PoolLimitRow&) const = default;
};

// Firings that were not made, one record per gap.
struct MissedRow {
  WorkflowId workflow;
  std::string trigger;
  Instant first;
  Instant last;
  std::int64_t count = 0;
  MissedReason reason = MissedReason::Late;
  bool operator==(const MissedRow&) const = default;
};

// ---- changes -------------------------------------------------------------------------------

struct VersionStored {
  VersionId id;
  WorkflowId workflow;
  std::int64_t number = 0;
  std::shared_ptr<const Definition> definition;
};
struct WorkflowChanged {
  WorkflowRow row;
};
struct TriggerMoved {
  TriggerRow row;
};
struct FiringsMissed {
  MissedRow row;
};
struct RunCreated {
  std::shared_ptr<const RunOrigin> origin;
};
struct RunChanged {
  RunRow row;
};
struct TaskChanged {
  TaskRow row;
};
struct AttemptChanged {
  AttemptRow row;
};
struct RunClosed {
  RunNo run;
};  // terminal and acknowledged: it leaves the engine's state
struct RunReopened {
  std::shared_ptr<const Reopening> reopening;
};  // and comes back
struct ServerChanged {
  ServerRow row;
};
struct PoolLimitChanged {
  PoolLimitRow row;
};

// An event with all that became of it; again when an open one is decided.
struct EventRecorded {
  std::shared_ptr<const EventRow> row;
};
struct MeetingChanged {
  MeetingRow row;
};

// A backfill with all its dates, in the order in which they are run.
struct BackfillBegun {
  BackfillRow row;
  std::shared_ptr<const std::vector<BackfillDate>> dates;
};
struct BackfillChanged {
  BackfillRow row;
};
struct BackfillDateChanged {
  BackfillId backfill;
  std::int32_t place = 0;  // among its dates
  BackfillDate row;
};

// The core owns neither: folding ignores them.
struct CredentialChanged {
  CredentialRow row;
};
struct AuditNoted {
  AuditRow row;
};

using ChangeBody =
    std::variant<VersionStored, WorkflowChanged, TriggerMoved, FiringsMissed, RunCreated,
                 RunChanged, TaskChanged, AttemptChanged, RunClosed, RunReopened, ServerChanged,
                 PoolLimitChanged, CredentialChanged, AuditNoted, EventRecorded, MeetingChanged,
                 BackfillBegun, BackfillChanged, BackfillDateChanged>;

struct Change {
  Instant at;
  std::string actor;  // "engine", "timer", or who asked
  ChangeBody body;
};

}  // namespace gantry::model
