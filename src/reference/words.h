// The names that appear in answers, lists and histories, with what they mean. Each is a switch
// without a default, so that a new name does not compile without its meaning.
#pragma once

#include "base/result.h"
#include "base/text.h"
#include "model/states.h"

namespace gantry::reference {

Text meaning_of(model::RunState state);
Text meaning_of(model::TaskState state);
Text meaning_of(model::AttemptState state);
Text meaning_of(model::Reason reason);
Text meaning_of(model::CauseKind cause);
Text meaning_of(model::ParamType type);
Text meaning_of(model::JoinRule rule);
Text meaning_of(Code code);

// The last of each, to list them all.
inline constexpr auto kLastRunState = model::RunState::Cancelled;
inline constexpr auto kLastTaskState = model::TaskState::Interrupted;
inline constexpr auto kLastAttemptState = model::AttemptState::NotStarted;
inline constexpr auto kLastReason = model::Reason::Quarantined;
inline constexpr auto kLastCause = model::CauseKind::Workflow;
inline constexpr auto kLastParamType = model::ParamType::Person;
inline constexpr auto kLastCode = Code::Internal;
inline constexpr auto kLastJoinRule = model::JoinRule::Always;

// The variables that a task finds, besides PARAM_..., `env` and its secrets.
struct TaskVariable {
  std::string_view name;
  Text about;
};
inline constexpr TaskVariable kTaskVariables[] = {
    {"PATH", {"as the server has it", "与服务器相同"}},
    {"HOME", {"as the server has it", "与服务器相同"}},
    {"LANG", {"as the server has it", "与服务器相同"}},
    {"TZ", {"as the server has it; absent if it has none", "与服务器相同；服务器没有时不设置"}},
    {"GANTRY_RUN", {"the number of the run", "运行的编号"}},
    {"GANTRY_WORKFLOW", {"the name of the workflow", "工作流的名称"}},
    {"GANTRY_TASK", {"the name of the task", "任务的名称"}},
    {"GANTRY_ATTEMPT", {"1, 2, 3 ... within the task", "任务之内的 1、2、3……"}},
    {"GANTRY_ATTEMPT_ID",
     {"an identity by which Gantry knows the processes of the attempt; it tells nothing else",
      "Gantry 用来辨认该次尝试的进程的标识；别无他用"}},
    {"GANTRY_SCHEDULED_AT",
     {"the time that the run stands for, in RFC 3339; for requests when they came",
      "运行所代表的时间，RFC 3339 格式；由请求启动的是请求到达的时间"}},
    {"GANTRY_RUN_URL",
     {"where people see the run; not with gantry run", "查看该运行的地址；gantry run 没有"}},
    {"GANTRY_OUTPUT", {"the file for outputs, see below", "写输出的文件，见下文"}},
    {"GANTRY_WORKSPACE", {"the folder of the run", "运行的工作目录"}},
    {"GANTRY_EVENT",
     {"the file with `event` as JSON; only of a run that an event started",
      "以 JSON 保存 `event` 的文件；仅用于由事件启动的运行"}},
};

}  // namespace gantry::reference
