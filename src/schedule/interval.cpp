#include "schedule/interval.h"

#include <fmt/format.h>

#include "base/explain.h"
#include "base/limits.h"

namespace gantry::schedule {

Result<Every> make_every(Duration period, Instant from) {
  if (period < limits::kEveryMin)
    return refuse(
        {"every {} is too often; the shortest interval is {}", "每 {} 太频繁；最短间隔为 {}"},
        format_duration(period), format_duration(limits::kEveryMin));
  return Every{period, from};
}

std::optional<Instant> next_after(const Every& every, Instant after) {
  CHECK(every.period.us > 0);
  if (after < every.from) return every.from;
  // Unsigned, because the distance of two Instants may be over half the range.
  const auto since =
      static_cast<std::uint64_t>(after.us) - static_cast<std::uint64_t>(every.from.us);
  const auto into = static_cast<std::int64_t>(since % static_cast<std::uint64_t>(every.period.us));
  const Duration step = every.period - microseconds(into);
  if (after > Instant::max() - step) return std::nullopt;
  return after + step;
}

Firings firings_in(const Every& every, Instant after, Instant until) {
  const auto first = next_after(every, after);
  if (!first || *first > until) return {};
  const std::int64_t more = (until - *first).us / every.period.us;
  Firings firings{more + 1, *first, *first + every.period * more, {}, {}};
  if (more > 0) firings.before_last = firings.last - every.period;
  firings.last_at = firings.last;
  return firings;
}

}  // namespace gantry::schedule
