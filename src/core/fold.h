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

void put_row(State& state, Run& run, const model::TaskRow& row);

// Gives the run its tasks. Rows that were folded before (recovery) are put now.
void attach_plan(State& state, Run& run, std::shared_ptr<const Plan> plan);

}  // namespace gantry::core
