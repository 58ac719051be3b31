#include "schedule/posix_tz.h"

#include <algorithm>
#include <array>
#include <limits>

namespace gantry::schedule {

namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool accept(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<int> number(int low, int high) {
    int value = 0;
    std::size_t count = 0;
    while (count < rest_.size() && count < 4 && is_digit(rest_[count]))
      value = value * 10 + (rest_[count++] - '0');
    if (count == 0 || value < low || value > high) return std::nullopt;
    rest_.remove_prefix(count);
    return value;
  }

  // "EST" or "<+0330>".
  bool name() {
    if (accept('<')) {
      const auto end = rest_.find('>');
      if (end == std::string_view::npos || end == 0) return false;
      rest_.remove_prefix(end + 1);
      return true;
    }
    std::size_t count = 0;
    while (count < rest_.size() && is_letter(rest_[count])) ++count;
    rest_.remove_prefix(count);
    return count >= 3;
  }

  // [+-]hh[:mm[:ss]] in seconds.
  std::optional<int> time(int hours_max) {
    const int sign = accept('-') ? -1 : 1;
    if (sign == 1) accept('+');
    const auto hour = number(0, hours_max);
    if (!hour) return std::nullopt;
    int total = *hour * 3600;
    for (const int unit : {60, 1}) {
      if (!accept(':')) break;
      const auto part = number(0, 59);
      if (!part) return std::nullopt;
      total += *part * unit;
    }
    return sign * total;
  }

  std::optional<YearlyRule> rule() {
    YearlyRule rule;
    if (!day(rule)) return std::nullopt;
    if (!accept('/')) return rule;
    const auto second = time(167);
    if (!second) return std::nullopt;
    rule.second = *second;
    return rule;
  }

 private:
  bool day(YearlyRule& rule) {
    using Kind = YearlyRule::Kind;
    if (accept('M')) return month_week_day(rule);
    rule.kind = accept('J') ? Kind::JulianNoLeap : Kind::DayOfYear;
    const auto n = number(rule.kind == Kind::JulianNoLeap ? 1 : 0, 365);
    rule.day = n.value_or(0);
    return n.has_value();
  }

  bool month_week_day(YearlyRule& rule) {
    rule.kind = YearlyRule::Kind::MonthWeekday;
    const auto month = number(1, 12);
    if (!month || !accept('.')) return false;
    const auto week = number(1, 5);
    if (!week || !accept('.')) return false;
    const auto weekday = number(0, 6);
    if (!weekday) return false;
    rule.month = *month;
    rule.week = *week;
    rule.weekday = *weekday;
    return true;
  }

  std::string_view rest_;
};
}  // namespace

std::optional<PosixTz> parse_posix_tz(std::string_view text) {
  Reader reader(text);
  if (!reader.name()) return std::nullopt;
  const auto west = reader.time(24);
  if (!west) return std::nullopt;
  PosixTz tz;
  tz.standard_seconds = -*west;
  if (reader.at_end()) return tz;

  if (!reader.name()) return std::nullopt;
  PosixTz::Daylight daylight;
  daylight.offset_seconds = tz.standard_seconds + 3600;
  if (!reader.next_is(',')) {
    const auto daylight_west = reader.time(24);
    if (!daylight_west) return std::nullopt;
    daylight.offset_seconds = -*daylight_west;
  }
  if (!reader.accept(',')) return std::nullopt;
  const auto begin = reader.rule();
  if (!begin || !reader.accept(',')) return std::nullopt;
  const auto end = reader.rule();
  if (!end || !reader.at_end()) return std::nullopt;
  daylight.begin = *begin;
  daylight.end = *end;
  tz.daylight = daylight;
  return tz;
}

namespace {
bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int weekday_of(std::int64_t day_number) { return static_cast<int>(((day_number + 4) % 7 + 7) % 7); }

std::int64_t month_weekday_day(const YearlyRule& rule, int year) {
  const std::int64_t first = days_from_civil({year, rule.month, 1});
  const bool december = rule.month == 12;
  const std::int64_t next =
      days_from_civil({december ? year + 1 : year, december ? 1 : rule.month + 1, 1});
  std::int64_t day = first + (rule.weekday - weekday_of(first) + 7) % 7 + 7 * (rule.week - 1);
  if (day >= next) day -= 7;
  return day;
}

std::int64_t day_number(const YearlyRule& rule, int year) {
  const std::int64_t new_year = days_from_civil({year, 1, 1});
  switch (rule.kind) {
    case YearlyRule::Kind::MonthWeekday: return month_weekday_day(rule, year);
    case YearlyRule::Kind::JulianNoLeap:
      return new_year + rule.day - 1 + (is_leap(year) && rule.day >= 60 ? 1 : 0);
    case YearlyRule::Kind::DayOfYear: return new_year + rule.day;
  }
  return new_year;
}

struct Transition {
  Instant at;
  int offset_seconds = 0;  // from then on
};

Transition transition(const YearlyRule& rule, int year, int offset_before, int offset_after) {
  return {Instant{} + days(day_number(rule, year)) + seconds(rule.second - offset_before),
          offset_after};
}
}  // namespace

PosixSpan posix_span_at(const PosixTz& rule, Instant instant) {
  constexpr Instant kFirst{std::numeric_limits<std::int64_t>::min()};
  const int standard = rule.standard_seconds;
  if (!rule.daylight) return {kFirst, Instant::max(), seconds(standard)};

  const int daylight = rule.daylight->offset_seconds;
  const int year = civil_from_days(instant.us / days(1).us).year;
  std::array<Transition, 6> transitions;
  for (int i = 0; i < 3; ++i) {
    const auto at = static_cast<std::size_t>(2 * i);
    transitions[at] = transition(rule.daylight->begin, year - 1 + i, standard, daylight);
    transitions[at + 1] = transition(rule.daylight->end, year - 1 + i, daylight, standard);
  }
  // Stable: where daylight saving lasts all year its end and its next begin are one instant, and
  // the begin, which comes later in the list, must win.
  std::stable_sort(transitions.begin(), transitions.end(),
                   [](const Transition& a, const Transition& b) { return a.at < b.at; });
  const auto next = std::find_if(transitions.begin(), transitions.end(),
                                 [&](const Transition& t) { return t.at > instant; });
  CHECK(next != transitions.begin() && next != transitions.end());
  const auto current = std::prev(next);
  return {current->at, next->at, seconds(current->offset_seconds)};
}

}  // namespace gantry::schedule
