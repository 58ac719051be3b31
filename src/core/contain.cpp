// Containers: groups, and foreach, whose items are a group or one task each. A container runs while
// what is in it is decided, and ends as that ended. Items begin in the order of the list, so many
// at once as the foreach allows. A group that failed, or whose `repeat` goes on, begins again: what
// is in it becomes pending, in the same phase; the numbers of its attempts go on.
#include "core/planted.h"
#include "core/retry.h"
#include "core/scope.h"
#include "core/turn.h"

namespace gantry::core {

using model::Reason;
using model::TaskRow;
using model::TaskState;

namespace {

TaskRef item_of(TaskRef foreach, std::size_t index) {
  return {foreach.task, foreach.item.child(index)};
}

const model::Foreach& foreach_of(const Run& run, TaskRef ref) {
  return run.plan->task(ref.task).flow->foreach;
}

// A group or an item, and what is in it, but for items of a foreach in it: those begin again with
// that. Groups before what is in them.
std::vector<TaskRef> beside_in(const Run& run, TaskRef whole) {
  std::vector<TaskRef> out;
  const std::uint32_t end = whole.task.value + run.plan->task(whole.task).span;
  for (std::uint32_t i = whole.task.value; i < end; ++i)
    if (const TaskRef ref{TaskIndex{i}, whole.item}; run.plan->exists(ref)) out.push_back(ref);
  return out;
}

// The items of a foreach of which something is known.
std::vector<TaskRef> known_items(const Run& run, TaskRef foreach) {
  std::vector<TaskRef> out;
  for (auto at = run.items.upper_bound(foreach); at != run.items.end(); ++at) {
    if (at->first.task != foreach.task) break;
    if (at->first.item.parent() == foreach.item) out.push_back(at->first);
  }
  return out;
}

// The items of a foreach, with all that is in them.
std::vector<TaskRef> all_in_items(const Run& run, TaskRef foreach) {
  std::vector<TaskRef> out;
  const std::uint32_t end = foreach.task.value + run.plan->task(foreach.task).span;
  const int depth = foreach.item.depth();
  for_each_task(run, [&](const TaskRun& task) {
    const TaskRef ref = ref_of(task.row);
    const bool is_inside = ref.task >= foreach.task && ref.task.value < end;
    if (is_inside && ref.item.depth() > depth && ref.item.first(depth) == foreach.item)
      out.push_back(ref);
  });
  return out;
}

std::vector<TaskRef> children_of(const Run& run, TaskRef group) {
  std::vector<TaskRef> out;
  for (const TaskIndex child : run.plan->children(group.task)) out.push_back({child, group.item});
  return out;
}

// Whether so many failed that the other items are not worth it.
bool is_too_much(const model::Threshold& threshold, const Tally& tally, std::size_t size) {
  if (GANTRY_PLANT(ThresholdForgotten)) return false;
  if (threshold.failed > 0 && tally.failed >= static_cast<std::uint32_t>(threshold.failed))
    return true;
  const std::size_t settled = size - tally.open;
  return threshold.rate > 0 && settled >= static_cast<std::size_t>(threshold.min) &&
         tally.failed > 0 &&
         static_cast<double>(tally.failed) >= threshold.rate * static_cast<double>(settled);
}

}  // namespace

// ---- foreach

void Core::Turn::begin_foreach(Run& run, TaskRef ref) {
  TaskRow row = task_at(run, ref).row;
  row.started_at = now_.wall;
  auto items = items_of(run, ref, core_.around_);
  if (!items.ok())
    return settle(run, std::move(row), TaskState::Failed, Reason::Expression,
                  items.error().message);
  forget_changed(run, ref, *items);
  row.items = std::move(items).value();
  row.state = TaskState::Running;
  row.reason = Reason::None;
  put(std::move(row));
  look_into(run, ref);
}

// It begins again: items run that are another element now, or, if it had no list (all of it runs
// again), all. Those that the list does not have any more stay as they ended.
void Core::Turn::forget_changed(Run& run, TaskRef ref, const Value& items) {
  const Value before = *task_at(run, ref).row.items;
  const bool knows = before.is(Value::Kind::List);
  const ValueList& now = items.as_list();
  for (const TaskRef item : known_items(run, ref)) {
    const std::size_t i = item.item.index();
    const bool same =
        knows && i < now.size() && i < before.as_list().size() && before.as_list()[i] == now[i];
    if (!same) forget(run, item, i < now.size());
  }
}

void Core::Turn::forget(Run& run, TaskRef item, bool runs_again) {
  for (const TaskRef ref : beside_in(run, item)) {
    const TaskRun* task = find_task(run, ref);
    if (task == nullptr) return;  // nothing is left to know of it
    if (runs_again)
      reset(run, ref);
    else if (!is_terminal(task->row.state))
      settle(run, task->row, TaskState::Skipped, Reason::Upstream);
  }
}

// Begins items until as many run as may. Those that wait for a slot count, as they have begun.
void Core::Turn::feed(Run& run, TaskRef ref) {
  const model::Foreach& spec = foreach_of(run, ref);
  const Container& container = run.containers.at(ref);
  const auto most = static_cast<std::size_t>(spec.max_parallel);
  const std::size_t begun = container.tally.open - container.pending;
  std::size_t room = begun < most ? most - begun : 0;
  if (GANTRY_PLANT(WindowOverfull)) ++room;
  for (std::size_t i = container.next; i < container.size && room > 0; ++i) {
    const TaskRef item = item_of(ref, i);
    if (task_at(run, item).row.state != TaskState::Pending) continue;
    make_ready(run, item);
    --room;
  }
}

bool Core::Turn::give_up(Run& run, TaskRef ref) {
  TaskRow row = task_at(run, ref).row;
  if (row.reason == Reason::Threshold) return true;
  const Container& container = run.containers.at(ref);
  if (!is_too_much(foreach_of(run, ref).threshold, container.tally, container.size)) return false;
  row.reason = Reason::Threshold;
  put(std::move(row));
  cancel_tasks(run, all_in_items(run, ref), false, Reason::Threshold);
  return true;
}

// ---- groups

void Core::Turn::begin_group(Run& run, TaskRef ref) {
  TaskRow row = task_at(run, ref).row;
  row.state = TaskState::Running;
  row.reason = Reason::None;
  row.wake_at = Steady::max();
  if (!row.started_at) row.started_at = now_.wall;
  put(std::move(row));
  begin_tasks(run, children_of(run, ref));
  look_into(run, ref);
}

// Those that need nobody, and in a retry those whose upstream tasks are settled already.
void Core::Turn::begin_tasks(Run& run, const std::vector<TaskRef>& tasks) {
  for (const TaskRef ref : tasks) {
    const model::Task& task = run.plan->task(ref.task);
    if (task.needs.empty() || task.join == model::JoinRule::Always ||
        task_at(run, ref).upstream.settled() > 0)
      reconsider(run, ref);
  }
}

// Of a container that ends without having run: nothing in it runs either. (A foreach knows items
// then only in a retry.)
void Core::Turn::leave_out(Run& run, TaskRef group, TaskState as, Reason reason) {
  const TaskState to = as == TaskState::Failed ? TaskState::UpstreamFailed : as;
  const bool is_foreach = run.plan->is_foreach(group);
  for (const TaskRef child : is_foreach ? known_items(run, group) : children_of(run, group)) {
    const TaskRow& row = task_at(run, child).row;
    if (row.state == TaskState::Pending) settle(run, row, to, reason);
  }
}

void Core::Turn::begin_again(Run& run, TaskRef group) {
  for (const TaskRef task : beside_in(run, group))
    if (task != group) reset(run, task);
  begin_group(run, group);
}

// As if it had never been decided; the numbers of its attempts go on.
void Core::Turn::reset(Run& run, TaskRef ref) {
  const TaskRow& old = task_at(run, ref).row;
  if (old.state == TaskState::Pending) return;
  TaskRow row;
  row.run = old.run;
  row.task = old.task;
  row.item = old.item;
  row.generation = run.row.phase;
  row.attempts = old.generation == run.row.phase ? old.attempts : 0;
  put(std::move(row));
}

// ---- ends

// What is in it has changed.
void Core::Turn::look_into(Run& run, TaskRef ref) {
  if (task_at(run, ref).row.state != TaskState::Running) return;
  if (run.plan->is_foreach(ref) && !give_up(run, ref)) feed(run, ref);
  if (run.containers.at(ref).tally.open == 0) end_container(run, ref);
}

Reason Core::Turn::why_stopped(const Run& run, TaskRef ref) {
  if (run.row.cancel_requested || run.row.reason == Reason::RunTimeout) return Reason::Cancelled;
  for (auto up = run.plan->container_of(ref); up; up = run.plan->container_of(*up))
    if (task_at(run, *up).row.reason == Reason::Threshold) return Reason::Threshold;
  return Reason::FailFast;
}

void Core::Turn::end_container(Run& run, TaskRef ref) {
  TaskRow row = task_at(run, ref).row;
  const Tally& tally = run.containers.at(ref).tally;
  const bool is_foreach = run.plan->is_foreach(ref);
  const auto tolerated =
      is_foreach ? static_cast<std::uint32_t>(foreach_of(run, ref).tolerated) : 0;
  if (row.reason == Reason::Threshold)
    return settle(run, std::move(row), TaskState::Failed, Reason::Threshold);
  if (tally.failed > tolerated && !GANTRY_PLANT(ContainerNeverFails)) {
    const bool again = !is_foreach && tally.cancelled == 0;
    return again ? group_failed(run, std::move(row))
                 : settle(run, std::move(row), TaskState::Failed, Reason::TaskFailed);
  }
  if (tally.cancelled > 0)
    return settle(run, std::move(row), TaskState::Cancelled, why_stopped(run, ref));
  const bool all_skipped = tally.skipped > 0 && tally.succeeded + tally.failed == 0;
  if (all_skipped) return settle(run, std::move(row), TaskState::Skipped, Reason::None);
  if (is_foreach) return settle(run, std::move(row), TaskState::Succeeded, Reason::None);
  end_round(run, std::move(row));
}

void Core::Turn::group_failed(Run& run, TaskRow row) {
  if (++row.tries > run.plan->task(row.task).retry->limit)
    return settle(run, std::move(row), TaskState::Failed, Reason::TaskFailed);
  retry_later(run, std::move(row));
}

// A task or a group has succeeded: its `repeat` may want it once more.
void Core::Turn::end_round(Run& run, TaskRow row) {
  const model::Repeat& repeat = run.plan->task(row.task).flow->repeat;
  if (repeat.until.empty()) return settle(run, std::move(row), TaskState::Succeeded, Reason::None);
  ++row.rounds;
  const auto done = is_repeated_enough(run, row, core_.around_);
  if (!done.ok())
    return settle(run, std::move(row), TaskState::Failed, Reason::Expression, done.error().message);
  if (*done) return settle(run, std::move(row), TaskState::Succeeded, Reason::None);
  if (row.rounds >= repeat.limit)
    return settle(run, std::move(row), TaskState::Failed, Reason::Rounds);
  row.tries = 0;
  row.state = TaskState::Waiting;
  row.reason = Reason::None;
  row.wake_at = now_.steady + repeat.every;
  put(std::move(row));
}

}  // namespace gantry::core
