// Points and lengths of time. All are integer microseconds; arithmetic saturates nowhere, the
// limits are +-292,000 years. Three clocks are kept apart by type:
//   Instant  wall time, UTC since 1970 (schedules, history, what people see)
//   Steady   Gantry's own steady time: continues over restarts and reboots, is never set back
//            (delays, timeouts; see engine/steady_clock.h for how it survives a reboot)
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry {

struct Duration {
  std::int64_t us = 0;
  auto operator<=>(const Duration&) const = default;
};

constexpr Duration microseconds(std::int64_t n) { return {n}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1000000}; }
constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
constexpr Duration hours(std::int64_t n) { return seconds(n * 3600); }
constexpr Duration days(std::int64_t n) { return hours(n * 24); }
constexpr Duration operator+(Duration a, Duration b) { return {a.us + b.us}; }
constexpr Duration operator-(Duration a, Duration b) { return {a.us - b.us}; }
constexpr Duration operator*(Duration a, std::int64_t n) { return {a.us * n}; }

struct Instant {
  std::int64_t us = 0;
  auto operator<=>(const Instant&) const = default;
  static constexpr Instant max() { return {std::numeric_limits<std::int64_t>::max()}; }
};
constexpr Instant operator+(Instant a, Duration d) { return {a.us + d.us}; }
constexpr Instant operator-(Instant a, Duration d) { return {a.us - d.us}; }
constexpr Duration operator-(Instant a, Instant b) { return {a.us - b.us}; }

struct Steady {
  std::int64_t us = 0;
  auto operator<=>(const Steady&) const = default;
  static constexpr Steady max() { return {std::numeric_limits<std::int64_t>::max()}; }
};
constexpr Steady operator+(Steady a, Duration d) { return {a.us + d.us}; }
constexpr Duration operator-(Steady a, Steady b) { return {a.us - b.us}; }

struct Now {
  Instant wall;
  Steady steady;
  bool operator==(const Now&) const = default;
};

struct CivilDate {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  auto operator<=>(const CivilDate&) const = default;
};
// Days since 1970-01-01 (rounded down) and the microseconds of that day.
struct DayAndTime {
  std::int64_t day = 0;
  std::int64_t us = 0;
};
constexpr DayAndTime split_days(std::int64_t us_since_epoch) {
  constexpr std::int64_t kDay = days(1).us;
  const std::int64_t rest = us_since_epoch % kDay;
  if (rest < 0) return {us_since_epoch / kDay - 1, rest + kDay};
  return {us_since_epoch / kDay, rest};
}

std::int64_t days_from_civil(CivilDate date);  // days since 1970-01-01
CivilDate civil_from_days(std::int64_t day_number);
bool valid_date(CivilDate date);
Result<CivilDate> parse_date(std::string_view text);  // "2026-11-22"
std::string format_date(CivilDate date);

// RFC 3339 in UTC with microseconds: "2026-11-22T10:00:00.000000Z".
std::string format_instant(Instant instant);
// RFC 3339 with any offset and 0 to 9 fraction digits (rounded down to microseconds).
Result<Instant> parse_instant(std::string_view text);

// "1h30m", "250ms", "10s", "2d"; units us ms s m h d, each at most once, largest first, never
// negative, at most 400,000 days in each unit.
Result<Duration> parse_duration(std::string_view text);
// The same notation, "0s" for zero; with "-" in front if negative.
std::string format_duration(Duration duration);

}  // namespace gantry
