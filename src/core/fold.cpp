// Folding of rows into the state, with what is derived from them: queues, wake times, slots in
// use, tallies, and the counts of settled upstream tasks.
#include "core/fold.h"

#include <algorithm>

#include "core/core.h"
#include "core/planted.h"
#include "core/previous.h"

namespace gantry::core {

using model::RunState;
using model::TaskRow;
using model::TaskState;

namespace {

QueueEntry queue_entry(const Run& run, const TaskRow& row) {
  return {rank_of(run, row.task), row.queue_no, row.run, ref_of(row)};
}

// Whether a person said that nothing new starts in this run or workflow. Its tasks keep their
// place, but are not offered.
bool is_paused(const State& state, const Run& run) {
  return run.row.paused || state.workflows.at(run.origin->workflow).row.paused;
}

// An idle pool leaves the map, so that a recovered state equals the one that was lost.
void drop_if_idle(State& state, const std::string& pool) {
  const auto found = state.pools.find(pool);
  if (found != state.pools.end() && found->second == PoolUse{}) state.pools.erase(found);
}

}  // namespace

void index_queue(State& state, const Run& run, const TaskRow& row, bool in) {
  if (is_paused(state, run)) return;
  const std::string& pool = queue_of(*run.plan, row.task);
  auto& queue = state.pools[pool].queue;
  if (in)
    queue.insert(queue_entry(run, row));
  else
    queue.erase(queue_entry(run, row));
  drop_if_idle(state, pool);
}

namespace {

void index_slots(State& state, const Run& run, const TaskRow& row, int sign) {
  if (run.plan->is_container(ref_of(row))) return;
  const TaskTraits traits = run.plan->traits(row.task);
  if (!traits.background) state.local_slots_used += sign;
  if (sign < 0 && GANTRY_PLANT(SlotReleasedTwice)) state.local_slots_used += sign;
  if (!traits.has_pool) return;
  const model::Task& task = run.plan->task(row.task);
  state.pools[task.pool].used += sign * task.slots;
  drop_if_idle(state, task.pool);
}

template <typename Times, typename Time>
void index_time(Times& times, Time at, const TaskRow& row, bool in) {
  if (at == Time::max()) return;
  const std::tuple key{at, row.run, ref_of(row)};
  if (in)
    times.insert(key);
  else
    times.erase(key);
}

void index_event_wait(State& state, const std::string& event, const TaskRow& row, bool in) {
  auto& waits = state.event_waits[event];
  if (in)
    waits.emplace(row.run, ref_of(row));
  else
    waits.erase({row.run, ref_of(row)});
  if (waits.empty()) state.event_waits.erase(event);
}

void index_wait(State& state, const Run& run, const TaskRow& row, bool in) {
  index_time(state.task_wakes, row.wake_at, row, in);
  if (!run.plan->traits(row.task).is_wait) return;
  index_time(state.wall_wakes, row.wakes->wall, row, in);
  const std::string& event = run.plan->task(row.task).wait->event;
  if (!event.empty()) index_event_wait(state, event, row, in);
}

}  // namespace

void index_row(State& state, const Run& run, const TaskRow& row, bool in) {
  if (row.state == TaskState::Queued) index_queue(state, run, row, in);
  if (row.state == TaskState::Running) index_slots(state, run, row, in ? 1 : -1);
  if (row.state == TaskState::Waiting) index_wait(state, run, row, in);
}

namespace {

void add(std::uint32_t& count, int sign) { count += static_cast<std::uint32_t>(sign); }

std::uint32_t& count_of(Tally& tally, TaskState state, bool allow_failure) {
  if (state == TaskState::Cancelled) return tally.cancelled;
  switch (settled_as(state, allow_failure)) {
    case Settled::Succeeded: return tally.succeeded;
    case Settled::Skipped: return tally.skipped;
    case Settled::Failed:
    case Settled::UpstreamFailed: return tally.failed;
  }
  CHECK(false);
}

void tally_settled(Tally& tally, TaskTraits task, TaskState state, int sign) {
  add(task.background ? tally.open_background : tally.open, -sign);
  add(count_of(tally, state, task.allow_failure), sign);
}

// An item has no say in what its failure is to others: that is said of the foreach.
TaskTraits traits_of_item(TaskTraits traits) {
  traits.allow_failure = false;
  return traits;
}

void tally_item(Run& run, TaskRef container, const TaskRow& row, int sign) {
  Container& foreach = run.containers[container];
  if (row.item.index() < foreach.size)
    tally_settled(foreach.tally, traits_of_item(run.plan->traits(row.task)), row.state, sign);
}

// Into what it is a part of.
void tally_settled(Run& run, const TaskRow& row, int sign) {
  const TaskTraits traits = run.plan->traits(row.task);
  const auto container = run.plan->container_of(ref_of(row));
  if (!container)
    return tally_settled(traits.is_finally ? run.finally : run.main, traits, row.state, sign);
  if (container->task == row.task) return tally_item(run, *container, row, sign);
  tally_settled(run.containers[*container].tally, traits, row.state, sign);
}

std::uint32_t& count_of(Upstream& upstream, Settled settled) {
  switch (settled) {
    case Settled::Succeeded: return upstream.succeeded;
    case Settled::Skipped: return upstream.skipped;
    case Settled::Failed: return upstream.failed;
    case Settled::UpstreamFailed: return upstream.upstream_failed;
  }
  CHECK(false);
}

// To those whom the chosen arm of a switch does not name it counts as skipped.
void count_switch(Run& run, const TaskRow& row, int sign) {
  for (const TaskIndex dependent : run.plan->dependents(row.task)) {
    const Settled settled = settled_for(*run.plan, row, dependent);
    add(count_of(task_at(run, {dependent, row.item}).upstream, settled), sign);
  }
}

void count_settled(Run& run, const TaskRow& row, int sign) {
  tally_settled(run, row, sign);
  const TaskTraits task = run.plan->traits(row.task);
  if (task.is_foreach && !run.plan->is_foreach(ref_of(row))) return;  // others need all of it
  if (task.is_switch && row.state == TaskState::Succeeded) return count_switch(run, row, sign);
  const Settled settled = settled_as(row.state, task.allow_failure);
  for (const TaskIndex dependent : run.plan->dependents(row.task))
    add(count_of(task_at(run, {dependent, row.item}).upstream, settled), sign);
}

}  // namespace

Settled settled_for(const Plan& plan, const TaskRow& row, TaskIndex dependent) {
  const TaskTraits traits = plan.traits(row.task);
  const Settled settled = settled_as(row.state, traits.allow_failure);
  if (!traits.is_switch || row.state != TaskState::Succeeded) return settled;
  const auto& arms = plan.task(row.task).flow->arms;
  // Kept from a version in which it was no switch, or had more ways: it succeeded, to all.
  if (row.arm < 0 || static_cast<std::size_t>(row.arm) >= arms.size()) return settled;
  const auto& then = arms[static_cast<std::size_t>(row.arm)].then;
  const bool chosen = std::find(then.begin(), then.end(), dependent) != then.end();
  return chosen || GANTRY_PLANT(SwitchForgotten) ? Settled::Succeeded : Settled::Skipped;
}

const TaskRun* find_task(const Run& run, TaskRef ref) {
  if (ref.item.is_none()) return &run.tasks[ref.task.value];
  const TaskIndex around = run.plan->foreach_around(ref);
  const auto item = run.items.find({around, ref.item});
  return item == run.items.end() ? nullptr : &item->second[ref.task.value - around.value];
}

const TaskRun& task_at(const Run& run, TaskRef ref) {
  const TaskRun* task = find_task(run, ref);
  CHECK(task != nullptr);
  return *task;
}

TaskRun& task_at(Run& run, TaskRef ref) {
  return const_cast<TaskRun&>(task_at(std::as_const(run), ref));
}

LaneKey lane_of(const model::RunOrigin& origin) {
  if (origin.backfill.value != 0 && !GANTRY_PLANT(BackfillMakesWay))
    return {origin.concurrency_key, origin.backfill};
  return {origin.concurrency_key, {}};
}

std::int64_t rank_of(const Run& run, TaskIndex task) {
  const std::int64_t priority = run.origin->priority + run.plan->traits(task).priority;
  return (run.origin->backfill.value == 0 ? 0 : kBackfillRank) - priority;
}

bool is_held(const State& state, const Run& run) {
  return state.server.paused || is_paused(state, run);
}

namespace {
const std::string kPlain, kBackground = "*";
}  // namespace

bool is_unpooled(const std::string& queue) { return queue == kPlain || queue == kBackground; }

const std::string& queue_of(const Plan& plan, TaskIndex task) {
  const TaskTraits traits = plan.traits(task);
  if (traits.has_pool) return plan.task(task).pool;
  return traits.background ? kBackground : kPlain;
}

namespace {

TaskRun fresh(const Run& run, TaskRef ref) {
  TaskRun task;
  task.row.run = run.origin->run;
  task.row.task = ref.task;
  task.row.item = ref.item;
  task.row.generation = run.row.phase;
  task.upstream.n = static_cast<std::uint32_t>(run.plan->task(ref.task).needs.size());
  return task;
}

// The containers from `first` on that are not in a foreach among them; groups with what is in them.
void open_containers(Run& run, TaskIndex first, std::uint32_t count, ItemPath item) {
  const Plan& plan = *run.plan;
  for (std::uint32_t i = first.value; i < first.value + count; ++i) {
    const TaskTraits traits = plan.traits(TaskIndex{i});
    const int outer = traits.loops - (traits.is_foreach ? 1 : 0);
    if (outer != item.depth()) continue;
    if (traits.is_foreach) run.containers[{TaskIndex{i}, item}];
    const TaskIndex group = plan.group_of(TaskIndex{i});
    if (group != model::kNoTask && group >= first) ++run.containers[{group, item}].tally.open;
  }
}

void add_item(Run& run, TaskRef item) {
  auto& tasks = run.items[item];
  if (!tasks.empty()) return;
  const std::uint32_t span = run.plan->task(item.task).span;
  for (std::uint32_t i = 0; i < span; ++i) {
    tasks.push_back(fresh(run, {TaskIndex{item.task.value + i}, item.item}));
  }
  tasks.front().upstream.n = 0;  // its foreach has waited already
  open_containers(run, item.task, span, item.item);
}

bool is_blank(const TaskRow& row) {
  return row.state == TaskState::Pending && row.attempts == 0 && row.message == nullptr;
}

// What was never begun of an item that the list does not have any more.
void drop_if_blank(Run& run, TaskRef item) {
  const auto found = run.items.find(item);
  if (found == run.items.end()) return;
  const auto blank = [](const TaskRun& task) { return is_blank(task.row); };
  if (!std::all_of(found->second.begin(), found->second.end(), blank)) return;
  for (std::uint32_t i = 0; i < found->second.size(); ++i)
    run.containers.erase({TaskIndex{item.task.value + i}, item.item});
  run.items.erase(found);
}

// The tally of a foreach over a list of this size.
void recount(Run& run, TaskRef foreach) {
  Container& container = run.containers[foreach];
  container.tally = {};
  container.tally.open = static_cast<std::uint32_t>(container.size);
  container.next = container.size;
  container.pending = 0;
  for (std::size_t i = container.size; i-- > 0;) {
    const TaskRow& row = run.items.at({foreach.task, foreach.item.child(i)}).front().row;
    if (row.state == TaskState::Pending) {
      container.next = i;
      ++container.pending;
    }
    if (is_terminal(row.state)) tally_item(run, foreach, row, 1);
  }
}

// A foreach has its list, or none any more.
void unfold(Run& run, TaskRef foreach, const Value& items) {
  const std::size_t size = items.is(Value::Kind::List) ? items.as_list().size() : 0;
  const std::size_t before = run.containers[foreach].size;
  for (std::size_t i = 0; i < size; ++i) add_item(run, {foreach.task, foreach.item.child(i)});
  for (std::size_t i = size; i < before; ++i)
    drop_if_blank(run, {foreach.task, foreach.item.child(i)});
  run.containers[foreach].size = size;
  recount(run, foreach);
}

// The first item that is pending moves.
void note_item(Run& run, TaskRef item, bool was_pending) {
  const TaskRef foreach{item.task, item.item.parent()};
  Container& container = run.containers[foreach];
  const std::size_t index = item.item.index();
  const auto pending = [&](std::size_t i) {
    return run.items.at({item.task, foreach.item.child(i)}).front().row.state == TaskState::Pending;
  };
  if (index >= container.size) return;
  container.pending += pending(index) ? 1 : 0;
  container.pending -= was_pending ? 1 : 0;
  if (pending(index)) container.next = std::min(container.next, index);
  while (container.next < container.size && !pending(container.next)) ++container.next;
}

// Of a row that has become blank: its item may be one that the list does not have any more.
void drop_left_over(Run& run, TaskRef ref) {
  if (ref.item.is_none()) return;
  const TaskIndex around = run.plan->foreach_around(ref);
  const Container& container = run.containers[{around, ref.item.parent()}];
  if (ref.item.index() >= container.size) drop_if_blank(run, {around, ref.item});
}

// The place of a row. One of an item that its list does not have (any more) has a past, or none.
TaskRun* place_of(Run& run, const TaskRow& row) {
  CHECK(row.task.value < run.tasks.size());
  const TaskRef ref = ref_of(row);
  if (const TaskRun* task = find_task(run, ref)) return const_cast<TaskRun*>(task);
  if (is_blank(row)) return nullptr;
  add_item(run, {run.plan->foreach_around(ref), ref.item});
  return &task_at(run, ref);
}

}  // namespace

void put_row(State& state, Run& run, const TaskRow& row) {
  TaskRun* task = place_of(run, row);
  if (task == nullptr) return;
  TaskRow& old = task->row;
  if (!run.row.quarantined) index_row(state, run, old, false);
  if (is_terminal(old.state)) count_settled(run, old, -1);
  const bool unfolds = old.items != row.items;
  const bool was_pending = old.state == TaskState::Pending;
  run.outputs_bytes -= old.outputs.is(Value::Kind::Null) ? 0 : old.outputs.size_bytes();
  old = row;
  run.outputs_bytes += row.outputs.is(Value::Kind::Null) ? 0 : row.outputs.size_bytes();
  if (!run.row.quarantined) index_row(state, run, row, true);
  if (is_terminal(row.state)) count_settled(run, row, 1);
  const bool is_foreach = run.plan->traits(row.task).is_foreach;
  if (is_foreach && !run.plan->is_foreach(ref_of(row)))
    note_item(run, ref_of(row), was_pending);
  else if (is_foreach && unfolds)
    unfold(run, ref_of(row), *row.items);
  if (is_blank(row)) drop_left_over(run, ref_of(row));
}

void attach_plan(State& state, Run& run, std::shared_ptr<const Plan> plan) {
  if (run.plan) return;
  run.plan = std::move(plan);
  const auto count = static_cast<std::uint32_t>(run.plan->size());
  run.tasks.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    run.tasks.push_back(fresh(run, {TaskIndex{i}, {}}));
    const TaskTraits task = run.plan->traits(TaskIndex{i});
    if (run.plan->group_of(TaskIndex{i}) != model::kNoTask) continue;
    Tally& tally = task.is_finally ? run.finally : run.main;
    ++(task.background ? tally.open_background : tally.open);
  }
  open_containers(run, TaskIndex{0}, count, {});
  std::stable_sort(run.early_rows.begin(), run.early_rows.end(),
                   [](const TaskRow& a, const TaskRow& b) { return ref_of(a) < ref_of(b); });
  for (const TaskRow& row : run.early_rows) {
    if (GANTRY_PLANT(WaitLostInRecovery) && row.state == TaskState::Waiting) continue;
    put_row(state, run, row);
  }
  run.early_rows.clear();
}

bool operator==(const Run& a, const Run& b) {
  const bool same_origin = a.origin == b.origin || (a.origin && b.origin && *a.origin == *b.origin);
  return same_origin && a.row == b.row && a.tasks == b.tasks && a.items == b.items &&
         a.containers == b.containers && a.early_rows == b.early_rows && a.main == b.main &&
         a.finally == b.finally && a.outputs_bytes == b.outputs_bytes &&
         (a.plan == nullptr) == (b.plan == nullptr);
}

}  // namespace gantry::core
