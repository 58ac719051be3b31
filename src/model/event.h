// Event: what the engine's core is told. Requests carry the place their answer goes to.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/value.h"
#include "model/change.h"
#include "model/people.h"

namespace gantry::schedule {
class Calendar;
}

namespace gantry::model {

using Calendars = std::map<std::string, std::shared_ptr<const schedule::Calendar>>;  // by name

struct ReplyTo {
  std::uint64_t id = 0;  // 0 = nobody waits
  bool operator==(const ReplyTo&) const = default;
};

// How an attempt ended, from its shim's exit record or from recovery.
struct AttemptReport {
  AttemptId id;
  AttemptState state = AttemptState::Interrupted;  // terminal
  Reason reason = Reason::None;
  std::int32_t exit_code = -1;
  std::int32_t signal = 0;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  std::int64_t cpu_us = 0;
  std::int64_t memory_bytes_max = 0;
  std::int64_t log_bytes = 0;
  std::int64_t log_dropped_bytes = 0;
  bool unkillable = false;
  Value outputs;                      // a map, or null
  std::vector<std::string> captured;  // the texts of StartAttempt::captures, of a success
  std::string error_tail;
};

struct DefinitionLoaded {
  ReplyTo reply;
  std::string actor;
  std::shared_ptr<const Definition> definition;
};
struct RunRequested {
  ReplyTo reply;
  std::string workflow;  // name
  ValueMap params;
  CauseKind cause = CauseKind::Request;
  std::string initiator;
  std::string key;
};
struct CancelRequested {
  ReplyTo reply;
  RunNo run;
  std::string actor;
};
// A person decides a task that waits for a decision (on_interrupt: ask).
struct ResolveRequested {
  ReplyTo reply;
  RunNo run;
  std::string task;
  TaskState as = TaskState::Failed;  // Succeeded, Failed or Skipped
  std::string actor;
};
struct AttemptReported {
  AttemptReport report;
};
// The answer to LoadWorkflow.
struct WorkflowProvided {
  VersionId version;
  std::shared_ptr<const Workflow> workflow;  // null: it could not be loaded
  std::string files_hash;                    // the version's hash if it has files, else empty
  std::string error;
};
struct RunQuarantined {
  RunNo run;
};  // it was blamed for crashes
struct TimePassed {};
// A run that has ended runs again: its failed tasks, or `from`, and all that follows from them.
struct RetryRequested {
  ReplyTo reply;
  RunNo run;
  std::string actor;
  std::string from;     // a task; empty = all that failed
  bool newest = false;  // with the newest version of the workflow
  bool force = false;   // also a run that was quarantined
  std::string key;
};
// A closed run, as the store has it.
struct ClosedRun {
  std::shared_ptr<const RunOrigin> origin;
  RunRow row;
  std::vector<TaskRow> tasks;
  std::vector<std::string> task_names;  // of its version, by index
  PhaseRow phase;                       // the last
};
struct RunProvided {
  RunNo run;
  std::shared_ptr<const ClosedRun> closed;  // null: see status
  Status status;
  std::int64_t epoch = 0;  // of the store's leader that asked
};
// A command has ended that ran elsewhere, under `gantry wrap`: a run that is closed at once.
// Whoever hands it in has looked that there is no run with this workflow and key yet.
struct WrapReported {
  ReplyTo reply;
  std::string actor;                             // who ran it, "user@host"
  std::string key;                               // its unique id
  std::shared_ptr<const Definition> definition;  // of its workflow, kWrapFolder/NAME: one task
  ValueMap params;                               // what was run
  std::string title;
  std::vector<NamedText> labels;
  Instant begun_at;
  AttemptReport report;  // its id does not matter
};
// Something has happened. Whoever hands it in has looked that none of its keys is known yet.
struct EventReceived {
  ReplyTo reply;
  EventFrom from = EventFrom::Emit;  // not Workflow
  std::string name;                  // of File: its trigger, "WORKFLOW/ID"
  std::vector<std::string> keys;
  std::string actor;
  Value payload;
};
enum class Hold : std::uint8_t { Pause, Resume, Disable, Enable };
// Of a run, else of a workflow, else of the server.
struct HoldRequested {
  ReplyTo reply;
  Hold what = Hold::Pause;
  RunNo run;
  std::string workflow;
  std::string actor;
  std::string note;
};
// A backfill. The dates come in the order in which they are to be run, each once; those that are
// not to be run (run before, days off) are Skipped already, the others Pending.
struct BackfillRequested {
  ReplyTo reply;
  std::string workflow;  // name
  std::string trigger;   // id of one of its timers; empty = none
  ValueMap params;
  std::vector<BackfillDate> dates;
  std::int32_t parallel = 1;
  std::string actor;
  std::string key;
  std::string asked = {};  // a hash of the request
};
enum class Steer : std::uint8_t { Pause, Resume, Cancel };
// Of a backfill; with a date: cancels that one.
struct BackfillSteered {
  ReplyTo reply;
  BackfillId backfill;
  Steer what = Steer::Pause;
  std::optional<CivilDate> date;
  bool running = false;  // of Cancel: its open runs, too
  std::string actor;
  std::string note = {};
};
// The slots of a pool from now on, over restarts too. Running tasks go on, even above the limit.
struct PoolLimitRequested {
  ReplyTo reply;
  std::string pool;
  std::optional<std::int32_t> slots;  // not negative; none: as the configuration says
  std::string actor;
  std::string note;
};

// The working days that timers may name, all of them; what is not there is unknown from now on.
struct CalendarsLoaded {
  Calendars calendars;
};

// What expressions may ask of the world, besides calendars: from now on this.
struct SurroundingsLoaded {
  PeoplePtr people;  // null: nobody
  Value vars;        // a map: `vars` of the configuration
};

using Event =
    std::variant<TimePassed, DefinitionLoaded, RunRequested, CancelRequested, ResolveRequested,
                 AttemptReported, WorkflowProvided, RunQuarantined, RetryRequested, RunProvided,
                 HoldRequested, WrapReported, PoolLimitRequested, EventReceived, CalendarsLoaded,
                 BackfillRequested, BackfillSteered, SurroundingsLoaded>;

}  // namespace gantry::model
