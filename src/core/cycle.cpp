#include "core/cycle.h"

#include <algorithm>

namespace gantry::core {

namespace {
using Names = std::vector<std::string>;

Names upstream_of(const std::vector<model::Trigger>& triggers) {
  Names names;
  for (const model::Trigger& trigger : triggers)
    if (trigger.enabled && trigger.kind == model::TriggerKind::Workflow)
      for (const std::string& name : trigger.source->completion.workflows) names.push_back(name);
  return names;
}

Names upstream_of(const State& state, const std::string& name) {
  const auto id = state.workflow_ids.find(name);
  if (id == state.workflow_ids.end()) return {};
  const model::WorkflowRow& row = state.workflows.at(id->second).row;
  return row.enabled ? upstream_of(row.triggers) : Names();
}
}  // namespace

std::vector<std::string> cycle_of(const State& state, const model::Workflow& workflow) {
  if (!workflow.enabled) return {};
  std::map<std::string, std::string> started;  // by it: whom it starts on the way to `workflow`
  Names open{workflow.name};
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    const bool is_own = name == workflow.name;
    for (std::string& up : is_own ? upstream_of(workflow.triggers) : upstream_of(state, name)) {
      if (!started.emplace(up, name).second) continue;
      if (up == workflow.name) {
        Names path{up};
        do path.push_back(started.at(path.back()));
        while (path.back() != workflow.name);
        return path;
      }
      open.push_back(std::move(up));
    }
  }
  return {};
}

}  // namespace gantry::core
