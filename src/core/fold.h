// Parts of folding that the rest of core/ uses.
#pragma once

#include "core/plan.h"
#include "core/state.h"

namespace gantry::core {

void put_row(State& state, Run& run, const model::TaskRow& row);

// Gives the run its tasks. Rows that were folded before (recovery) are put now.
void attach_plan(State& state, Run& run, std::shared_ptr<const Plan> plan);

}  // namespace gantry::core
