#include <algorithm>
#include <bit>

#include "schedule/cron.h"

namespace gantry::schedule {

namespace {
constexpr std::int64_t kMinuteUs = minutes(1).us;
constexpr int kMinutesPerDay = 24 * 60;
// 29 February on given weekdays can be 40 years away (around 2100).
constexpr int kSearchYears = 44;

// Minutes of local clocks are counted from 1970-01-01 00:00 on that clock.
using LocalMinute = std::int64_t;

template <typename Set>
bool has(Set set, int bit) {
  return (set >> bit & 1) != 0;
}

// The first member that is at least `from`; -1 if none.
int first_from(std::uint64_t set, int from) {
  if (from > 63) return -1;
  const std::uint64_t rest = set >> from << from;
  return rest == 0 ? -1 : std::countr_zero(rest);
}

// The first matching minute of the day that is at least `from`; -1 if none.
int minute_of_day_from(const CronFields& fields, int from) {
  const int hour = from / 60;
  if (has(fields.hours, hour)) {
    const int minute = first_from(fields.minutes, from % 60);
    if (minute >= 0) return hour * 60 + minute;
  }
  const int later = first_from(fields.hours, hour + 1);
  return later < 0 ? -1 : later * 60 + first_from(fields.minutes, 0);
}

bool day_matches(const CronFields& fields, int day_of_month, std::int64_t day_number) {
  const int weekday =
      static_cast<int>(((day_number + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
  const bool in_month = has(fields.days, day_of_month);
  const bool in_week = has(fields.weekdays, weekday);
  return fields.either_day ? in_month || in_week : in_month && in_week;
}

CivilDate first_of_next_month(CivilDate date) {
  return date.month == 12 ? CivilDate{date.year + 1, 1, 1}
                          : CivilDate{date.year, date.month + 1, 1};
}

// The first matching day from `day_number` on, by the calendar alone.
std::optional<std::int64_t> day_from(const CronFields& fields, std::int64_t day_number) {
  CivilDate date = civil_from_days(day_number);
  const int last_year = date.year + kSearchYears;
  while (date.year <= last_year) {
    const CivilDate next_month = first_of_next_month(date);
    const std::int64_t end = days_from_civil(next_month);
    if (has(fields.months, date.month)) {
      for (int day = date.day; day_number < end; ++day, ++day_number)
        if (day_matches(fields, day, day_number)) return day_number;
    }
    date = next_month;
    day_number = end;
  }
  return std::nullopt;
}

// The first matching local minute that is at least `from`, whether or not the clock ever shows it.
std::optional<LocalMinute> minute_from(const CronFields& fields, LocalMinute from) {
  const auto [today, rest_us] = split_days(from * kMinuteUs);
  const auto day = day_from(fields, today);
  if (!day) return std::nullopt;
  if (*day == today) {
    const int minute = minute_of_day_from(fields, static_cast<int>(rest_us / kMinuteUs));
    if (minute >= 0) return today * kMinutesPerDay + minute;
    return minute_from(fields, (today + 1) * kMinutesPerDay);
  }
  return *day * kMinutesPerDay + minute_of_day_from(fields, 0);
}

LocalMinute minute_at_or_after(LocalTime local) {
  const std::int64_t minute = local.us / kMinuteUs;
  return local.us % kMinuteUs > 0 ? minute + 1 : minute;
}

// For expressions that follow the clock as it runs: span by span of constant offset.
std::optional<Instant> next_elapsed(const Cron& cron, Instant after) {
  // Some fit only into gaps (minutes after 2:00 on each day the clock is set forth): no endless
  // search.
  const Instant search_end = after + days(366 * kSearchYears);
  Instant from = after + microseconds(1);
  while (from < search_end) {
    const OffsetSpan span = cron.zone.span_at(from);
    const auto minute = minute_from(cron.fields, minute_at_or_after({from.us + span.offset.us}));
    if (!minute) return std::nullopt;
    const Instant firing = Instant{*minute * kMinuteUs} - span.offset;
    if (firing < span.end) return firing;
    from = span.end;
  }
  return std::nullopt;
}

// For expressions that name times of day. first_instant() puts gaps and repeated hours right; it
// never goes back as local time advances, so the first minute that leads past `after` is the
// answer.
std::optional<Instant> next_fixed(const Cron& cron, Instant after) {
  LocalMinute from = minute_at_or_after(first_unseen(cron.zone, after));
  for (;;) {
    const auto minute = minute_from(cron.fields, from);
    if (!minute) return std::nullopt;
    const Instant firing = first_instant(cron.zone, {*minute * kMinuteUs});
    if (firing > after) return firing;
    from = *minute + 1;
  }
}
}  // namespace

std::optional<Instant> next_after(const Cron& cron, Instant after) {
  constexpr Instant kFirst{-2208988800000000};  // 1900-01-01: what lies before is not asked for
  constexpr Instant kEnd{253370764800000000};   // 9999-01-01
  after = std::max(after, kFirst);
  if (after >= kEnd || cron.fields.minutes == 0 || cron.fields.hours == 0) return std::nullopt;
  const auto firing =
      cron.fields.elapsed_time ? next_elapsed(cron, after) : next_fixed(cron, after);
  return firing && *firing < kEnd ? firing : std::nullopt;
}

namespace {
// The minutes of a day on which an expression fires.
struct DayTimes {
  int count = 0;
  int first = 0;
  int before_last = 0;
  int last = 0;
};

DayTimes times_of(const CronFields& fields) {
  DayTimes times;
  for (int at = minute_of_day_from(fields, 0); at >= 0;
       at = at + 1 < kMinutesPerDay ? minute_of_day_from(fields, at + 1) : -1) {
    if (times.count++ == 0) times.first = at;
    times.before_last = times.last;
    times.last = at;
  }
  return times;
}

// Counts the days of the local calendar from that of `next`, the first firing after `after`, that
// lie whole before `until` and far from any change of the clock: there a day that matches has each
// of its minutes once. Gives the instant up to which all is counted; nothing if there is no such
// day.
std::optional<Instant> count_whole_days(const Cron& cron, Instant after, Instant next,
                                        Instant until, Firings& firings) {
  const OffsetSpan span = cron.zone.span_at(next);
  if (next - days(2) < span.begin) return std::nullopt;  // a repeated hour or a gap reaches so far
  const Instant end = std::min(span.end, until);
  std::int64_t day = split_days(next.us + span.offset.us).day;
  const auto begin_of = [&](std::int64_t d) { return Instant{d * days(1).us} - span.offset; };
  if (begin_of(day) <= after || begin_of(day + 1) > end) return std::nullopt;
  const DayTimes times = times_of(cron.fields);
  for (; begin_of(day + 1) <= end; ++day) {
    const CivilDate date = civil_from_days(day);
    if (!has(cron.fields.months, date.month) || !day_matches(cron.fields, date.day, day)) continue;
    if (firings.count == 0) firings.first = begin_of(day) + minutes(times.first);
    firings.before_last =
        times.count > 1 ? begin_of(day) + minutes(times.before_last) : firings.last;
    firings.last = begin_of(day) + minutes(times.last);
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
