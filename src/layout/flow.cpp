#include "layout/flow.h"

namespace gantry::layout {

namespace {
Shape shape_of(const model::Task& task) {
  if (task.background) return Shape::Background;
  return task.action.kind == model::ActionKind::Pass ? Shape::Milestone : Shape::Task;
}

// From the tasks that nothing follows, to those of `finally` that nothing precedes.
void add_finally(const model::Workflow& workflow, Flow& flow) {
  std::vector<bool> is_followed(workflow.tasks.size());
  for (const Edge& edge : flow.edges) is_followed[edge.from] = true;
  const Node all_ended = flow.boxes.size();
  flow.boxes.push_back({"finally", "", Shape::Finally});
  for (Node i = 0; i < workflow.tasks.size(); ++i) {
    const model::Task& task = workflow.tasks[i];
    if (task.is_finally && task.needs.empty()) flow.edges.push_back({all_ended, i});
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
    flow.boxes.push_back({task.name, task.about->title, shape_of(task)});
    for (const TaskIndex up : task.needs) flow.edges.push_back({up.value, i});
    has_finally = has_finally || task.is_finally;
  }
  if (has_finally) add_finally(workflow, flow);
  return flow;
}

}  // namespace gantry::layout
