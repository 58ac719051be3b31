#include "base/time.h"
#include "base/explain.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace gantry {

// Civil calendar arithmetic after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int64_t days_from_civil(CivilDate date) {
  const std::int64_t y = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t yoe = y - era * 400;
  const std::int64_t mp = (date.month + 9) % 12;
  const std::int64_t doy = (153 * mp + 2) / 5 + date.day - 1;
  const std::int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

CivilDate civil_from_days(std::int64_t day_number) {
  const std::int64_t z = day_number + 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const std::int64_t doe = z - era * 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  const int day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  const int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {static_cast<int>(yoe + era * 400) + (month <= 2 ? 1 : 0), month, day};
}

bool valid_date(CivilDate date) {
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return false;
  return civil_from_days(days_from_civil(date)) == date;
}

namespace {
// Reads exactly `count` digits at `text[at]`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool has_char(std::string_view text, std::size_t at, char c) {
  return at < text.size() && text[at] == c;
}
}  // namespace

Result<CivilDate> parse_date(std::string_view text) {
  const CivilDate date{digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || date.year < 0 || !valid_date(date))
    return refuse({"'{}' is not a date; write it as 2026-11-22", "“{}”不是日期；请写成 2026-11-22"},
                  text);
  return date;
}

namespace {
// Two digits at a time: a time is written for every attempt and history record.
void put_two(char* at, std::int64_t value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}
}  // namespace

std::string format_date(CivilDate date) {
  if (date.year < 0 || date.year > 9999)
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
  std::string out = "0000-00-00";
  put_two(&out[0], date.year / 100);
  put_two(&out[2], date.year % 100);
  put_two(&out[5], date.month);
  put_two(&out[8], date.day);
  return out;
}

std::string format_instant(Instant instant) {
  const auto [day, in_day] = split_days(instant.us);
  const std::int64_t second = in_day / 1000000;
  const std::int64_t us = in_day % 1000000;
  char time[] = "T00:00:00.000000Z";
  put_two(&time[1], second / 3600);
  put_two(&time[4], second / 60 % 60);
  put_two(&time[7], second % 60);
  put_two(&time[10], us / 10000);
  put_two(&time[12], us / 100 % 100);
  put_two(&time[14], us % 100);
  return format_date(civil_from_days(day)) + time;
}

namespace {
struct Fraction {
  std::int64_t us = 0;
  std::size_t end = 0;
  bool ok = true;
};

Fraction read_fraction(std::string_view text, std::size_t at) {
  if (!has_char(text, at, '.')) return {0, at, true};
  std::int64_t us = 0;
  std::size_t i = at + 1;
  std::int64_t unit = 100000;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, unit /= 10)
    us += (text[i] - '0') * unit;
  const std::size_t count = i - at - 1;
  return {us, i, count >= 1 && count <= 9};
}

// The offset in seconds at `text[at..]`, which must be all of the rest; 100000 if malformed.
int read_offset(std::string_view text, std::size_t at) {
  constexpr int kBad = 100000;
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) return 0;
  if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':')
    return kBad;
  const int hour = digits(text, at + 1, 2);
  const int minute = digits(text, at + 4, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return kBad;
  return (text[at] == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
}
}  // namespace

Result<Instant> parse_instant(std::string_view text) {
  const auto bad = [&] {
    return refuse({"'{}' is not a time; write it as 2026-11-22T10:00:00Z",
                   "“{}”不是时刻；请写成 2026-11-22T10:00:00Z"},
                  text);
  };
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return bad();
  auto date = parse_date(text.substr(0, 10));
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  const bool shape = has_char(text, 13, ':') && has_char(text, 16, ':') && date.ok();
  if (!shape || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return bad();
  const Fraction fraction = read_fraction(text, 19);
  if (!fraction.ok || fraction.end >= text.size()) return bad();
  const int offset = read_offset(text, fraction.end);
  if (offset == 100000) return bad();
  const std::int64_t in_day = hour * 3600 + minute * 60 + second - offset;
  return Instant{days_from_civil(*date) * days(1).us + in_day * 1000000 + fraction.us};
}

namespace {
struct Unit {
  std::string_view name;
  std::int64_t us;
};
constexpr std::array<Unit, 6> kUnits{{{"d", 86400000000},
                                      {"h", 3600000000},
                                      {"m", 60000000},
                                      {"s", 1000000},
                                      {"ms", 1000},
                                      {"us", 1}}};
}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return refuse({"'{}' is not a duration; write it as 10s, 5m, 1h30m or 2d",
                   "“{}”不是时长；请写成 10s、5m、1h30m 或 2d"},
                  text);
  };
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  std::string_view rest = text;
  if (rest.empty()) return bad();
  while (!rest.empty()) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (failure != std::errc() || rest.front() == '-') return bad();
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::string_view name = rest.substr(0, rest.find_first_of("0123456789"));
    rest.remove_prefix(name.size());
    std::size_t unit = next_unit;
    while (unit < kUnits.size() && kUnits[unit].name != name) ++unit;
    if (unit == kUnits.size()) return bad();
    if (number > days(400000).us / kUnits[unit].us)
      return refuse({"'{}' is too long; at most 400000d", "“{}”太长；最多 400000d"}, text);
    total += number * kUnits[unit].us;
    next_unit = unit + 1;
  }
  return Duration{total};
}

std::string format_duration(Duration duration) {
  if (duration.us == 0) return "0s";
  std::string text = duration.us < 0 ? "-" : "";
  // Unsigned, because the least duration has no positive counterpart.
  auto rest = static_cast<std::uint64_t>(duration.us);
  if (duration.us < 0) rest = 0 - rest;
  for (const Unit& unit : kUnits) {
    const auto size = static_cast<std::uint64_t>(unit.us);
    if (rest >= size) text += fmt::format("{}{}", rest / size, unit.name);
    rest %= size;
  }
  return text;
}

}  // namespace gantry
