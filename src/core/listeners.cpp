#include "core/listeners.h"

namespace gantry::core {

using model::EventFrom;
using model::TriggerKind;

void Listeners::add(const Name& name, const Listener& listener, Ends ends) {
  by_name_[name][listener] = ends;
  names_[listener.workflow].push_back(name);
}

void Listeners::put(const model::WorkflowRow& row) {
  const auto is_own = [&](const auto& entry) { return entry.first.workflow == row.id; };
  for (const Name& name : names_[row.id]) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) continue;
    std::erase_if(found->second, is_own);
    if (found->second.empty()) by_name_.erase(found);
  }
  names_.erase(row.id);
  std::erase_if(matches_, is_own);
  for (const model::Trigger& t : row.triggers) {
    const Listener listener{row.id, t.id};
    const auto& ends = t.source->completion;
    if (t.kind == TriggerKind::Event) add({EventFrom::Emit, t.source->event.name}, listener, {});
    if (t.kind == TriggerKind::Webhook) add({EventFrom::Webhook, t.source->hook.name}, listener, {});
    if (t.kind == TriggerKind::File) add({EventFrom::File, row.name + "/" + t.id}, listener, {});
    if (t.kind == TriggerKind::Workflow)
      for (const std::string& upstream : ends.workflows)
        add({EventFrom::Workflow, upstream}, listener,
            {ends.succeeded, ends.failed, ends.cancelled});
    if (t.source->match.empty()) continue;
    if (auto match = expr::parse(t.source->match); match.ok())
      matches_.emplace(listener, std::move(match).value());
  }
}

std::vector<Listener> Listeners::of(const model::EventRow& event) const {
  std::vector<Listener> out;
  const auto found = by_name_.find({event.from, event.name});
  if (found == by_name_.end()) return out;
  const Value* state = event.payload.find(std::string_view("state"));
  const std::string end = state != nullptr && state->is(Value::Kind::String) ? state->as_string()
                                                                             : std::string();
  for (const auto& [listener, ends] : found->second) {
    const bool wanted = event.from != EventFrom::Workflow || (end == "succeeded" && ends.succeeded) ||
                        (end == "failed" && ends.failed) || (end == "cancelled" && ends.cancelled);
    if (wanted) out.push_back(listener);
  }
  return out;
}

const expr::Expression* Listeners::match_of(const Listener& listener) const {
  const auto found = matches_.find(listener);
  return found == matches_.end() ? nullptr : &found->second;
}

}  // namespace gantry::core
