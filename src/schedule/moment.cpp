#include "schedule/moment.h"

#include "base/explain.h"

namespace gantry::schedule {

namespace {

constexpr std::size_t kDateLength = 10;  // 2026-01-31
constexpr std::size_t kHourMinute = 5;   // 06:00
constexpr std::size_t kWithSeconds = 8;

std::optional<int> two_digits(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 2 || !digit(text[0]) || !digit(text[1])) return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

// "06:00", "06:00:30".
std::optional<Duration> time_of_day(std::string_view text) {
  if (text.size() != kHourMinute && text.size() != kWithSeconds) return std::nullopt;
  const auto hour = two_digits(text.substr(0, 2));
  const auto minute = two_digits(text.substr(3, 2));
  const bool has_seconds = text.size() == kWithSeconds;
  const auto second = has_seconds ? two_digits(text.substr(6, 2)) : std::optional(0);
  const bool colons = text[2] == ':' && (!has_seconds || text[5] == ':');
  if (!hour || !minute || !second || !colons) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return hours(*hour) + minutes(*minute) + seconds(*second);
}

Instant on_clock(const Zone& zone, CivilDate date, Duration time) {
  return first_instant(zone, {days(days_from_civil(date)).us + time.us});
}

Instant next_time(const Zone& zone, Duration time, Instant now) {
  const std::int64_t today = days_from_civil(local_date(zone, now));
  const Instant first = on_clock(zone, civil_from_days(today), time);
  return first > now ? first : on_clock(zone, civil_from_days(today + 1), time);
}

std::optional<Instant> on_day(std::string_view text, const Zone& zone) {
  const auto date = parse_date(text.substr(0, kDateLength));
  if (!date.ok()) return std::nullopt;
  if (text.size() == kDateLength) return start_of_day(zone, *date);
  const char separator = text[kDateLength];
  const auto time = time_of_day(text.substr(kDateLength + 1));
  if ((separator != 'T' && separator != ' ') || !time) return std::nullopt;
  return on_clock(zone, *date, *time);
}

}  // namespace

Result<Instant> moment_of(std::string_view text, const Zone& zone, Instant now) {
  if (const auto time = time_of_day(text)) return next_time(zone, *time, now);
  if (text.size() >= kDateLength)
    if (const auto at = on_day(text, zone)) return *at;
  if (auto at = parse_instant(text); at.ok()) return at;
  return refuse({"'{}' is no time such as 2026-01-31T06:00, 2026-01-31T06:00:00Z or 06:00",
                 "“{}”不是时间，例如 2026-01-31T06:00、2026-01-31T06:00:00Z 或 06:00"},
                text);
}

}  // namespace gantry::schedule
