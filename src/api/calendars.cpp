#include "api/calendars.h"

#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"
#include "base/json.h"
#include "schedule/zone.h"

namespace gantry::api {

model::Calendars live_calendars(std::vector<CalendarView> views) {
  model::Calendars calendars;
  for (CalendarView& view : views)
    if (view.calendar) calendars.emplace(view.name, std::move(view.calendar));
  return calendars;
}

namespace {

void write_years(JsonWriter& w, const schedule::Calendar& calendar) {
  if (calendar.years() == nullptr) {
    w.key("years").null();
    return;
  }
  w.key("years").array();
  for (const int year : *calendar.years()) w.value(year);
  w.end();
}

void write_head(JsonWriter& w, const CalendarView& view, Lang lang) {
  w.field("name", view.name).field("description", view.description);
  w.field("built_in", view.built_in).field("live", view.calendar != nullptr);
  if (view.calendar)
    write_years(w, *view.calendar);
  else
    w.key("years").null();
  w.key("diagnostics").array();
  for (const spec::Diagnostic& diagnostic : view.problems) write_diagnostic(w, diagnostic, lang);
  w.end();
}

void write_days(JsonWriter& w, const schedule::Calendar& calendar, int year) {
  w.field("year", year).field("known", calendar.covers(year)).key("days").array();
  const std::int64_t end = days_from_civil({year + 1, 1, 1});
  for (std::int64_t day = days_from_civil({year, 1, 1}); day < end; ++day) {
    const CivilDate date = civil_from_days(day);
    const schedule::DayInfo info = calendar.day(date);
    w.object().field("date", format_date(date)).field("kind", schedule::name_of(info.kind));
    w.field("working", is_work(info.kind)).field("name", info.name).field("source", info.source);
    w.end();
  }
  w.end();
}

}  // namespace

Result<net::Response> list_calendars(Backend& backend, const Call& call) {
  JsonWriter w;
  begin_page(w);
  for (const CalendarView& view : backend.services.calendars()) {
    w.object();
    write_head(w, view, call.lang);
    w.end();
  }
  return json_response(end_page(w, ""));
}

Result<net::Response> get_calendar(Backend& backend, const Call& call) {
  const std::string& name = call.path[0];
  const CivilDate today = schedule::local_date(schedule::Zone(), backend.services.clock.wall());
  const int year = static_cast<int>(call.integer("year", today.year));
  for (const CalendarView& view : backend.services.calendars()) {
    if (view.name != name || !view.calendar) continue;
    JsonWriter w;
    w.object();
    write_head(w, view, call.lang);
    write_days(w, *view.calendar, year);
    w.end();
    return json_response(std::move(w).text());
  }
  return explain(Code::NotFound, {"there is no calendar '{}'", "没有日历“{}”"}, name);
}

core::Surroundings surroundings_of(const Services& services) {
  return {live_calendars(services.calendars()), services.people(), services.vars};
}

}  // namespace gantry::api
