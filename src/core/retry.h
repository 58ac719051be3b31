// Delays between tries.
#pragma once

#include <cstdint>

#include "base/rng.h"
#include "base/time.h"
#include "model/workflow.h"

namespace gantry::core {

// delay x backoff^(tries - 1), at most max_delay, then varied by up to `jitter` of itself.
// `tries` is the number of tries so far (1 after the first failure); `seed` makes the variation
// repeatable over restarts.
Duration retry_delay(const model::RetryPolicy& policy, int tries, std::uint64_t seed);

}  // namespace gantry::core
