// `after_previous`: a timer's run that waits for the one its trigger made before it.
#pragma once

#include <optional>

#include "core/state.h"

namespace gantry::core {

// Whether a timer made it: the runs of a trigger form a row.
bool is_timed(const model::RunOrigin& origin);

struct Previous {
  RunNo run;
  bool failed = false;  // it has ended, but not succeeded; else it is open
};
// What a queued run waits for; nothing if it may start.
std::optional<Previous> previous_of(const State& state, const Run& run);

}  // namespace gantry::core
