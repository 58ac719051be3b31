#include "schedule/schedule.h"

#include <algorithm>
#include <limits>

#include "schedule/moved.h"

namespace gantry::schedule {

namespace {
constexpr Instant kMin{std::numeric_limits<std::int64_t>::min()};

// Ends at the first instant there is, instead of wrapping round.
Instant before(Instant at, Duration by) { return at < kMin + by ? kMin : at - by; }

// The bounds apply to what the rule names, so does every span of it that is asked for.
Instant lower_bound(const Schedule& schedule, Instant after) {
  return schedule.start ? std::max(after, before(*schedule.start, microseconds(1))) : after;
}

Instant upper_bound(const Schedule& schedule, Instant until) {
  return schedule.end ? std::min(until, before(*schedule.end, microseconds(1))) : until;
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

std::optional<Instant> next_named(const Schedule& schedule, Instant after) {
  const Instant from = lower_bound(schedule, after);
  const auto named =
      std::visit([from](const auto& rule) { return next_after(rule, from); }, schedule.rule);
  if (!named || *named > upper_bound(schedule, Instant::max())) return std::nullopt;
  return named;
}

Firings named_in(const Schedule& schedule, Instant after, Instant until) {
  const Instant from = lower_bound(schedule, after);
  const Instant to = upper_bound(schedule, until);
  return std::visit([=](const auto& rule) { return firings_in(rule, from, to); }, schedule.rule);
}

std::optional<Firing> next_firing(const Schedule& schedule, Instant after) {
  after = before(after, schedule.delay);
  auto firing = schedule.days ? next_moved(schedule, after) : std::nullopt;
  if (!schedule.days)
    if (const auto named = next_named(schedule, after)) firing = Firing{*named, *named};
  if (!firing || firing->at > before(Instant::max(), schedule.delay)) return std::nullopt;
  firing->at = firing->at + schedule.delay;
  return firing;
}

Firings firings_in(const Schedule& schedule, Instant after, Instant until) {
  after = before(after, schedule.delay);
  until = before(until, schedule.delay);
  Firings firings =
      schedule.days ? moved_in(schedule, after, until) : named_in(schedule, after, until);
  if (firings.count > 0) firings.last_at = firings.last_at + schedule.delay;
  return firings;
}

}  // namespace gantry::schedule
