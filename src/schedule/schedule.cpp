#include "schedule/schedule.h"

#include <algorithm>
#include <limits>

namespace gantry::schedule {

namespace {
constexpr Instant kMin{std::numeric_limits<std::int64_t>::min()};

// Ends at the first instant there is, instead of wrapping round.
Instant before(Instant at, Duration by) { return at < kMin + by ? kMin : at - by; }

// The bounds apply to what the rule names, so does every span of it that is asked for.
Instant lower_bound(const Schedule& schedule, Instant after) {
  const Instant named = before(after, schedule.delay);
  return schedule.start ? std::max(named, before(*schedule.start, microseconds(1))) : named;
}

Instant upper_bound(const Schedule& schedule, Instant until) {
  const Instant named = before(until, schedule.delay);
  return schedule.end ? std::min(named, before(*schedule.end, microseconds(1))) : named;
}

Firings firings_in(const At& once, Instant after, Instant until) {
  Firings firings;
  if (once.at > after && once.at <= until) firings.add(once.at);
  return firings;
}
}  // namespace

std::optional<Instant> next_after(const At& once, Instant after) {
  return once.at > after ? std::optional(once.at) : std::nullopt;
}

std::optional<Firing> next_firing(const Schedule& schedule, Instant after) {
  const Instant from = lower_bound(schedule, after);
  const auto named =
      std::visit([from](const auto& rule) { return next_after(rule, from); }, schedule.rule);
  if (!named || *named > upper_bound(schedule, Instant::max())) return std::nullopt;
  return Firing{*named + schedule.delay, *named};
}

Firings firings_in(const Schedule& schedule, Instant after, Instant until) {
  const Instant from = lower_bound(schedule, after);
  const Instant to = upper_bound(schedule, until);
  Firings firings =
      std::visit([=](const auto& rule) { return firings_in(rule, from, to); }, schedule.rule);
  if (firings.count > 0) firings.last_at = firings.last + schedule.delay;
  return firings;
}

}  // namespace gantry::schedule
