// What an expression may name depends on where it stands.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gantry::spec {

// `vars` are in all of them but RetryIf.
enum class ScopeKind : std::uint8_t {
  ParamDefault,  // run, event, params before it
  RunTitle,      // run, event, params; also the concurrency key
  WorkflowEnv,   // run, event, params
  Defaults,      // run, event, params, env
  TaskTitle,     // run, event, params, env
  Task,          // run, event, params, env, upstream tasks
  Match,         // event; a bare expression
  TriggerParam,  // event
  When,          // as Task; a bare expression
  Arrival,       // as Task, `event` is the one that comes; a bare expression
  Moment,        // as Task, and now; a bare expression
  Items,         // as Task, but for the item of the task itself
  Until,         // as Task, and outputs, exit_code, round; a bare expression
  Output,        // as Task, and stdout, exit_code, outputs; a bare expression
  RetryIf,       // exit_code, signal, stderr, error; a bare expression
};

namespace scope_names {
inline constexpr std::string_view kParams[] = {"run", "event", "params", "vars"};
inline constexpr std::string_view kEnv[] = {"run", "event", "params", "env", "vars"};
inline constexpr std::string_view kTasks[] = {"run", "event", "params", "env", "tasks", "vars"};
inline constexpr std::string_view kMoment[] = {"run",   "event", "params", "env",
                                               "tasks", "vars",  "now"};
inline constexpr std::string_view kOutput[] = {"run",    "event",     "params",  "env", "tasks",
                                               "stdout", "exit_code", "outputs", "vars"};
inline constexpr std::string_view kRound[] = {"run",     "event",     "params", "env", "tasks",
                                              "outputs", "exit_code", "round",  "vars"};
inline constexpr std::string_view kEvent[] = {"event", "vars"};
inline constexpr std::string_view kRetry[] = {"exit_code", "signal", "stderr", "error"};
}  // namespace scope_names

constexpr std::span<const std::string_view> names_of(ScopeKind scope) {
  switch (scope) {
    case ScopeKind::ParamDefault:
    case ScopeKind::RunTitle:
    case ScopeKind::WorkflowEnv: return scope_names::kParams;
    case ScopeKind::Defaults:
    case ScopeKind::TaskTitle: return scope_names::kEnv;
    case ScopeKind::Task:
    case ScopeKind::Items:
    case ScopeKind::Arrival:
    case ScopeKind::When: return scope_names::kTasks;
    case ScopeKind::Moment: return scope_names::kMoment;
    case ScopeKind::Until: return scope_names::kRound;
    case ScopeKind::Output: return scope_names::kOutput;
    case ScopeKind::Match:
    case ScopeKind::TriggerParam: return scope_names::kEvent;
    case ScopeKind::RetryIf: return scope_names::kRetry;
  }
  return {};
}

constexpr bool is_bare(ScopeKind scope) {  // an expression without ${{ }}
  return scope == ScopeKind::Match || scope == ScopeKind::When || scope == ScopeKind::RetryIf ||
         scope == ScopeKind::Until || scope == ScopeKind::Output || scope == ScopeKind::Arrival ||
         scope == ScopeKind::Moment;
}
constexpr bool sees_tasks(ScopeKind scope) {
  return scope == ScopeKind::Task || scope == ScopeKind::When || scope == ScopeKind::Items ||
         scope == ScopeKind::Until || scope == ScopeKind::Output || scope == ScopeKind::Arrival ||
         scope == ScopeKind::Moment;
}

inline constexpr std::string_view kRunMembers[] = {"number",
                                                   "workflow",
                                                   "version",
                                                   "cause",
                                                   "initiator",
                                                   "key",
                                                   "scheduled_at",
                                                   "date",
                                                   "business_date",
                                                   "started_at",
                                                   "data_interval_start",
                                                   "data_interval_end"};
inline constexpr std::string_view kTaskMembers[] = {"state",    "outputs",  "exit_code",
                                                    "duration", "attempts", "items"};

}  // namespace gantry::spec
