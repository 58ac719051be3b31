// What every Store checks and counts in the same way.
#pragma once

#include "store/store.h"

namespace gantry::store {

// AlreadyExists for a number that was committed, FailedPrecondition for one that leaves a gap.
Status check_batch_number(std::int64_t last, std::int64_t number);

// Raises what the change names: ids only ever go up.
void count_change(Recovery& recovery, const model::Change& change);

}  // namespace gantry::store
