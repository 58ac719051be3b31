// What an expression can see: the names of the run, the task or the trigger it belongs to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/value.h"

namespace gantry::expr {

// Asked lazily, only for names that the evaluation reaches; must give the same answer each time.
// Neither call may block or throw.
class Scope {
 public:
  virtual ~Scope() = default;

  // The value of a root name such as `params`; nothing if there is no such name.
  virtual std::optional<Value> lookup(std::string_view name) const = 0;

  // Asked first for root.member and root["member"], so that `tasks.load` need not build the map
  // of all tasks. Nothing means "take it from lookup(root)".
  virtual std::optional<Value> lookup_member(std::string_view root, std::string_view member) const {
    (void)root, (void)member;
    return std::nullopt;
  }

  // The offset from UTC of a time zone by name at an instant. UTC and offsets such as +08:00 need
  // no scope. Nothing means "unknown zone"; expressions themselves read no zone files.
  virtual std::optional<Duration> zone_offset(std::string_view zone, Instant at) const {
    (void)zone, (void)at;
    return std::nullopt;
  }

  // What person(id) gives; nothing if there is nobody of that id.
  virtual std::optional<Value> person(std::string_view id) const {
    (void)id;
    return std::nullopt;
  }

  // The n-th working day of a calendar after (n < 0: before) a date; of 0 the date itself, or the
  // next working day if it is none.
  virtual Result<CivilDate> workday(CivilDate date, std::int64_t n,
                                    std::string_view calendar) const;

  // The text that file(path) gives.
  virtual Result<Value> file(std::string_view path) const;

  // True if lookup knows names with dots, such as "a.b"; the longest one then wins, as in cel-spec
  // "Name Resolution".
  virtual bool has_dotted_names() const { return false; }
};

// A scope made of values at hand.
class MapScope final : public Scope {
 public:
  MapScope() = default;
  explicit MapScope(std::map<std::string, Value, std::less<>> values)
      : values_(std::move(values)) {}
  void set(std::string name, Value value) {
    values_.insert_or_assign(std::move(name), std::move(value));
  }

  std::optional<Value> lookup(std::string_view name) const override {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, Value, std::less<>> values_;
};

// Names that may have dots, looked for from a container outwards: `y` in `a.b` is `a.b.y`, else
// `a.y`, else `y` (cel-spec, "Name Resolution").
class ContainerScope : public Scope {
 public:
  explicit ContainerScope(std::string container = {}) : container_(std::move(container)) {}
  void set(std::string name, Value value) { values_.set(std::move(name), std::move(value)); }

  std::optional<Value> lookup(std::string_view name) const override {
    for (std::string space = container_; !space.empty();) {
      if (auto found = values_.lookup(space + "." + std::string(name))) return found;
      const auto dot = space.rfind('.');
      space.resize(dot == std::string::npos ? 0 : dot);
    }
    return values_.lookup(name);
  }
  bool has_dotted_names() const override { return true; }

 private:
  const std::string container_;
  MapScope values_;
};

}  // namespace gantry::expr
