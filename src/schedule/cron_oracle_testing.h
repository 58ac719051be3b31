// The rules of docs/format/schedules.md applied literally, as an oracle that shares no code with
// cron_*.cpp: an expression is read anew, and held against what a clock shows, reading by reading.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/time.h"

namespace gantry::schedule {

// A moment of real time and what the clock on the wall shows.
struct Reading {
  Instant at;
  std::int64_t local = 0;  // seconds since 1970 on that clock
  std::tm shown{};
};

// Without H, whose hash would have to be ours.
class OracleCron {
 public:
  explicit OracleCron(std::string_view text) {
    for (const std::string_view field : split(text, ' ')) fields_.emplace_back(field);
    if (fields_.size() == 5) fields_.insert(fields_.begin(), "0");
    EXPECT_EQ(fields_.size(), 6u) << text;
    for (std::size_t i = 0; i < 60; ++i) {
      seconds_[i] = names(fields_[0], static_cast<int>(i), 0, 59);
      minutes_[i] = names(fields_[1], static_cast<int>(i), 0, 59);
      hours_[i] = i < 24 && names(fields_[2], static_cast<int>(i), 0, 23);
    }
  }

  bool by_the_second() const { return fields_[0] != "0"; }
  bool elapsed() const { return fields_[1][0] == '*' || fields_[2][0] == '*'; }

  bool matches(const std::tm& t) const {
    return seconds_[index(t.tm_sec)] && minutes_[index(t.tm_min)] && hours_[index(t.tm_hour)] &&
           day_matches(t);
  }

 private:
  static std::size_t index(int value) { return static_cast<std::size_t>(value); }

  static std::string_view upto(std::string_view text, char end) {
    return text.substr(0, text.find(end));
  }
  static std::string_view behind(std::string_view text, char begin) {
    const auto at = text.find(begin);
    return at == text.npos ? std::string_view() : text.substr(at + 1);
  }

  // JAN..DEC and SUN..SAT, or a number.
  static int number(std::string_view text) {
    static constexpr std::string_view kNames = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    static constexpr std::string_view kDays = "SUNMONTUEWEDTHUFRISAT";
    if (text.size() == 3 && kNames.find(text) != kNames.npos)
      return static_cast<int>(kNames.find(text) / 3) + 1;
    if (text.size() == 3 && kDays.find(text) != kDays.npos)
      return static_cast<int>(kDays.find(text) / 3);
    return std::atoi(std::string(text).c_str());
  }

  // Plain items: *, a, a-b, with steps.
  static bool item_names(std::string_view item, int value, int low, int high) {
    const std::string_view range = upto(item, '/');
    const int step = item.find('/') == item.npos ? 1 : number(behind(item, '/'));
    if (range == "*") return (value - low) % step == 0;
    const int first = number(upto(range, '-'));
    int last = range.find('-') == range.npos ? first : number(behind(range, '-'));
    if (range.find('-') == range.npos && item.find('/') != item.npos) last = high;
    return value >= first && value <= last && (value - first) % step == 0;
  }

  static bool names(const std::string& field, int value, int low, int high) {
    for (const std::string_view item : split(field, ','))
      if (item_names(item, value, low, high)) return true;
    return false;
  }

  static bool free(const std::string& field) { return field[0] == '*' || field == "?"; }

  bool day_matches(const std::tm& t) const {
    const int day_key = (t.tm_year * 12 + t.tm_mon) * 31 + t.tm_mday;
    if (day_key == known_day_) return known_;
    known_day_ = day_key;
    const bool month_side = month_day_named(t), week_side = weekday_named(t);
    const bool either = !free(fields_[3]) && !free(fields_[5]);
    known_ = names(fields_[4], t.tm_mon + 1, 1, 12) &&
             (either ? month_side || week_side : month_side && week_side);
    return known_;
  }

  static int weekday_of(const std::tm& t, int day) {
    return ((t.tm_wday + day - t.tm_mday) % 7 + 7) % 7;
  }
  static int length_of_month(const std::tm& t) {
    std::tm last{};
    last.tm_year = t.tm_year;
    last.tm_mon = t.tm_mon + 1;  // day 0 of the next month
    ::timegm(&last);
    return last.tm_mday;
  }

  // Of all days Monday to Friday of the month the one with the least distance.
  static int workday_nearest_to(const std::tm& t, int day) {
    int best = 100;
    for (int other = 1; other <= length_of_month(t); ++other)
      if (weekday_of(t, other) % 6 != 0 && std::abs(other - day) < std::abs(best - day))
        best = other;
    return best;
  }

  bool month_day_named(const std::tm& t) const {
    if (fields_[3] == "?") return true;
    const int last = length_of_month(t);
    for (const std::string_view item : split(fields_[3], ',')) {
      if (item == "L" && t.tm_mday == last) return true;
      if (item.starts_with("L-") && t.tm_mday == last - number(item.substr(2))) return true;
      if (item == "LW" && t.tm_mday == workday_nearest_to(t, last)) return true;
      if (item[0] == 'L') continue;
      const int day = number(upto(item, 'W'));
      if (item.ends_with('W')) {
        if (day <= last && t.tm_mday == workday_nearest_to(t, day)) return true;
        continue;
      }
      if (item_names(item, t.tm_mday, 1, 31)) return true;
    }
    return false;
  }

  bool weekday_named(const std::tm& t) const {
    if (fields_[5] == "?") return true;
    for (const std::string_view item : split(fields_[5], ',')) {
      const int which = t.tm_mday / 7 + (t.tm_mday % 7 != 0 ? 1 : 0);
      const bool special = item.find('#') != item.npos || item.ends_with('L');
      if (!special &&
          (item_names(item, t.tm_wday, 0, 6) || (t.tm_wday == 0 && item_names(item, 7, 0, 6))))
        return true;
      if (!special || number(upto(upto(item, '#'), 'L')) % 7 != t.tm_wday) continue;
      if (item.ends_with('L') ? t.tm_mday + 7 > length_of_month(t)
                              : which == number(behind(item, '#')))
        return true;
    }
    return false;
  }

  std::vector<std::string> fields_;
  std::array<bool, 60> seconds_{}, minutes_{}, hours_{};
  mutable int known_day_ = -1;
  mutable bool known_ = false;
};

inline std::tm civil(std::int64_t local_second) {
  const std::time_t second = static_cast<std::time_t>(local_second);
  std::tm out{};
  ::gmtime_r(&second, &out);
  return out;
}

// Every instant in (first, last] at which the expression fires; the readings are a minute apart, or
// a second for expressions with seconds.
inline std::vector<Instant> oracle(const OracleCron& cron, const std::vector<Reading>& readings) {
  const std::int64_t step = cron.by_the_second() ? 1 : 60;
  std::vector<Instant> out;
  std::int64_t reached = readings.front().local;  // the latest that was shown so far
  for (std::size_t i = 1; i < readings.size(); ++i) {
    const Reading& now = readings[i];
    bool fires = false;
    if (cron.elapsed()) {
      fires = cron.matches(now.shown);
    } else {
      for (; reached < now.local; reached += step) {
        const bool shown_now = reached + step == now.local;
        fires = cron.matches(shown_now ? now.shown : civil(reached + step)) || fires;
      }
    }
    if (fires) out.push_back(now.at);
  }
  return out;
}

}  // namespace gantry::schedule
