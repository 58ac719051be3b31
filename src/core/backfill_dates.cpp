#include "core/backfill_dates.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "core/dates.h"
#include "core/params.h"
#include "core/timers.h"

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

Error lies_ahead(CivilDate date) {
  return refuse({"{} lies in the future: a backfill is for dates that have been",
                 "{} 在将来：补数只针对已经过去的日期"},
                format_date(date));
}

Error comes_later(CivilDate date, Instant at) {
  return refuse({"the timer makes the run of {} itself, at {}: leave that date out",
                 "{} 的运行将由定时器在 {} 自行启动：请去掉该日期"},
                format_date(date), format_instant(at));
}

void skip(BackfillDate& date, const Error& why) {
  date.fate = DateFate::Skipped;
  date.message = why.message;
  date.message_zh = why.zh;
}

void skip_if_off(BackfillDate& date, const schedule::Calendar& calendar) {
  const schedule::DayInfo info = calendar.day(date.date);
  if (is_work(info.kind)) return;
  const std::string& name = calendar.name();
  skip(date, info.name.empty()
                 ? refuse({"a day off in {}", "{} 中的休息日"}, name)
                 : refuse({"a day off in {} ({})", "{} 中的休息日（{}）"}, name, info.name));
}
}  // namespace

ValueMap backfill_params(const ValueMap& given, const model::Trigger* trigger) {
  ValueMap params = given;
  if (trigger == nullptr) return params;
  const Value own(given);
  for (const auto& param : trigger->params)
    if (own.find(param.first) == nullptr) params.push_back(param);
  return params;
}

Status check_backfill_params(const model::Workflow& workflow, const ValueMap& given,
                             const model::Trigger* trigger, Instant now,
                             const Surroundings& around) {
  model::RunOrigin origin;
  origin.workflow_name = workflow.name;
  origin.created_at = now;
  const auto params = complete_params(workflow, backfill_params(given, trigger), origin, around);
  return params.ok() ? ok() : Status(params.error());
}

Result<std::vector<BackfillDate>> backfill_dates(const DatesWanted& wanted,
                                                 const model::Workflow& workflow,
                                                 const model::Trigger* trigger,
                                                 const model::Calendars& calendars, Instant now) {
  TRY(const auto all, all_dates(wanted));
  if (trigger != nullptr) TRY_STATUS(days_of(*trigger, calendars));
  const bool scheduled = wanted.days == DaysWanted::Scheduled && wanted.dates.empty();
  const CivilDate today = schedule::local_date(zone_of(workflow), now);
  std::vector<BackfillDate> dates;
  for (const CivilDate date : all) {
    const auto firing =
        trigger == nullptr ? std::nullopt : firing_of(date, workflow, *trigger, calendars);
    if (scheduled && !firing) continue;
    if (today < date) return lies_ahead(date);
    if (firing && now < firing->at) return comes_later(date, firing->at);
    BackfillDate one{date, DateFate::Pending, {}, ""};
    if (wanted.days == DaysWanted::Working) skip_if_off(one, *wanted.calendar);
    dates.push_back(std::move(one));
  }
  if (dates.empty())
    return refuse({"the trigger fires on none of these dates; 'days: all' takes every day",
                   "触发器在这些日期都不触发；days: all 表示每一天"});
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
    date.run = found->second.run;
    skip(date, refuse({"run {} is {}", "运行 {} 的状态为 {}"}, date.run.value, name_of(state)));
  }
}

void skip_planned(std::vector<BackfillDate>& dates,
                  const std::map<CivilDate, BackfillId>& planned) {
  for (BackfillDate& date : dates) {
    const auto found = planned.find(date.date);
    if (found == planned.end() || date.fate != DateFate::Pending) continue;
    skip(date, refuse({"backfill {} has it", "补数 {} 已包含该日期"}, found->second.value));
  }
}

}  // namespace gantry::core
