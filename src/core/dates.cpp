#include "core/dates.h"

#include "base/check.h"
#include "core/timers.h"
#include "schedule/schedule.h"

namespace gantry::core {

namespace {
// The firing before; without one, or a timer, the span is empty.
Instant interval_start(Instant scheduled_at, const std::string& workflow,
                       const model::Trigger* trigger,
                       const std::optional<schedule::WorkingDays>& days) {
  if (trigger == nullptr) return scheduled_at;
  auto compiled = compile(workflow, *trigger);
  if (!compiled) return scheduled_at;
  compiled->days = days;
  return last_before(*compiled, scheduled_at).value_or(scheduled_at);
}

CivilDate day_after(CivilDate date, int days) {
  return civil_from_days(days_from_civil(date) + days);
}

CivilDate business_date(CivilDate date, const std::optional<schedule::WorkingDays>& days) {
  const CivilDate day_before = day_after(date, -1);
  return days ? days->calendar->previous_workday(date).value_or(day_before) : day_before;
}
}  // namespace

model::RunDates dates_of(Instant scheduled_at, const model::Workflow& workflow,
                         const model::Trigger* trigger, const model::Calendars& calendars) {
  const CivilDate date = schedule::local_date(zone_of(workflow), scheduled_at);
  std::optional<schedule::WorkingDays> days;
  if (trigger != nullptr)
    if (auto known = days_of(*trigger, calendars); known.ok()) days = *std::move(known);
  return {date, business_date(date, days),
          interval_start(scheduled_at, workflow.name, trigger, days), scheduled_at};
}

model::RunDates dates_of_day(CivilDate date, const model::Workflow& workflow) {
  const schedule::Zone zone = zone_of(workflow);
  return {date, business_date(date, std::nullopt), schedule::start_of_day(zone, date),
          schedule::start_of_day(zone, day_after(date, 1))};
}

namespace {
// When the firings of `date` come, if they are not moved.
struct DaySpan {
  Instant begin, end;
};

DaySpan span_of(CivilDate date, const schedule::Zone& zone) {
  return {schedule::start_of_day(zone, date), schedule::start_of_day(zone, day_after(date, 1))};
}

// Where working days put the firings of `date`; nothing: nowhere.
std::optional<CivilDate> day_of_firings(CivilDate date, const schedule::WorkingDays& days) {
  if (days.calendar->is_workday(date)) return date;
  switch (days.on_holiday) {
    case schedule::OnHoliday::Before: return days.calendar->previous_workday(date);
    case schedule::OnHoliday::After: return days.calendar->next_workday(date);
    case schedule::OnHoliday::Skip: return std::nullopt;
  }
  CHECK(false);
}

// The first firing that comes within `when` and is named within `what`.
std::optional<schedule::Firing> first_named(const schedule::Schedule& schedule, DaySpan when,
                                            DaySpan what) {
  auto next = schedule::next_firing(schedule, when.begin - microseconds(1));
  for (; next && next->at < when.end; next = schedule::next_firing(schedule, next->at))
    if (next->scheduled_at >= what.begin && next->scheduled_at < what.end) return next;
  return std::nullopt;
}
}  // namespace

std::optional<schedule::Firing> firing_of(CivilDate date, const model::Workflow& workflow,
                                          const model::Trigger& trigger,
                                          const model::Calendars& calendars) {
  auto compiled = compile(workflow.name, trigger);
  auto days = days_of(trigger, calendars);
  if (!compiled || !days.ok()) return std::nullopt;
  compiled->days = *std::move(days);
  compiled->delay = {};
  const DaySpan named = span_of(date, zone_of(workflow));
  if (!compiled->days) return first_named(*compiled, named, named);
  // The working days are meant on the clock of the trigger, which may be another one.
  const schedule::Zone& zone = compiled->days->zone;
  CivilDate day = schedule::local_date(zone, named.begin);
  for (; day <= schedule::local_date(zone, named.end - microseconds(1)); day = day_after(day, 1)) {
    const auto comes_on = day_of_firings(day, *compiled->days);
    if (!comes_on) continue;
    if (auto found = first_named(*compiled, span_of(*comes_on, zone), named)) return found;
  }
  return std::nullopt;
}

std::int64_t named_on(CivilDate date, const model::Workflow& workflow,
                      const model::Trigger& trigger) {
  auto compiled = compile(workflow.name, trigger);
  if (!compiled) return 0;
  compiled->delay = {};
  const DaySpan day = span_of(date, zone_of(workflow));
  constexpr Duration kInstant = microseconds(1);
  return schedule::firings_in(*compiled, day.begin - kInstant, day.end - kInstant).count;
}

schedule::Zone zone_of(const model::Workflow& workflow) {
  const auto zone = schedule::find_zone(workflow.timezone);
  return zone.ok() ? *zone : schedule::Zone();
}

}  // namespace gantry::core
