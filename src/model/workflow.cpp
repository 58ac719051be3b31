#include "model/workflow.h"

namespace gantry::model {

std::optional<TaskIndex> Workflow::find_task(std::string_view task_name) const {
  for (std::size_t i = 0; i < tasks.size(); ++i)
    if (tasks[i].name == task_name) return TaskIndex{static_cast<std::uint32_t>(i)};
  return std::nullopt;
}

}  // namespace gantry::model
