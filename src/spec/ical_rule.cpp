#include "spec/ical_rule.h"

#include <algorithm>
#include <charconv>

#include "base/explain.h"
#include "base/text.h"
#include "schedule/calendar.h"

namespace gantry::spec {

namespace {
constexpr std::string_view kWeekdays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
constexpr int kMonday = 1;

std::optional<int> number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int days_in_month(CivilDate date) {
  const CivilDate next =
      date.month == 12 ? CivilDate{date.year + 1, 1, 1} : CivilDate{date.year, date.month + 1, 1};
  return static_cast<int>(days_from_civil(next) - days_from_civil({date.year, date.month, 1}));
}

bool contains(const std::vector<int>& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Error not_understood(std::string_view part) {
  return refuse({"the rule has '{}', which is not understood", "规则中的“{}”无法理解"}, part);
}

class RuleReader {
 public:
  Result<IcalRule> read(std::string_view text) {
    bool has_freq = false;
    for (const std::string_view part : split(text, ';')) {
      const auto equals = part.find('=');
      const std::string key = in_capitals(part.substr(0, equals));
      const std::string value =
          equals == std::string_view::npos ? "" : in_capitals(part.substr(equals + 1));
      has_freq = has_freq || key == "FREQ";
      if (!read_part(key, value)) return not_understood(part);
    }
    if (!has_freq) return not_understood(text);
    // Every second week from Sunday on is not every second from Monday on.
    if (other_week_ && rule_.every == IcalRule::Every::Week && rule_.interval > 1)
      return not_understood("WKST");
    return rule_;
  }

 private:
  bool read_part(std::string_view key, std::string_view value) {
    if (key == "FREQ") return read_freq(value);
    if (key == "INTERVAL") return read_positive(value, rule_.interval);
    if (key == "COUNT") return read_positive(value, rule_.count);
    if (key == "WKST") return other_week_ = value != "MO", true;
    if (key == "BYMONTH") return read_list(value, 1, 12, rule_.months);
    if (key == "BYMONTHDAY") return read_list(value, -31, 31, rule_.month_days);
    if (key == "BYDAY") return read_weekdays(value);
    if (key != "UNTIL") return false;
    const auto until = parse_ical_time(value);
    if (until) rule_.until = until->date;
    return until.has_value();
  }

  bool read_freq(std::string_view value) {
    using Every = IcalRule::Every;
    constexpr std::pair<std::string_view, Every> kNames[] = {{"DAILY", Every::Day},
                                                             {"WEEKLY", Every::Week},
                                                             {"MONTHLY", Every::Month},
                                                             {"YEARLY", Every::Year}};
    for (const auto& [name, every] : kNames)
      if (name == value) return rule_.every = every, true;
    return false;
  }

  static bool read_positive(std::string_view value, int& into) {
    const auto n = number(value);
    if (!n || *n < 1) return false;
    into = *n;
    return true;
  }

  static bool read_list(std::string_view value, int min, int max, std::vector<int>& into) {
    for (const std::string_view item : split(value, ',')) {
      const auto n = number(item);
      if (!n || *n == 0 || *n < min || *n > max) return false;
      into.push_back(*n);
    }
    return true;
  }

  bool read_weekdays(std::string_view value) {
    for (const std::string_view item : split(value, ',')) {
      if (item.size() < 2) return false;
      const auto found =
          std::find(std::begin(kWeekdays), std::end(kWeekdays), item.substr(item.size() - 2));
      const std::string_view nth = item.substr(0, item.size() - 2);
      const auto n = nth.empty() ? std::optional(0) : number(nth);
      if (found == std::end(kWeekdays) || !n) return false;
      rule_.weekdays.push_back({static_cast<int>(found - std::begin(kWeekdays)), *n});
    }
    return true;
  }

  IcalRule rule_;
  bool other_week_ = false;
};

// Whether a day belongs to a rule: walks no periods, looks at each day by itself.
class Matcher {
 public:
  Matcher(const IcalRule& rule, CivilDate start) : rule_(rule), start_(start) {}

  bool matches(CivilDate date) const {
    return in_period(date) && in_month(date) && is_month_day(date) && is_weekday(date);
  }

 private:
  using Every = IcalRule::Every;

  bool in_period(CivilDate date) const {
    const std::int64_t days = days_from_civil(date) - days_from_civil(start_);
    switch (rule_.every) {
      case Every::Day: return days % rule_.interval == 0;
      case Every::Week: return (week_of(date) - week_of(start_)) % rule_.interval == 0;
      case Every::Month:
        return ((date.year - start_.year) * 12 + date.month - start_.month) % rule_.interval == 0;
      case Every::Year: return (date.year - start_.year) % rule_.interval == 0;
    }
    return false;
  }

  static std::int64_t week_of(CivilDate date) {
    constexpr int kWeek = schedule::kDaysPerWeek;
    const std::int64_t into = (schedule::weekday_of(date) - kMonday + kWeek) % kWeek;
    return (days_from_civil(date) - into) / kWeek;
  }

  bool in_month(CivilDate date) const {
    if (!rule_.months.empty()) return contains(rule_.months, date.month);
    const bool by_day = !rule_.month_days.empty() || !rule_.weekdays.empty();
    return rule_.every != Every::Year || by_day || date.month == start_.month;
  }

  bool is_month_day(CivilDate date) const {
    if (!rule_.month_days.empty())
      return contains(rule_.month_days, date.day) ||
             contains(rule_.month_days, date.day - days_in_month(date) - 1);
    const bool by_day = rule_.every == Every::Month || rule_.every == Every::Year;
    return !by_day || !rule_.weekdays.empty() || date.day == start_.day;
  }

  bool is_weekday(CivilDate date) const {
    const int weekday = schedule::weekday_of(date);
    if (rule_.weekdays.empty())
      return rule_.every != Every::Week || weekday == schedule::weekday_of(start_);
    return std::any_of(rule_.weekdays.begin(), rule_.weekdays.end(), [&](const auto& wanted) {
      return wanted.weekday == weekday && (wanted.nth == 0 || is_nth(date, wanted.nth));
    });
  }

  // Of the year for a yearly rule without months, else of the month.
  bool is_nth(CivilDate date, int nth) const {
    const bool of_year = rule_.every == Every::Year && rule_.months.empty();
    const CivilDate first{date.year, of_year ? 1 : date.month, 1};
    const CivilDate last{date.year, of_year ? 12 : date.month, of_year ? 31 : days_in_month(date)};
    const std::int64_t day = days_from_civil(date);
    const std::int64_t index = nth > 0 ? (day - days_from_civil(first)) / schedule::kDaysPerWeek
                                       : (days_from_civil(last) - day) / schedule::kDaysPerWeek;
    return index + 1 == (nth > 0 ? nth : -nth);
  }

  const IcalRule& rule_;
  const CivilDate start_;
};

}  // namespace

std::string in_capitals(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::optional<IcalTime> parse_ical_time(std::string_view text) {
  IcalTime out;
  if (text.ends_with('Z')) {
    out.is_utc = true;
    text.remove_suffix(1);
  }
  constexpr std::size_t kDate = 8, kTime = 15;
  if (text.size() != kDate && (text.size() != kTime || text[kDate] != 'T')) return std::nullopt;
  const std::string day(text.substr(0, kDate));
  const auto date = parse_date(day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2));
  if (!date.ok()) return std::nullopt;
  out.date = *date;
  if (text.size() == kDate) return out.is_utc ? std::nullopt : std::optional(out);
  const auto hour = number(text.substr(9, 2)), minute = number(text.substr(11, 2));
  if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59)
    return std::nullopt;
  out.is_date = false;
  out.minute = *hour * 60 + *minute;
  return out;
}

Result<IcalRule> parse_ical_rule(std::string_view text) { return RuleReader().read(text); }

std::vector<CivilDate> days_of(const IcalRule& rule, CivilDate start, int last_year) {
  const Matcher matcher(rule, start);
  std::vector<CivilDate> out;
  const std::int64_t end = days_from_civil({last_year, 12, 31});
  for (std::int64_t day = days_from_civil(start); day <= end; ++day) {
    const CivilDate date = civil_from_days(day);
    if (rule.until && date > *rule.until) break;
    if (!(date == start) && !matcher.matches(date)) continue;
    out.push_back(date);
    if (rule.count > 0 && out.size() == static_cast<std::size_t>(rule.count)) break;
  }
  return out;
}

}  // namespace gantry::spec
