// What expressions may ask of the world: people, calendars, variables of the configuration. Given
// to the core as values, as calendars are; each evaluation sees them as they are at that moment.
#pragma once

#include <optional>
#include <string_view>

#include "expr/scope.h"
#include "model/event.h"

namespace gantry::core {

struct Surroundings {
  model::Calendars calendars;
  model::PeoplePtr people;  // null: nobody
  Value vars = ValueMap{};
};

// The scope of all that is known before a run: `vars`, person(), workday(), zones. Borrows.
class WorldScope : public expr::Scope {
 public:
  explicit WorldScope(const Surroundings& around) : around_(around) {}
  std::optional<Value> lookup(std::string_view name) const override;
  std::optional<Duration> zone_offset(std::string_view zone, Instant at) const override;
  std::optional<Value> person(std::string_view id) const override;
  Result<CivilDate> workday(CivilDate date, std::int64_t n,
                            std::string_view calendar) const override;

 private:
  const Surroundings& around_;
};

// The same with some more names.
class NamedScope : public WorldScope {
 public:
  using WorldScope::WorldScope;
  void set(std::string name, Value value) { values_.set(std::move(name), std::move(value)); }
  std::optional<Value> lookup(std::string_view name) const override {
    auto own = values_.lookup(name);
    return own ? own : WorldScope::lookup(name);
  }

 private:
  expr::MapScope values_;
};

// What person(id) gives: {id, name, roles, manager}, the manager "" if there is none.
Value person_value(const model::Person& person);

}  // namespace gantry::core
