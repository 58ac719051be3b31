// Calendars: which days are working days, and their working hours. A value without a time zone: it
// knows dates only; whoever asks says which date it is where.
//
// A date is decided by the first of these that says something of it:
//   1. the calendar's own holidays and make-up days (no date is both);
//   2. the holidays of any calendar it includes;
//   3. the make-up days of any calendar it includes;
//   4. the weekly pattern: its own, else the weekdays on which all the included ones work.
// So a union has the days off of all its members, a make-up day of one member counts although it is
// a Saturday for the others, and only who writes a date down himself overrules a member's holiday.
//
// Who gathers holidays year by year says for which years they are complete. In other years the
// weekly pattern counts, and covers() tells.
//
// Immutable, so it may be used from many threads. Questions take microseconds, whatever the
// calendar: it has at most kCalendarDaysMax dates.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace gantry::schedule {

constexpr std::size_t kCalendarDaysMax = 20'000;  // dates of one calendar, with its includes
constexpr int kCalendarStepsMax = 10'000;         // working days that are counted at once

enum class DayKind : std::uint8_t { Workday, DayOff, Holiday, MakeUp };
constexpr bool is_work(DayKind kind) { return kind == DayKind::Workday || kind == DayKind::MakeUp; }

std::string_view name_of(DayKind kind);  // "workday", "day_off", "holiday", "make_up"

struct DayInfo {
  DayKind kind = DayKind::Workday;
  std::string name;    // "国庆节"; may be empty
  std::string source;  // the calendar that lists the date; empty if the weekly pattern decided
  bool operator==(const DayInfo&) const = default;
};

// Minutes of the day, begin < end <= 1440.
struct WorkSpan {
  int begin = 0;
  int end = 0;
  bool operator==(const WorkSpan&) const = default;
};
using WorkHours = std::vector<WorkSpan>;  // in order, apart from each other

// Days of the week are numbered from Sunday = 0, as cron does.
constexpr int kDaysPerWeek = 7;
using WeekHours = std::array<WorkHours, kDaysPerWeek>;
constexpr std::uint8_t kMondayToFriday = 0b0111110;

class Calendar;

// What a calendar is made from.
struct CalendarParts {
  std::string name;
  std::optional<std::uint8_t> week;           // bit n: day n of the week is a working day
  std::map<CivilDate, std::string> holidays;  // names, which may be empty
  std::map<CivilDate, std::string> workdays;  // make-up days
  std::optional<WeekHours> hours;
  std::optional<std::set<int>> years;  // it is complete for these; none: for all
  std::vector<std::shared_ptr<const Calendar>> include;
};

class Calendar {
 public:
  // Refused if it has no working day in the week and no make-up day, or too many dates.
  static Result<std::shared_ptr<const Calendar>> make(const CalendarParts& parts);

  const std::string& name() const { return name_; }
  DayInfo day(CivilDate date) const;
  bool is_workday(CivilDate date) const;
  // The first working day after or before `date`, which does not count; nothing if there is none.
  std::optional<CivilDate> next_workday(CivilDate date) const;
  std::optional<CivilDate> previous_workday(CivilDate date) const;
  // The n-th working day after (n > 0) or before (n < 0) `date`. n = 0: the date itself, or the
  // next working day if it is none. |n| is at most kCalendarStepsMax.
  std::optional<CivilDate> add_workdays(CivilDate date, int n) const;

  // The hours of a working day, empty for another. A make-up day on a weekday without hours has
  // those of the first working day of the week that has some. Without any hours: the whole day.
  WorkHours hours(CivilDate date) const;

  bool covers(int year) const { return !years_ || years_->contains(year); }
  // Null: complete for all.
  const std::set<int>* years() const { return years_ ? &*years_ : nullptr; }
  std::uint8_t week() const { return week_; }
  // Holidays and make-up days in order, those of included calendars, too.
  struct Listed {
    CivilDate date;
    DayInfo info;
    bool operator==(const Listed&) const = default;
  };
  std::vector<Listed> listed() const;

  bool operator==(const Calendar& other) const;

 private:
  using DayNumber = std::int64_t;  // days since 1970-01-01
  Calendar() = default;
  void include(const Calendar& member);
  void put(const std::map<CivilDate, std::string>& dates, DayKind kind);
  bool works_on(DayNumber day) const;
  std::optional<DayNumber> next(DayNumber day) const;
  std::optional<DayNumber> previous(DayNumber day) const;

  std::string name_;
  std::uint8_t week_ = kMondayToFriday;
  std::map<DayNumber, DayInfo> listed_;
  std::optional<WeekHours> hours_;
  std::optional<std::set<int>> years_;
};

int weekday_of(CivilDate date);  // 0 = Sunday

}  // namespace gantry::schedule
