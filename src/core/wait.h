// What a task that waits looks for, evaluated. The errors are for people and name the key.
#pragma once

#include "base/result.h"
#include "core/state.h"
#include "core/surroundings.h"

namespace gantry::core {

// When a task that begins to wait is looked at: `wake_at` and `wakes` of its row.
Status set_wakes(const Run& run, model::TaskRow& row, Now now, const Surroundings& around);

// Whether what it waits for is there by itself: its time has come, or `when` is true.
Result<bool> is_over(const Run& run, const model::TaskRow& row, Now now,
                     const Surroundings& around);

// Whether it waits for this event.
Result<bool> hears(const Run& run, TaskRef task, const Value& payload, const Surroundings& around);

}  // namespace gantry::core
