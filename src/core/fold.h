// Parts of folding that the rest of core/ uses.
#pragma once

#include "core/plan.h"
#include "core/state.h"

namespace gantry::core {

// Whether nothing new starts in this run: it, its workflow or the server is paused.
bool is_held(const State& state, const Run& run);

// Which of State::pools a task waits in: its pool, "" without one, "*" (no pool can be called so)
// for background tasks without one: they need no slot, so they never wait behind those that do.
const std::string& queue_of(const Plan& plan, TaskIndex task);

bool is_unpooled(const std::string& queue);  // one of the last two

// Where a task stands in its queue: by priority, those of backfills behind all others.
inline constexpr std::int64_t kBackfillRank = std::int64_t{1} << 40;
std::int64_t rank_of(const Run& run, TaskIndex task);

// Adds the row to, or takes it from, everything that is found by its state; the queue alone.
void index_row(State& state, const Run& run, const model::TaskRow& row, bool in);
void index_queue(State& state, const Run& run, const model::TaskRow& row, bool in);

// A task, outside of items or in one; null, or a broken CHECK, if the item is not there (yet).
const TaskRun* find_task(const Run& run, TaskRef ref);
const TaskRun& task_at(const Run& run, TaskRef ref);
TaskRun& task_at(Run& run, TaskRef ref);

// All tasks: those outside of items first, then item by item.
template <typename F>
void for_each_task(const Run& run, F f) {
  const auto visit = [&](const std::vector<TaskRun>& tasks) {
    for (const TaskRun& task : tasks)
      if (run.plan->exists(ref_of(task.row))) f(task);
  };
  visit(run.tasks);
  for (const auto& [ref, tasks] : run.items) visit(tasks);
}

// What a settled task is to one that needs it.
Settled settled_for(const Plan& plan, const model::TaskRow& row, TaskIndex dependent);

void put_row(State& state, Run& run, const model::TaskRow& row);

// Gives the run its tasks. Rows that were folded before (recovery) are put now.
void attach_plan(State& state, Run& run, std::shared_ptr<const Plan> plan);

}  // namespace gantry::core
