// The states of runs, tasks and attempts, and their names in files, API and store.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/workflow.h"

namespace gantry::model {

enum class RunState : std::uint8_t { Queued, Running, Finishing, Succeeded, Failed, Cancelled };

enum class TaskState : std::uint8_t {
  Pending,  // upstream tasks have not decided it yet
  Queued,   // waits for a slot
  Running,  // of a group or foreach: its tasks or items are being decided
  Waiting,  // for a retry delay, the next round, what a `wait` names, or a person
  Succeeded,
  Skipped,
  Failed,
  Cancelled,
  UpstreamFailed,
  Interrupted,  // the attempt's fate is unknown and the policy says fail
};

enum class AttemptState : std::uint8_t {
  Running,
  Succeeded,
  Failed,
  TimedOut,
  Killed,  // stopped by us: cancel, end of a background task
  Oom,
  Interrupted,  // nobody knows how it ended
  NotStarted,   // certainly never executed
};

enum class Reason : std::uint8_t {
  None,
  Exit,  // a process ended with a status other than 0
  Signal,
  Timeout,
  Oom,
  Interrupted,
  Cancelled,   // somebody asked
  TaskFailed,  // of a run, group or foreach: what it is made of failed
  Upstream,
  Expression,  // an expression could not be evaluated
  Start,       // the process could not be started
  Outputs,     // the outputs were malformed or over a limit
  RunTimeout,
  Definition,  // the version could not be loaded
  Ended,       // of a background task: the others ended
  Resolved,    // a person decided
  Quarantined,
  Condition,  // of a skipped task: its `when` is not true, or its exit status is one that says so
  FailFast,   // of a cancelled task: another one failed, and the workflow says fail_fast
  Threshold,  // of a foreach: too many of its items failed
  Rounds,     // of `repeat`: the condition did not hold after the last of its rounds
};

enum class CauseKind : std::uint8_t {
  Request,
  Timer,
  CatchUp,
  Local,  // gantry run
  Wrap,   // a command ran elsewhere, under `gantry wrap`
  Backfill,
  Event,
  Webhook,
  File,
  Workflow,  // runs of other workflows have ended
};

// Why a firing was not made.
enum class MissedReason : std::uint8_t {
  Late,     // the server was down, or the timer held
  Refused,  // the run could not be made: params, limits
  Skipped,  // another run was open, and `concurrency` says skip
};

// A run is a list of phases; its state is that of the last one.
enum class PhaseKind : std::uint8_t { Forward, Retry };

bool is_terminal(RunState state);
bool is_terminal(TaskState state);
bool is_terminal(AttemptState state);

std::string_view name_of(RunState state);  // "queued", "upstream_failed", ...
std::string_view name_of(TaskState state);
std::string_view name_of(AttemptState state);
std::string_view name_of(Reason reason);
std::string_view name_of(MissedReason reason);
std::string_view name_of(CauseKind cause);
std::string_view name_of(PhaseKind kind);
std::string_view name_of(JoinRule rule);
std::string_view name_of(ParamType type);
std::string_view name_of(OnInterrupt policy);

std::optional<RunState> run_state_of(std::string_view name);
std::optional<TaskState> task_state_of(std::string_view name);
std::optional<AttemptState> attempt_state_of(std::string_view name);
std::optional<Reason> reason_of(std::string_view name);
std::optional<CauseKind> cause_kind_of(std::string_view name);
std::optional<JoinRule> join_rule_of(std::string_view name);  // also `all` and `any`
std::optional<ParamType> param_type_of(std::string_view name);
std::optional<OnInterrupt> on_interrupt_of(std::string_view name);

}  // namespace gantry::model
