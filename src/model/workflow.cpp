#include "model/workflow.h"

namespace gantry::model {

bool begins_again(const std::vector<Task>& tasks, const Task& task) {
  if (task.background || !task.flow->repeat.until.empty()) return true;
  for (TaskIndex at = task.group; at != kNoTask; at = tasks[at.value].group) {
    const Task& group = tasks[at.value];
    if (group.retry->limit > 0 || !group.flow->repeat.until.empty()) return true;
  }
  return false;
}

int loops_around(const std::vector<Task>& tasks, const Task& task) {
  int loops = task.flow->foreach.exists() ? 1 : 0;
  for (TaskIndex at = task.group; at != kNoTask; at = tasks[at.value].group)
    loops += tasks[at.value].flow->foreach.exists() ? 1 : 0;
  return loops;
}

std::optional<TaskIndex> Workflow::find_task(std::string_view task_name) const {
  for (std::size_t i = 0; i < tasks.size(); ++i)
    if (tasks[i].name == task_name) return TaskIndex{static_cast<std::uint32_t>(i)};
  return std::nullopt;
}

bool is_item_type(ParamType type) {
  return type != ParamType::List && type != ParamType::Enum && type != ParamType::Object;
}

bool is_timer(TriggerKind kind) { return kind <= TriggerKind::At; }

const Trigger* find_trigger(const std::vector<Trigger>& triggers, std::string_view id) {
  for (const Trigger& trigger : triggers)
    if (trigger.id == id) return &trigger;
  return nullptr;
}

std::string param_variable(std::string_view param) {
  std::string out = "PARAM_";
  for (const char c : param) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool keep =
        (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    out += lower ? static_cast<char>(c - 'a' + 'A') : keep ? c : '_';
  }
  return out;
}

}  // namespace gantry::model
