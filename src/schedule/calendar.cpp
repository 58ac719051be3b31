#include "schedule/calendar.h"

#include <algorithm>
#include <utility>

#include "base/explain.h"

namespace gantry::schedule {

namespace {
constexpr std::uint8_t kWholeWeek = 0b1111111;

int weekday_of_number(std::int64_t day) {
  constexpr int kThursday = 4;  // 1970-01-01
  return static_cast<int>(((day + kThursday) % kDaysPerWeek + kDaysPerWeek) % kDaysPerWeek);
}

bool in_week(std::uint8_t week, std::int64_t day) {
  return (week >> weekday_of_number(day) & 1) != 0;
}

std::uint8_t week_of(const CalendarParts& parts) {
  if (parts.week) return *parts.week;
  if (parts.include.empty()) return kMondayToFriday;
  std::uint8_t week = kWholeWeek;
  for (const auto& member : parts.include) week &= member->week();
  return week;
}
}  // namespace

std::string_view name_of(DayKind kind) {
  constexpr std::string_view kNames[] = {"workday", "day_off", "holiday", "make_up"};
  return kNames[static_cast<std::size_t>(kind)];
}

int weekday_of(CivilDate date) { return weekday_of_number(days_from_civil(date)); }

Result<std::shared_ptr<const Calendar>> Calendar::make(const CalendarParts& parts) {
  Calendar made;
  made.name_ = parts.name;
  made.week_ = week_of(parts);
  made.years_ = parts.years;
  for (const auto& member : parts.include) made.include(*member);
  if (parts.hours) made.hours_ = parts.hours;
  made.put(parts.holidays, DayKind::Holiday);
  made.put(parts.workdays, DayKind::MakeUp);
  if (made.listed_.size() > kCalendarDaysMax)
    return refuse({"calendar '{}' has more than {} dates", "日历“{}”的日期超过 {} 个"}, parts.name,
                  kCalendarDaysMax);
  const auto works = [](const auto& entry) { return entry.second.kind == DayKind::MakeUp; };
  if (made.week_ == 0 && std::none_of(made.listed_.begin(), made.listed_.end(), works))
    return refuse({"calendar '{}' has no working day", "日历“{}”没有任何工作日"}, parts.name);
  return std::make_shared<const Calendar>(std::move(made));
}

void Calendar::include(const Calendar& member) {
  for (const auto& [day, info] : member.listed_) {
    const auto [at, is_new] = listed_.emplace(day, info);
    if (!is_new && at->second.kind == DayKind::MakeUp && info.kind == DayKind::Holiday)
      at->second = info;
  }
  if (!hours_) hours_ = member.hours_;
  if (!member.years_) return;
  if (!years_) years_ = member.years_;
  std::erase_if(*years_, [&](int year) { return !member.covers(year); });
}

void Calendar::put(const std::map<CivilDate, std::string>& dates, DayKind kind) {
  for (const auto& [date, name] : dates)
    listed_[days_from_civil(date)] = DayInfo{kind, name, name_};
}

bool Calendar::works_on(DayNumber day) const {
  const auto at = listed_.find(day);
  return at == listed_.end() ? in_week(week_, day) : is_work(at->second.kind);
}

DayInfo Calendar::day(CivilDate date) const {
  const DayNumber number = days_from_civil(date);
  const auto at = listed_.find(number);
  if (at != listed_.end()) return at->second;
  return {in_week(week_, number) ? DayKind::Workday : DayKind::DayOff, {}, {}};
}

bool Calendar::is_workday(CivilDate date) const { return works_on(days_from_civil(date)); }

// Walks along the list beside the days, so a holiday of years costs no search per day.
std::optional<Calendar::DayNumber> Calendar::next(DayNumber day) const {
  auto at = listed_.upper_bound(day);
  for (++day;; ++day) {
    if (week_ == 0) {  // only the list has working days
      if (at == listed_.end()) return std::nullopt;
      day = at->first;
    }
    const bool is_listed = at != listed_.end() && at->first == day;
    if (is_listed ? is_work(at->second.kind) : in_week(week_, day)) return day;
    if (is_listed) ++at;
  }
}

std::optional<Calendar::DayNumber> Calendar::previous(DayNumber day) const {
  auto after = listed_.lower_bound(day);
  for (--day;; --day) {
    if (week_ == 0) {
      if (after == listed_.begin()) return std::nullopt;
      day = std::prev(after)->first;
    }
    const bool is_listed = after != listed_.begin() && std::prev(after)->first == day;
    if (is_listed ? is_work(std::prev(after)->second.kind) : in_week(week_, day)) return day;
    if (is_listed) --after;
  }
}

std::optional<CivilDate> Calendar::next_workday(CivilDate date) const {
  const auto day = next(days_from_civil(date));
  return day ? std::optional(civil_from_days(*day)) : std::nullopt;
}

std::optional<CivilDate> Calendar::previous_workday(CivilDate date) const {
  const auto day = previous(days_from_civil(date));
  return day ? std::optional(civil_from_days(*day)) : std::nullopt;
}

std::optional<CivilDate> Calendar::add_workdays(CivilDate date, int n) const {
  if (n == 0) return is_workday(date) ? std::optional(date) : next_workday(date);
  if (n > kCalendarStepsMax || n < -kCalendarStepsMax) return std::nullopt;
  std::optional<DayNumber> day = days_from_civil(date);
  for (int left = n; left > 0 && day; --left) day = next(*day);
  for (int left = n; left < 0 && day; ++left) day = previous(*day);
  return day ? std::optional(civil_from_days(*day)) : std::nullopt;
}

WorkHours Calendar::hours(CivilDate date) const {
  constexpr WorkSpan kWholeDay{0, 24 * 60};
  if (!is_workday(date)) return {};
  if (!hours_) return {kWholeDay};
  const WorkHours& own = (*hours_)[static_cast<std::size_t>(weekday_of(date))];
  if (!own.empty() || day(date).kind != DayKind::MakeUp) return own;
  for (int i = 1; i <= kDaysPerWeek; ++i) {  // from Monday
    const auto weekday = static_cast<std::size_t>(i % kDaysPerWeek);
    if ((week_ >> weekday & 1) != 0 && !(*hours_)[weekday].empty()) return (*hours_)[weekday];
  }
  return own;
}

std::vector<Calendar::Listed> Calendar::listed() const {
  std::vector<Listed> out;
  for (const auto& [day, info] : listed_) out.push_back({civil_from_days(day), info});
  return out;
}

bool Calendar::operator==(const Calendar& other) const {
  return name_ == other.name_ && week_ == other.week_ && listed_ == other.listed_ &&
         hours_ == other.hours_ && years_ == other.years_;
}

}  // namespace gantry::schedule
