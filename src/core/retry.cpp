#include "core/retry.h"

#include <algorithm>
#include <cmath>

namespace gantry::core {

namespace {
constexpr Duration kLongest = days(365);
}

Duration retry_delay(const model::RetryPolicy& policy, int tries, std::uint64_t seed) {
  const double factor = std::pow(policy.backoff, std::max(0, tries - 1));
  const double longest = static_cast<double>(policy.max_delay.value_or(kLongest).us);
  const double base = std::min(static_cast<double>(policy.delay.us) * factor, longest);
  const double spread = policy.jitter * (2 * Rng(seed).unit() - 1);
  return Duration{static_cast<std::int64_t>(std::clamp(base * (1 + spread), 0.0, longest))};
}

}  // namespace gantry::core
