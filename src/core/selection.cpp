#include "core/selection.h"

#include <algorithm>

#include "core/fold.h"
#include "core/planted.h"

namespace gantry::core {

using model::TaskRow;
using model::TaskState;

namespace {
TaskRow pending(TaskRef ref) {
  TaskRow row;
  row.task = ref.task;
  row.item = ref.item;
  return row;
}
}  // namespace

// Tasks that a newer version no longer has, or has in another place, leave the graph.
Selection::Selection(const Plan& plan, const model::ClosedRun& closed)
    : plan_(plan), again_(plan.size()), only_failed_(plan.size()) {
  for (TaskRow row : closed.tasks) {
    if (row.task.value >= closed.task_names.size()) continue;
    const auto index = plan_.find(closed.task_names[row.task.value]);
    if (!index || !plan_.exists({*index, row.item})) continue;
    row.task = *index;
    rows_.push_back(std::move(row));
  }
  std::sort(rows_.begin(), rows_.end(),
            [](const TaskRow& a, const TaskRow& b) { return ref_of(a) < ref_of(b); });
  for (const TaskRow& row : rows_) by_ref_[ref_of(row)] = &row;
}

void Selection::choose_failed() {
  for (std::uint32_t i = 0; i < plan_.size(); ++i) {
    const TaskIndex index{i};
    if (plan_.group_of(index) != model::kNoTask || !ended_badly({index, {}})) continue;
    add(index);
    only_failed_[i] = true;
  }
  add_downstream();
  complete();
}

void Selection::choose(TaskIndex from) {
  add(from);
  add_downstream();
  complete();
}

Upstream Selection::upstream_of(TaskIndex index) const {
  Upstream up;
  const model::Task& task = plan_.task(index);
  up.n = static_cast<std::uint32_t>(task.needs.size());
  for (const TaskIndex need : task.needs)
    if (!again_[need.value]) count(up, need, index);
  return up;
}

std::vector<std::string> Selection::bad_upstream(TaskIndex index) const {
  std::vector<std::string> names;
  for (const TaskIndex need : plan_.task(index).needs)
    if (ended_badly({need, {}})) names.push_back(plan_.task(need).name);
  return names;
}

bool Selection::ended_badly(TaskRef ref) const {
  const auto row = by_ref_.find(ref);
  if (row == by_ref_.end() || row->second->state == TaskState::Pending) return true;
  const bool allowed =
      plan_.is_container(ref) || ref.item.is_none() ? plan_.task(ref.task).allow_failure : false;
  const Settled settled = settled_as(row->second->state, allowed);
  return settled == Settled::Failed || settled == Settled::UpstreamFailed;
}

void Selection::count(Upstream& up, TaskIndex need, TaskIndex dependent) const {
  const auto row = by_ref_.find({need, {}});
  if (row == by_ref_.end() || row->second->state == TaskState::Pending) return;
  switch (settled_for(plan_, *row->second, dependent)) {
    case Settled::Succeeded: ++up.succeeded; break;
    case Settled::Skipped: ++up.skipped; break;
    case Settled::Failed: ++up.failed; break;
    case Settled::UpstreamFailed: ++up.upstream_failed; break;
  }
}

void Selection::add(TaskIndex index) {
  if (again_[index.value]) return;
  again_[index.value] = true;
  chosen_.push_back(index);
}

// What follows runs again as a whole.
void Selection::add_downstream() {
  if (GANTRY_PLANT(RetryForgetsDownstream)) return;
  for (std::size_t next = 0; next < chosen_.size(); ++next)
    for (const TaskIndex dependent : plan_.dependents(chosen_[next])) {
      add(dependent);
      only_failed_[dependent.value] = false;
    }
}

// What was never decided is to be; background tasks run beside the others, finally at the end.
void Selection::complete() {
  bool main = false;
  const auto at_top = [&](std::uint32_t i) {
    return plan_.group_of(TaskIndex{i}) == model::kNoTask;
  };
  for (std::uint32_t i = 0; i < plan_.size(); ++i) {
    if (!at_top(i)) continue;
    const model::Task& task = plan_.task(TaskIndex{i});
    const auto row = by_ref_.find({TaskIndex{i}, {}});
    const bool undecided = row == by_ref_.end() || row->second->state == TaskState::Pending;
    if (task.is_finally || undecided) again_[i] = true;
    if (task.is_finally) only_failed_[i] = false;
    main |= again_[i] && !task.is_finally && !task.background;
  }
  for (std::uint32_t i = 0; i < plan_.size(); ++i)
    if (main && at_top(i) && plan_.task(TaskIndex{i}).background) again_[i] = true;
}

std::vector<TaskRow> Selection::again() const {
  std::vector<TaskRow> out;
  for (std::uint32_t i = 0; i < again_.size(); ++i) {
    if (!again_[i]) continue;
    const TaskRef ref{TaskIndex{i}, {}};
    if (only_failed_[i])
      take_failed(ref, out);
    else
      take_all(ref, out);
  }
  return out;
}

void Selection::take_failed(TaskRef ref, std::vector<TaskRow>& out) const {
  out.push_back(pending(ref));
  if (!plan_.is_container(ref)) return;
  if (plan_.is_foreach(ref)) {
    if (const auto row = by_ref_.find(ref); row != by_ref_.end())
      out.back().items = row->second->items;
    return take_failed_items(ref, out);
  }
  take_failed_tasks(ref, out);
}

void Selection::take_failed_items(TaskRef foreach, std::vector<TaskRow>& out) const {
  for (auto at = by_ref_.upper_bound(foreach); at != by_ref_.end(); ++at) {
    const TaskRef item = at->first;
    if (item.task != foreach.task) break;
    const bool is_item = !item.item.is_none() && item.item.parent() == foreach.item;
    if (is_item && ended_badly(item)) take_failed(item, out);
  }
}

void Selection::take_failed_tasks(TaskRef group, std::vector<TaskRow>& out) const {
  const auto children = plan_.children(group.task);
  std::map<TaskIndex, bool> again;  // to whether all of it runs again
  std::vector<TaskIndex> chosen;
  for (const TaskIndex child : children)
    if (ended_badly({child, group.item})) {
      again[child] = false;
      chosen.push_back(child);
    }
  for (std::size_t next = 0; next < chosen.size(); ++next)
    for (const TaskIndex dependent : plan_.dependents(chosen[next])) {
      if (!again.contains(dependent)) chosen.push_back(dependent);
      again[dependent] = true;
    }
  for (const auto& [child, whole] : again)
    if (whole)
      take_all({child, group.item}, out);
    else
      take_failed({child, group.item}, out);
}

// Of a foreach not the items: they begin again when its list is known.
void Selection::take_all(TaskRef ref, std::vector<TaskRow>& out) const {
  out.push_back(pending(ref));
  if (plan_.is_foreach(ref)) return;
  const std::uint32_t end = ref.task.value + plan_.task(ref.task).span;
  for (auto at = by_ref_.upper_bound(ref); at != by_ref_.end(); ++at) {
    if (at->first.task.value >= end) break;
    if (at->first.item == ref.item) out.push_back(pending(at->first));
  }
}

std::vector<TaskRow> Selection::rows() && { return std::move(rows_); }

}  // namespace gantry::core
