#include "model/states.h"

#include <array>

namespace gantry::model {

namespace {
constexpr std::array<std::string_view, 6> kRunStates{"queued",    "running", "finishing",
                                                     "succeeded", "failed",  "cancelled"};
constexpr std::array<std::string_view, 10> kTaskStates{
    "pending", "queued", "running",   "waiting",         "succeeded",
    "skipped", "failed", "cancelled", "upstream_failed", "interrupted"};
constexpr std::array<std::string_view, 8> kAttemptStates{
    "running", "succeeded", "failed", "timed_out", "killed", "oom", "interrupted", "not_started"};
constexpr std::array<std::string_view, 21> kReasons{"",
                                                    "exit",
                                                    "signal",
                                                    "timeout",
                                                    "oom",
                                                    "interrupted",
                                                    "cancelled",
                                                    "task_failed",
                                                    "upstream",
                                                    "expression",
                                                    "start",
                                                    "outputs",
                                                    "run_timeout",
                                                    "definition",
                                                    "ended",
                                                    "resolved",
                                                    "quarantined",
                                                    "condition",
                                                    "fail_fast",
                                                    "threshold",
                                                    "rounds"};
constexpr std::array<std::string_view, 10> kCauses{"request", "timer",    "catch_up", "local",
                                                   "wrap",    "backfill", "event",    "webhook",
                                                   "file",    "workflow"};
constexpr std::array<std::string_view, 2> kPhaseKinds{"forward", "retry"};
constexpr std::array<std::string_view, kJoinRuleCount> kJoinRules{
    "all_success",  "all_failed",
    "all_done",     "all_done_min_one_success",
    "all_skipped",  "one_success",
    "one_failed",   "one_done",
    "none_failed",  "none_failed_min_one_success",
    "none_skipped", "always"};
constexpr std::array<std::string_view, 11> kParamTypes{"string",   "int",    "bool",    "date",
                                                       "enum",     "list",   "decimal", "datetime",
                                                       "duration", "object", "person"};
constexpr std::array<std::string_view, 3> kAfterPrevious{"any", "succeeded", "done"};
constexpr std::array<std::string_view, 3> kConflicts{"queue", "skip", "cancel_running"};
constexpr std::array<std::string_view, 3> kMissedReasons{"late", "refused", "skipped"};
constexpr std::array<std::string_view, 4> kOnInterrupt{"default", "retry", "fail", "ask"};

template <typename E, std::size_t N>
std::optional<E> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}
template <typename E, std::size_t N>
std::string_view at(const std::array<std::string_view, N>& names, E value) {
  return names[static_cast<std::size_t>(value)];
}
}  // namespace

bool is_terminal(RunState state) { return state >= RunState::Succeeded; }
bool is_terminal(TaskState state) { return state >= TaskState::Succeeded; }
bool is_terminal(AttemptState state) { return state != AttemptState::Running; }

std::string_view name_of(RunState state) { return at(kRunStates, state); }
std::string_view name_of(TaskState state) { return at(kTaskStates, state); }
std::string_view name_of(AttemptState state) { return at(kAttemptStates, state); }
std::string_view name_of(Reason reason) { return at(kReasons, reason); }
std::string_view name_of(CauseKind cause) { return at(kCauses, cause); }
std::string_view name_of(PhaseKind kind) { return at(kPhaseKinds, kind); }
std::string_view name_of(JoinRule rule) { return at(kJoinRules, rule); }
std::string_view name_of(ParamType type) { return at(kParamTypes, type); }
std::string_view name_of(OnInterrupt policy) { return at(kOnInterrupt, policy); }
std::string_view name_of(Conflict conflict) { return at(kConflicts, conflict); }
std::string_view name_of(AfterPrevious rule) { return at(kAfterPrevious, rule); }
std::string_view name_of(MissedReason reason) { return at(kMissedReasons, reason); }

std::optional<RunState> run_state_of(std::string_view name) {
  return find<RunState>(kRunStates, name);
}
std::optional<TaskState> task_state_of(std::string_view name) {
  return find<TaskState>(kTaskStates, name);
}
std::optional<AttemptState> attempt_state_of(std::string_view name) {
  return find<AttemptState>(kAttemptStates, name);
}
std::optional<Reason> reason_of(std::string_view name) { return find<Reason>(kReasons, name); }
std::optional<CauseKind> cause_kind_of(std::string_view name) {
  return find<CauseKind>(kCauses, name);
}
std::optional<JoinRule> join_rule_of(std::string_view name) {
  if (name == "all") return JoinRule::AllSuccess;
  if (name == "any") return JoinRule::NoneFailedMinOneSuccess;
  return find<JoinRule>(kJoinRules, name);
}
std::optional<ParamType> param_type_of(std::string_view name) {
  return find<ParamType>(kParamTypes, name);
}
std::optional<AfterPrevious> after_previous_of(std::string_view name) {
  return find<AfterPrevious>(kAfterPrevious, name);
}
std::optional<Conflict> conflict_of(std::string_view name) {
  return find<Conflict>(kConflicts, name);
}
std::optional<OnInterrupt> on_interrupt_of(std::string_view name) {
  if (name == "default") return std::nullopt;
  return find<OnInterrupt>(kOnInterrupt, name);
}

}  // namespace gantry::model
