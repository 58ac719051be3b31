#include <algorithm>
#include <bit>

#include "schedule/cron.h"
#include "schedule/cron_days.h"

namespace gantry::schedule {

namespace {
constexpr std::int64_t kSecondUs = seconds(1).us;
constexpr int kSecondsPerDay = 24 * 60 * 60;

// Seconds of local clocks are counted from 1970-01-01 00:00:00 on that clock.
using LocalSecond = std::int64_t;

// The first member that is at least `from`; -1 if none.
int first_from(std::uint64_t set, int from) {
  if (from > 63) return -1;
  const std::uint64_t rest = set >> from << from;
  return rest == 0 ? -1 : std::countr_zero(rest);
}

bool has_times(const CronFields& fields) {
  return fields.seconds != 0 && fields.minutes != 0 && fields.hours != 0;
}

int second_of_day(int hour, int minute, int second) { return (hour * 60 + minute) * 60 + second; }

// The first matching second of the day that is at least `from`; -1 if none.
int second_of_day_from(const CronFields& fields, int from) {
  const int hour = from / 3600;
  const int minute = from / 60 % 60;
  const int first_second = first_from(fields.seconds, 0);
  if (has(fields.hours, hour)) {
    const int second = first_from(fields.seconds, from % 60);
    if (second >= 0 && has(fields.minutes, minute)) return second_of_day(hour, minute, second);
    const int later = first_from(fields.minutes, minute + 1);
    if (later >= 0) return second_of_day(hour, later, first_second);
  }
  const int later = first_from(fields.hours, hour + 1);
  return later < 0 ? -1 : second_of_day(later, first_from(fields.minutes, 0), first_second);
}

// The first matching local second that is at least `from`, whether or not the clock ever shows it.
std::optional<LocalSecond> second_from(const CronFields& fields, LocalSecond from) {
  const auto [today, rest_us] = split_days(from * kSecondUs);
  auto day = day_from(fields, today);
  if (day == today) {
    const int second = second_of_day_from(fields, static_cast<int>(rest_us / kSecondUs));
    if (second >= 0) return today * kSecondsPerDay + second;
    day = day_from(fields, today + 1);
  }
  if (!day) return std::nullopt;
  return *day * kSecondsPerDay + second_of_day_from(fields, 0);
}

LocalSecond second_at_or_after(LocalTime local) {
  const LocalSecond second = local.us / kSecondUs;
  return local.us % kSecondUs > 0 ? second + 1 : second;
}

// For expressions that follow the clock as it runs: span by span of constant offset.
std::optional<Instant> next_elapsed(const Cron& cron, Instant after) {
  // Some fit only into gaps (minutes after 2:00 on each day the clock is set forth): no endless
  // search.
  const Instant search_end = after + days(366 * kSearchYears);
  // Offsets are less than a day, so two of them differ by less than this.
  constexpr Duration kAnyChange = days(2);
  Instant from = after + microseconds(1);
  while (from < search_end) {
    const OffsetSpan span = cron.zone.span_at(from);
    const auto second = second_from(cron.fields, second_at_or_after({from.us + span.offset.us}));
    if (!second) return std::nullopt;
    const Instant firing = Instant{*second * kSecondUs} - span.offset;
    if (firing < span.end) return firing;
    // Whatever the offset will be, no clock shows a match until shortly before.
    const bool far = span.end - from > kAnyChange;
    from = far ? std::max(span.end, firing - kAnyChange) : span.end;
  }
  return std::nullopt;
}

// For expressions that name times of day. first_instant() puts gaps and repeated hours right; it
// never goes back as local time advances, so the first second that leads past `after` is the
// answer.
std::optional<Instant> next_fixed(const Cron& cron, Instant after) {
  LocalSecond from = second_at_or_after(first_unseen(cron.zone, after));
  for (;;) {
    const auto second = second_from(cron.fields, from);
    if (!second) return std::nullopt;
    const Instant firing = first_instant(cron.zone, {*second * kSecondUs});
    if (firing > after) return firing;
    from = *second + 1;
  }
}
}  // namespace

std::optional<Instant> next_after(const Cron& cron, Instant after) {
  constexpr Instant kFirst{-2208988800000000};  // 1900-01-01: what lies before is not asked for
  constexpr Instant kEnd{253370764800000000};   // 9999-01-01
  after = std::max(after, kFirst);
  if (after >= kEnd || !has_times(cron.fields)) return std::nullopt;
  const auto firing =
      cron.fields.elapsed_time ? next_elapsed(cron, after) : next_fixed(cron, after);
  return firing && *firing < kEnd ? firing : std::nullopt;
}

namespace {
// The seconds of a day at which an expression fires.
struct DayTimes {
  std::int64_t count = 0;
  Duration first;
  Duration before_last;  // only if there are two
  Duration last;
};

int last_of(std::uint64_t set) { return 63 - std::countl_zero(set); }
std::uint64_t without_last(std::uint64_t set) { return set & ~(std::uint64_t{1} << last_of(set)); }

Duration last_time(std::uint64_t hours, std::uint64_t minutes, std::uint64_t seconds_set) {
  return seconds(second_of_day(last_of(hours), last_of(minutes), last_of(seconds_set)));
}

Duration time_before_last(const CronFields& f) {
  if (const auto earlier = without_last(f.seconds)) return last_time(f.hours, f.minutes, earlier);
  if (const auto earlier = without_last(f.minutes)) return last_time(f.hours, earlier, f.seconds);
  if (const auto earlier = without_last(f.hours)) return last_time(earlier, f.minutes, f.seconds);
  return {};
}

DayTimes times_of(const CronFields& fields) {
  return {std::int64_t{std::popcount(fields.seconds)} * std::popcount(fields.minutes) *
              std::popcount(fields.hours),
          seconds(second_of_day_from(fields, 0)), time_before_last(fields),
          last_time(fields.hours, fields.minutes, fields.seconds)};
}

// From where on in a span a day that matches has each of its times once. Times of day also come
// after what a gap or a repeated hour before it made of them; the elapsed time does not.
Instant undisturbed_from(const Cron& cron, const OffsetSpan& span) {
  if (cron.fields.elapsed_time) return span.begin;
  return span.begin + days(2);
}

// Counts the days of the local calendar from that of `next`, the first firing after `after`, that
// lie whole before `until` and far from any change of the clock: there a day that matches has each
// of its times once. Gives the instant up to which all is counted; nothing if there is no such day.
std::optional<Instant> count_whole_days(const Cron& cron, Instant after, Instant next,
                                        Instant until, Firings& firings) {
  const OffsetSpan span = cron.zone.span_at(next);
  const Instant begin = std::max(after + microseconds(1), undisturbed_from(cron, span));
  const Instant end = std::min(span.end, until);
  std::int64_t day = split_days(next.us + span.offset.us).day;
  const auto begin_of = [&](std::int64_t d) { return Instant{d * days(1).us} - span.offset; };
  if (begin_of(day) < begin || begin_of(day + 1) > end) return std::nullopt;
  const DayTimes times = times_of(cron.fields);
  for (; begin_of(day + 1) <= end; ++day) {
    const CivilDate date = civil_from_days(day);
    if (!has(cron.fields.months, date.month) || !day_matches(cron.fields, date, day)) continue;
    if (firings.count == 0) firings.first = begin_of(day) + times.first;
    firings.before_last = times.count > 1 ? begin_of(day) + times.before_last : firings.last;
    firings.last = begin_of(day) + times.last;
    firings.last_at = firings.last;
    firings.count += times.count;
  }
  return begin_of(day) - microseconds(1);
}
}  // namespace

Firings firings_in(const Cron& cron, Instant after, Instant until) {
  Firings firings;
  for (auto next = next_after(cron, after); next && *next <= until;
       next = next_after(cron, after)) {
    const auto counted = count_whole_days(cron, after, *next, until, firings);
    if (!counted) firings.add(*next);
    after = counted.value_or(*next);
  }
  return firings;
}

}  // namespace gantry::schedule
