// Folding of rows into the state, with what is derived from them: queues, wake times, slots in
// use, tallies, and the counts of settled upstream tasks.
#include "core/fold.h"

#include "core/core.h"
#include "core/planted.h"
#include "core/previous.h"

namespace gantry::core {

using model::RunState;
using model::TaskRow;
using model::TaskState;

namespace {

QueueEntry queue_entry(const Run& run, const TaskRow& row) {
  return {rank_of(run, row.task), row.queue_no, row.run, row.task};
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
  const TaskTraits traits = run.plan->traits(row.task);
  if (!traits.background) state.local_slots_used += sign;
  if (sign < 0 && GANTRY_PLANT(SlotReleasedTwice)) state.local_slots_used += sign;
  if (!traits.has_pool) return;
  const model::Task& task = run.plan->task(row.task);
  state.pools[task.pool].used += sign * task.slots;
  drop_if_idle(state, task.pool);
}

void index_wake(State& state, const TaskRow& row, bool in) {
  if (row.wake_at == Steady::max()) return;
  const std::tuple key{row.wake_at, row.run, row.task};
  if (in)
    state.task_wakes.insert(key);
  else
    state.task_wakes.erase(key);
}

}  // namespace

void index_row(State& state, const Run& run, const TaskRow& row, bool in) {
  if (row.state == TaskState::Queued) index_queue(state, run, row, in);
  if (row.state == TaskState::Running) index_slots(state, run, row, in ? 1 : -1);
  if (row.state == TaskState::Waiting) index_wake(state, row, in);
}

namespace {

void add(std::uint32_t& count, int sign) { count += static_cast<std::uint32_t>(sign); }

void tally_settled(Run& run, TaskTraits task, TaskState state, int sign) {
  Tally& tally = task.is_finally ? run.finally : run.main;
  add(task.background ? tally.open_background : tally.open, -sign);
  if (state == TaskState::Cancelled) add(tally.cancelled, sign);
  const Settled settled = settled_as(state, task.allow_failure);
  const bool bad = settled == Settled::UpstreamFailed || settled == Settled::Failed;
  if (bad && state != TaskState::Cancelled) add(tally.failed, sign);
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

void count_settled(Run& run, TaskIndex index, TaskState state, int sign) {
  const TaskTraits task = run.plan->traits(index);
  tally_settled(run, task, state, sign);
  const Settled settled = settled_as(state, task.allow_failure);
  for (const TaskIndex dependent : run.plan->dependents(index))
    add(count_of(run.tasks[dependent.value].upstream, settled), sign);
}

}  // namespace

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

void put_row(State& state, Run& run, const TaskRow& row) {
  CHECK(row.task.value < run.tasks.size());
  TaskRow& old = run.tasks[row.task.value].row;
  if (!run.row.quarantined) index_row(state, run, old, false);
  if (is_terminal(old.state)) count_settled(run, row.task, old.state, -1);
  run.outputs_bytes -= old.outputs.is(Value::Kind::Null) ? 0 : old.outputs.size_bytes();
  old = row;
  run.outputs_bytes += row.outputs.is(Value::Kind::Null) ? 0 : row.outputs.size_bytes();
  if (!run.row.quarantined) index_row(state, run, row, true);
  if (is_terminal(row.state)) count_settled(run, row.task, row.state, 1);
}

void attach_plan(State& state, Run& run, std::shared_ptr<const Plan> plan) {
  if (run.plan) return;
  run.plan = std::move(plan);
  run.tasks.resize(run.plan->size());
  for (std::uint32_t i = 0; i < run.tasks.size(); ++i) {
    const TaskTraits task = run.plan->traits(TaskIndex{i});
    run.tasks[i].row.run = run.origin->run;
    run.tasks[i].row.task = TaskIndex{i};
    run.tasks[i].upstream.n = static_cast<std::uint32_t>(run.plan->task(TaskIndex{i}).needs.size());
    Tally& tally = task.is_finally ? run.finally : run.main;
    ++(task.background ? tally.open_background : tally.open);
  }
  for (const TaskRow& row : run.early_rows) {
    if (GANTRY_PLANT(WaitLostInRecovery) && row.state == TaskState::Waiting) continue;
    put_row(state, run, row);
  }
  run.early_rows.clear();
}

bool operator==(const Run& a, const Run& b) {
  const bool same_origin = a.origin == b.origin || (a.origin && b.origin && *a.origin == *b.origin);
  return same_origin && a.row == b.row && a.tasks == b.tasks && a.early_rows == b.early_rows &&
         a.main == b.main && a.finally == b.finally && a.outputs_bytes == b.outputs_bytes &&
         (a.plan == nullptr) == (b.plan == nullptr);
}

}  // namespace gantry::core
