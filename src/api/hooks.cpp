#include "api/hooks.h"

#include <algorithm>

namespace gantry::api {

void Hooks::put(const model::WorkflowRow& row) {
  for (auto& [name, by_workflow] : hooks_) by_workflow.erase(row.id);
  for (const model::Trigger& trigger : row.triggers)
    if (trigger.kind == model::TriggerKind::Webhook)
      hooks_[trigger.source->hook.name][row.id].push_back(trigger.source->hook);
  std::erase_if(hooks_, [](const auto& entry) { return entry.second.empty(); });
}

Status Hooks::load(store::Reader& reader) {
  std::vector<model::WorkflowRow> rows;
  store::Page page{limits::kPageMax, ""};
  do {
    TRY(auto part, reader.workflows("", page));
    for (auto& view : part.rows) rows.push_back(std::move(view.row));
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  const MutexLock lock(mutex_);
  hooks_.clear();
  for (const model::WorkflowRow& row : rows) put(row);
  return ok();
}

void Hooks::on_commit(std::span<const model::Change> changes) {
  for (const model::Change& change : changes) {
    const auto* changed = std::get_if<model::WorkflowChanged>(&change.body);
    if (changed == nullptr) continue;
    const MutexLock lock(mutex_);
    put(changed->row);
  }
}

std::optional<Hooks::Found> Hooks::find(const std::string& name) const {
  const MutexLock lock(mutex_);
  const auto found = hooks_.find(name);
  if (found == hooks_.end()) return std::nullopt;
  Found out{found->second.begin()->second.front(), true};
  for (const auto& [id, hooks] : found->second)
    for (const model::HookSource& hook : hooks) out.agreed &= hook == out.hook;
  return out;
}

}  // namespace gantry::api
