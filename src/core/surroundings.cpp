#include "core/surroundings.h"

#include "base/explain.h"
#include "core/turn.h"
#include "schedule/calendar.h"
#include "schedule/schedule.h"

namespace gantry::core {

std::optional<Value> WorldScope::lookup(std::string_view name) const {
  if (name == "vars") return around_.vars;
  return std::nullopt;
}

std::optional<Duration> WorldScope::zone_offset(std::string_view zone, Instant at) const {
  return schedule::offset_of(zone, at);
}

std::optional<Value> WorldScope::person(std::string_view id) const {
  const model::Person* found = around_.people ? around_.people->find(id) : nullptr;
  if (found == nullptr) return std::nullopt;
  return person_value(*found);
}

Result<CivilDate> WorldScope::workday(CivilDate date, std::int64_t n,
                                      std::string_view calendar) const {
  const auto found = around_.calendars.find(std::string(calendar));
  if (found == around_.calendars.end()) return expr::Scope::workday(date, n, calendar);
  const auto day = found->second->add_workdays(date, static_cast<int>(n));
  if (day) return *day;
  return explain(
      Code::OutOfRange,
      {"calendar '{}' has no working day {} days from {}", "日历“{0}”中没有距 {2} 第 {1} 个工作日"},
      calendar, n, format_date(date));
}

Value person_value(const model::Person& person) {
  ValueList roles;
  for (const std::string& role : person.roles) roles.emplace_back(role);
  return ValueMap{{"id", person.id},
                  {"name", person.name},
                  {"roles", std::move(roles)},
                  {"manager", person.manager}};
}

void Core::know(model::PeoplePtr people, Value vars) {
  around_.people = std::move(people);
  if (vars.is(Value::Kind::Map)) around_.vars = std::move(vars);
}

void Core::know(model::Calendars calendars) {
  around_.calendars = calendars;
  timers_.know(std::move(calendars));
}

void Core::Turn::handle(const model::SurroundingsLoaded& event) {
  core_.know(event.people, event.vars);
}

}  // namespace gantry::core
