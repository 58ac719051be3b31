#include "api/backfill_ask.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/explain.h"
#include "base/hash.h"
#include "base/json.h"
#include "core/backfill_dates.h"
#include "core/dates.h"
#include "spec/calendar_words.h"

namespace gantry::api {

using core::AlreadyRun;
using core::DatesWanted;
using core::DaysWanted;

namespace {
// Null: none. The one that is named, else the only timer there is.
Result<const model::Trigger*> trigger_of(const Call& call, const model::Workflow& workflow) {
  std::vector<const model::Trigger*> timers;
  std::vector<std::string> names;
  for (const model::Trigger& trigger : workflow.triggers) {
    if (!model::is_timer(trigger.kind)) continue;
    timers.push_back(&trigger);
    names.push_back(trigger.id);
  }
  const Value* asked = value_in(call.body, "trigger");
  if (asked == nullptr && timers.size() > 1)
    return refuse({"workflow '{}' has several timers ({}): say which with 'trigger'",
                   "工作流“{}”有多个定时器（{}）：请用“trigger”指定"},
                  workflow.name, fmt::format("{}", fmt::join(names, ", ")));
  if (asked == nullptr) return timers.empty() ? nullptr : timers.front();
  if (asked->as_string().empty()) return static_cast<const model::Trigger*>(nullptr);
  for (const model::Trigger* timer : timers)
    if (timer->id == asked->as_string()) return timer;
  return refuse({"'trigger': workflow '{}' has no timer '{}'; it has: {}",
                 "“trigger”：工作流“{}”没有定时器“{}”；现有：{}"},
                workflow.name, asked->as_string(),
                names.empty() ? "-" : fmt::format("{}", fmt::join(names, ", ")));
}

Status read_dates(const Call& call, DatesWanted& wanted) {
  wanted.first = date_in(call.body, "from");
  wanted.last = date_in(call.body, "to");
  if (const Value* dates = value_in(call.body, "dates"))
    for (const Value& date : dates->as_list())
      wanted.dates.push_back(parse_date(date.as_string()).value());
  const bool span = wanted.first || wanted.last;
  if (span && !wanted.dates.empty())
    return refuse({"give either 'from' and 'to', or 'dates'", "请给出 from 与 to，或者 dates"});
  if (wanted.dates.empty() && !(wanted.first && wanted.last))
    return refuse({"which dates? Give 'from' and 'to', or 'dates'",
                   "哪些日期？请给出 from 与 to，或者 dates"});
  return ok();
}

Status read_days(const Call& call, const model::Trigger* trigger, const model::Calendars& calendars,
                 DatesWanted& wanted) {
  const std::string days = text_in(call.body, "days");
  if (days == "scheduled" && !wanted.dates.empty())
    return refuse({"'days: scheduled' goes with 'from' and 'to': a list of dates is taken as it is",
                   "days: scheduled 与 from、to 一起使用：列出的日期会原样采用"});
  wanted.days = days == "working"     ? DaysWanted::Working
                : days == "scheduled" ? DaysWanted::Scheduled
                : days == "all"       ? DaysWanted::All
                : trigger != nullptr  ? DaysWanted::Scheduled
                                      : DaysWanted::All;
  if (wanted.days == DaysWanted::Scheduled && trigger == nullptr)
    return refuse({"'days: scheduled' needs a timer: the workflow has none, or none is wanted",
                   "days: scheduled 需要定时器：工作流没有，或未采用"});
  std::string calendar = text_in(call.body, "calendar");
  if (wanted.days != DaysWanted::Working) {
    if (calendar.empty()) return ok();
    return refuse({"'calendar' goes with 'days: working'", "calendar 与 days: working 一起使用"});
  }
  if (calendar.empty() && trigger != nullptr) calendar = trigger->timer->calendar;
  if (calendar.empty())
    return refuse({"'days: working' needs 'calendar': the trigger has none",
                   "days: working 需要 calendar：触发器没有日历"});
  const auto found = calendars.find(calendar);
  if (found == calendars.end())
    return refuse({"'calendar': there is no calendar '{}'; gantry calendars lists them",
                   "“calendar”：没有日历“{}”；gantry calendars 列出全部日历"},
                  calendar);
  wanted.calendar = found->second;
  return ok();
}

AlreadyRun already_run_of(const Call& call) {
  const std::string policy = text_in(call.body, "already_run");
  if (policy == "failed") return AlreadyRun::Failed;
  return policy == "all" ? AlreadyRun::All : AlreadyRun::Skip;
}

// Of the store: with a trigger its own, else of any.
Status skip_known(store::Reader& reader, AlreadyRun already_run,
                  model::BackfillRequested& request) {
  const auto [first, last] =
      std::minmax_element(request.dates.begin(), request.dates.end(),
                          [](const auto& a, const auto& b) { return a.date < b.date; });
  TRY(const auto runs,
      reader.runs_by_date(request.workflow, request.trigger, first->date, last->date));
  core::skip_already_run(request.dates, runs, already_run);
  if (already_run == AlreadyRun::All) return ok();
  TRY(const auto planned, reader.planned_dates(request.workflow, request.trigger));
  core::skip_planned(request.dates, planned);
  return ok();
}

void warn_of_years(const std::vector<model::BackfillDate>& dates,
                   const schedule::Calendar& calendar, std::vector<Error>& out) {
  std::set<int> years;
  for (const model::BackfillDate& date : dates)
    if (!calendar.covers(date.date.year)) years.insert(date.date.year);
  for (const int year : years) out.push_back(spec::year_is_missing(calendar.name(), year));
}

void warn_of_many(const std::vector<model::BackfillDate>& dates, const model::Workflow& workflow,
                  const model::Trigger& trigger, std::vector<Error>& out) {
  for (const model::BackfillDate& date : dates) {
    if (date.fate != model::DateFate::Pending) continue;
    const std::int64_t count = core::named_on(date.date, workflow, trigger);
    if (count <= 1) continue;
    out.push_back(
        refuse({"timer '{}' fires {} times on {}; a backfill makes one run of a date, that "
                "of the first",
                "定时器“{0}”在 {2} 触发 {1} 次；补数对每个日期只运行一次，取其第一次"},
               trigger.id, count, format_date(date.date)));
    return;
  }
}

std::vector<Error> warnings_of(const std::vector<model::BackfillDate>& dates,
                               const model::Workflow& workflow, const model::Trigger* trigger,
                               const DatesWanted& wanted, const model::Calendars& calendars) {
  std::vector<Error> out;
  const auto used = wanted.calendar || trigger == nullptr
                        ? calendars.end()
                        : calendars.find(trigger->timer->calendar);
  if (wanted.calendar) warn_of_years(dates, *wanted.calendar, out);
  if (used != calendars.end()) warn_of_years(dates, *used->second, out);
  if (trigger != nullptr) warn_of_many(dates, workflow, *trigger, out);
  return out;
}
}  // namespace

std::string hash_of(const Values& body) {
  ValueMap sorted;
  for (const auto& [name, value] : body) sorted.emplace_back(name, value);
  return sha256_hex(to_json(Value(std::move(sorted))));
}

Result<BackfillPlan> backfill_of(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto view, reader->workflow(call.path[0]));
  TRY(const auto workflow, backend.versions.get(*reader, view.row.version, view.row.name));
  TRY(const model::Trigger* trigger, trigger_of(call, *workflow));
  const model::Calendars calendars = live_calendars(backend.services.calendars());
  DatesWanted wanted;
  wanted.reverse = flag_in(call.body, "reverse");
  wanted.already_run = already_run_of(call);
  TRY_STATUS(read_dates(call, wanted));
  TRY_STATUS(read_days(call, trigger, calendars, wanted));
  const Instant now = backend.services.clock.wall();
  BackfillPlan plan;
  model::BackfillRequested& request = plan.request;
  request.workflow = view.row.name;
  if (trigger != nullptr) request.trigger = trigger->id;
  TRY(request.dates, core::backfill_dates(wanted, *workflow, trigger, calendars, now));
  TRY_STATUS(skip_known(*reader, wanted.already_run, request));
  plan.warnings = warnings_of(request.dates, *workflow, trigger, wanted, calendars);
  if (const Value* params = value_in(call.body, "params")) request.params = params->as_map();
  TRY_STATUS(core::check_backfill_params(*workflow, request.params, trigger, now,
                                         surroundings_of(backend.services)));
  if (const Value* parallel = value_in(call.body, "parallel"))
    request.parallel = static_cast<std::int32_t>(parallel->as_int());
  return plan;
}

}  // namespace gantry::api
