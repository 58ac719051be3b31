#include "api/hooks.h"

#include <algorithm>

namespace gantry::api {

namespace {
bool all_agree(const std::map<WorkflowId, std::vector<model::HookSource>>& by_workflow) {
  const model::HookSource& first = by_workflow.begin()->second.front();
  for (const auto& [id, hooks] : by_workflow)
    for (const model::HookSource& hook : hooks)
      if (!(hook == first)) return false;
  return true;
}
}  // namespace

void Hooks::put(const model::WorkflowRow& row) {
  names_[row.id] = row.name;
  const auto before = hook_names_.find(row.id);
  for (const std::string& name :
       before == hook_names_.end() ? std::set<std::string>() : before->second) {
    const auto hook = hooks_.find(name);
    hook->second.erase(row.id);
    if (hook->second.empty()) hooks_.erase(hook);
  }
  if (before != hook_names_.end()) hook_names_.erase(before);
  for (const model::Trigger& trigger : row.triggers) {
    if (trigger.kind != model::TriggerKind::Webhook) continue;
    const model::HookSource& hook = trigger.source->hook;
    hooks_[hook.name][row.id].push_back(hook);
    hook_names_[row.id].insert(hook.name);
  }
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
  hook_names_.clear();
  names_.clear();
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
  return Found{found->second.begin()->second.front(), all_agree(found->second)};
}

std::vector<Hooks::Conflict> Hooks::conflicts() const {
  std::vector<Conflict> out;
  const MutexLock lock(mutex_);
  for (const auto& [name, by_workflow] : hooks_) {
    if (all_agree(by_workflow)) continue;
    for (const auto& [id, hooks] : by_workflow) {
      Conflict conflict{names_.at(id), name, {}};
      for (const auto& [other, its] : by_workflow)
        if (other != id) conflict.others.push_back(names_.at(other));
      out.push_back(std::move(conflict));
    }
  }
  return out;
}

std::vector<Hooks::Use> Hooks::uses() const {
  std::vector<Use> out;
  const MutexLock lock(mutex_);
  for (const auto& [name, by_workflow] : hooks_)
    for (const auto& [id, hooks] : by_workflow)
      for (const model::HookSource& hook : hooks)
        if (Use use{names_.at(id), hook}; out.empty() || !(out.back() == use))
          out.push_back(std::move(use));
  return out;
}

}  // namespace gantry::api
