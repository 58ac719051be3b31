// Workflows that start each other by the ends of their runs.
#pragma once

#include <string>
#include <vector>

#include "core/state.h"

namespace gantry::core {

// The names along a cycle that `workflow` would close with those that are live, itself first and
// last: each starts the next. Empty: there is none. What a file switches off starts nothing.
std::vector<std::string> cycle_of(const State& state, const model::Workflow& workflow);

}  // namespace gantry::core
