// What a run is made of, and how its parts stand to each other.
#include <algorithm>

#include "oracle.h"
#include "rules.h"

namespace gantry::sim {

using model::TaskState;

TaskState RunFacts::state(TaskRef task) const {
  const auto found = tasks.find(task);
  return found == tasks.end() ? TaskState::Pending : found->second.row.state;
}

// The workload nests a foreach in a foreach at most.
bool RunFacts::is_foreach(TaskRef task) const {
  if (!spec(task.task).flow->foreach.exists()) return false;
  const TaskIndex group = spec(task.task).group;
  const bool inner = group != model::kNoTask && spec(group).flow->foreach.exists();
  return task.item.depth() == (inner ? 1 : 0);
}

std::vector<TaskRef> RunFacts::parts(TaskRef task) const {
  std::vector<TaskRef> out;
  if (is_foreach(task)) {
    const auto& items = spec(task.task).flow->foreach.items.as_list();
    for (std::size_t i = 0; i < items.size(); ++i) out.push_back({task.task, task.item.child(i)});
    return out;
  }
  const auto& all = definition->workflow.tasks;
  for (std::uint32_t i = 0; i < all.size(); ++i)
    if (all[i].group == task.task) out.push_back({TaskIndex{i}, task.item});
  return out;
}

std::optional<TaskRef> RunFacts::whole(TaskRef part) const {
  if (spec(part.task).flow->foreach.exists() && !is_foreach(part))
    return TaskRef{part.task, part.item.parent()};
  if (spec(part.task).group == model::kNoTask) return std::nullopt;
  return TaskRef{spec(part.task).group, part.item};
}

char RunFacts::letter(TaskRef task, TaskIndex dependent) const {
  const char plain = letter_of(state(task), spec(task.task).allow_failure);
  if (spec(task.task).action.kind != model::ActionKind::Switch ||
      state(task) != TaskState::Succeeded)
    return plain;
  if (tasks.at(task).row.arm == model::kNoArm) return plain;  // it was no switch then
  const auto& then = spec(task.task).flow->arms[row.run.value % 2 == 1 ? 0 : 1].then;
  return std::find(then.begin(), then.end(), dependent) == then.end() ? 'K' : 'S';
}

char RunFacts::letter_as_part(TaskRef task) const {
  const bool is_item = spec(task.task).flow->foreach.exists() && !is_foreach(task);
  return letter_of(state(task), !is_item && spec(task.task).allow_failure);
}

std::vector<char> RunFacts::upstream(TaskRef task) const {
  std::vector<char> out;
  for (const TaskIndex up : spec(task.task).needs)
    out.push_back(letter({up, task.item}, task.task));
  return out;
}

}  // namespace gantry::sim
