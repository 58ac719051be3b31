#include "layout/flow.h"

namespace gantry::layout {

namespace {
using model::ActionKind;

Shape shape_of(const model::Task& task) {
  if (task.background) return Shape::Background;
  switch (task.action.kind) {
    case ActionKind::Pass: return Shape::Milestone;
    case ActionKind::Switch: return Shape::Decision;
    case ActionKind::Group: return Shape::Group;
    default: return Shape::Task;
  }
}

// What of a group nothing in it follows; of another task itself.
std::vector<std::vector<Node>> lasts_of(const model::Workflow& workflow) {
  const auto& tasks = workflow.tasks;
  std::vector<bool> is_followed(tasks.size());
  for (const model::Task& task : tasks)
    for (const TaskIndex up : task.needs) is_followed[up.value] = true;
  std::vector<std::vector<Node>> lasts(tasks.size());
  for (Node i = tasks.size(); i-- > 0;) {  // groups after what is in them
    if (lasts[i].empty()) lasts[i] = {i};
    const TaskIndex group = tasks[i].group;
    if (group == model::kNoTask || is_followed[i]) continue;
    auto& of_group = lasts[group.value];
    of_group.insert(of_group.end(), lasts[i].begin(), lasts[i].end());
  }
  return lasts;
}

void add_edges(const model::Workflow& workflow, Flow& flow) {
  const auto lasts = lasts_of(workflow);
  for (Node i = 0; i < workflow.tasks.size(); ++i) {
    const model::Task& task = workflow.tasks[i];
    for (const TaskIndex up : task.needs)
      for (const Node last : lasts[up.value]) flow.edges.push_back({last, i});
    if (task.needs.empty() && task.group != model::kNoTask)
      flow.edges.push_back({task.group.value, i});
  }
}

// From the tasks that nothing follows, to those of `finally` that nothing precedes.
void add_finally(const model::Workflow& workflow, Flow& flow) {
  std::vector<bool> is_followed(workflow.tasks.size());
  for (const Edge& edge : flow.edges) is_followed[edge.from] = true;
  const Node all_ended = flow.boxes.size();
  flow.boxes.push_back({"finally", "", Shape::Finally});
  for (Node i = 0; i < workflow.tasks.size(); ++i) {
    const model::Task& task = workflow.tasks[i];
    const bool first = task.needs.empty() && task.group == model::kNoTask;
    if (task.is_finally && first) flow.edges.push_back({all_ended, i});
    if (!task.is_finally && !task.background && !is_followed[i])
      flow.edges.push_back({i, all_ended});
  }
}
}  // namespace

Flow flow_of(const model::Workflow& workflow) {
  Flow flow;
  bool has_finally = false;
  for (Node i = 0; i < workflow.tasks.size(); ++i) {
    const model::Task& task = workflow.tasks[i];
    flow.boxes.push_back(
        {task.name, task.about->title, shape_of(task), task.flow->foreach.exists()});
    has_finally = has_finally || task.is_finally;
  }
  add_edges(workflow, flow);
  if (has_finally) add_finally(workflow, flow);
  return flow;
}

}  // namespace gantry::layout
