#include "core/backfill_dates.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "core/dates.h"

namespace gantry::core {

using model::BackfillDate;
using model::DateFate;

namespace {
Status check_span(CivilDate first, CivilDate last) {
  if (last < first)
    return refuse({"'from' {} is after 'to' {}", "“from” {} 晚于“to” {}"}, format_date(first),
                  format_date(last));
  if (days_from_civil(last) - days_from_civil(first) >= kBackfillSpanDaysMax)
    return refuse({"from {} to {} are more than {} days", "{} 至 {} 超过 {} 天"},
                  format_date(first), format_date(last), kBackfillSpanDaysMax);
  return ok();
}

// Ascending.
Result<std::vector<CivilDate>> all_dates(const DatesWanted& wanted) {
  if (wanted.dates.empty()) {
    std::vector<CivilDate> dates;
    TRY_STATUS(check_span(*wanted.first, *wanted.last));
    for (auto day = days_from_civil(*wanted.first); day <= days_from_civil(*wanted.last); ++day)
      dates.push_back(civil_from_days(day));
    return dates;
  }
  std::vector<CivilDate> dates = wanted.dates;
  std::sort(dates.begin(), dates.end());
  const auto twice = std::adjacent_find(dates.begin(), dates.end());
  if (twice != dates.end())
    return refuse({"{} is listed twice", "{} 出现了两次"}, format_date(*twice));
  return dates;
}

// Empty: a working day.
std::string day_off(const schedule::Calendar& calendar, CivilDate date) {
  const schedule::DayInfo info = calendar.day(date);
  if (is_work(info.kind)) return {};
  const std::string name = info.name.empty() ? "" : " (" + info.name + ")";
  return fmt::format("a day off in {}{}", calendar.name(), name);
}
}  // namespace

Result<std::vector<BackfillDate>> backfill_dates(const DatesWanted& wanted,
                                                 const model::Workflow& workflow,
                                                 const model::Trigger* trigger,
                                                 const model::Calendars& calendars,
                                                 CivilDate today) {
  TRY(const auto all, all_dates(wanted));
  const bool scheduled = wanted.days == DaysWanted::Scheduled && wanted.dates.empty();
  std::vector<BackfillDate> dates;
  for (const CivilDate date : all) {
    if (scheduled && !(trigger && firing_on(date, workflow, *trigger, calendars))) continue;
    BackfillDate one{date, DateFate::Pending, {}, ""};
    if (wanted.days == DaysWanted::Working) one.message = day_off(*wanted.calendar, date);
    if (!one.message.empty()) one.fate = DateFate::Skipped;
    dates.push_back(std::move(one));
  }
  if (dates.empty())
    return refuse({"the trigger fires on none of these dates; 'days: all' takes every day",
                   "触发器在这些日期都不触发；days: all 表示每一天"});
  if (today < dates.back().date)
    return refuse(
        {"{} lies in the future: its timer will make that run", "{} 在将来：到时由定时器运行"},
        format_date(dates.back().date));
  if (dates.size() > limits::kBackfillDatesMax)
    return refuse(
        {"these are {} dates; a backfill has at most {}", "共有 {} 个日期；一次补数最多 {} 个"},
        dates.size(), limits::kBackfillDatesMax);
  if (wanted.reverse) std::reverse(dates.begin(), dates.end());
  return dates;
}

void skip_already_run(std::vector<BackfillDate>& dates, const std::vector<model::DateRun>& runs,
                      AlreadyRun already_run) {
  std::map<CivilDate, model::DateRun> newest;
  for (const model::DateRun& run : runs) newest[run.date] = run;
  for (BackfillDate& date : dates) {
    const auto found = newest.find(date.date);
    if (found == newest.end() || date.fate != DateFate::Pending) continue;
    const model::RunState state = found->second.state;
    const bool failed = state == model::RunState::Failed || state == model::RunState::Cancelled;
    if (already_run == AlreadyRun::All || (already_run == AlreadyRun::Failed && failed)) continue;
    date.fate = DateFate::Skipped;
    date.run = found->second.run;
    date.message = fmt::format("run {} is {}", date.run.value, name_of(state));
  }
}

}  // namespace gantry::core
