#include "core/catch_up.h"

#include <algorithm>

#include "core/planted.h"

namespace gantry::core {

using schedule::Firings;
using schedule::Schedule;
using Policy = model::CatchUp::Policy;

namespace {
constexpr Duration kTick = microseconds(1);

// The earliest instant after which no more than `max` firings come until `until`. Bisects: the span
// may hold millions.
Instant start_of_newest(const Schedule& schedule, Instant after, Instant until, int max) {
  if (schedule::firings_in(schedule, after, until).count <= max) return after;
  Instant too_many = after, enough = until;
  while (enough - too_many > kTick) {
    const Instant middle = too_many + Duration{(enough - too_many).us / 2};
    const bool over = schedule::firings_in(schedule, middle, until).count > max;
    (over ? too_many : enough) = middle;
  }
  return enough;
}

// Of a gap up to here nothing is made. `is_newest`: nothing else is due.
Instant missed_until(const Schedule& schedule, Instant cursor, const Firings& gap, bool is_newest,
                     Instant now, const model::CatchUp& rule) {
  const Duration late = now - gap.last_at;
  const Instant all_but_newest = gap.last_at - kTick;
  if (rule.policy == Policy::All && late <= rule.window) {
    const Instant in_window = std::max(cursor, now - rule.window - kTick);
    const int max = rule.max + (GANTRY_PLANT(CatchUpOffByOne) ? 1 : 0);
    return start_of_newest(schedule, in_window, gap.last_at, max);
  }
  if (!is_newest) return gap.last_at;
  const bool wanted = rule.policy != Policy::None || GANTRY_PLANT(NoneCatchesUp);
  if (late <= kLate || (wanted && late <= rule.window)) return all_but_newest;
  return gap.last_at;
}
}  // namespace

Due sort_due(const Schedule& schedule, Instant cursor, Instant watched, Instant now,
             const model::CatchUp& rule) {
  const Instant gap_end = std::min(std::max(watched, now - kLate - kTick), now);
  const Firings gap = schedule::firings_in(schedule, cursor, gap_end);
  const auto in_time = schedule::next_firing(schedule, std::max(cursor, gap_end));
  const bool is_newest = !in_time || in_time->at > now;
  const Instant until =
      gap.count == 0 ? cursor : missed_until(schedule, cursor, gap, is_newest, now, rule);
  Due due;
  due.missed = schedule::firings_in(schedule, cursor, until);
  due.cursor = due.missed.count == 0 ? cursor : due.missed.last_at;
  for (auto next = schedule::next_firing(schedule, until); next && next->at <= now;
       next = schedule::next_firing(schedule, next->at)) {
    due.made.push_back(*next);
    due.cursor = next->at;
  }
  return due;
}

}  // namespace gantry::core
