// What lies outside of the expression: people, calendars, zones, files. The scope answers; here the
// answers are only asked for, so that the same scope always gives the same result.
#include <fmt/format.h>

#include <array>

#include "base/explain.h"
#include "base/time.h"
#include "expr/functions.h"
#include "expr/time_text.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;
constexpr std::size_t kBytesPerStep = 1024;
constexpr std::size_t kShown = 40;

Result<Value> file(const Call& call) {
  if (!call.takes({K::String})) return call.no_overload();
  TRY(Value text, call.scope.file(call[0].as_string()));
  if (text.is(K::String))
    TRY_STATUS(
        call.meter.spend(static_cast<std::int64_t>(text.as_string().size() / kBytesPerStep)));
  return text;
}

Result<Value> person(const Call& call) {
  constexpr std::int64_t kSteps = 10;
  if (!call.takes({K::String})) return call.no_overload();
  TRY_STATUS(call.meter.spend(kSteps));
  if (auto found = call.scope.person(call[0].as_string())) return *std::move(found);
  return explain(Code::NotFound, {"there is no person '{}'", "没有人员“{}”"},
                 call[0].as_string().substr(0, kShown));
}

Result<CivilDate> date_of(const Value& value) { return parse_date(value.as_string()); }

Result<Value> workday(const Call& call) {
  constexpr std::int64_t kDaysMax = 10'000;
  constexpr std::int64_t kDaysPerStep = 4;
  if (!call.takes({K::String, K::Int, K::String})) return call.no_overload();
  TRY(const CivilDate date, date_of(call[0]));
  const std::int64_t n = call[1].as_int();
  if (n > kDaysMax || n < -kDaysMax)
    return explain(Code::OutOfRange, {"workday() counts at most {} days", "workday() 最多计 {} 天"},
                   kDaysMax);
  TRY_STATUS(call.meter.spend(1 + (n < 0 ? -n : n) / kDaysPerStep));
  TRY(const CivilDate day, call.scope.workday(date, n, call[2].as_string()));
  return Value(format_date(day));
}

Result<Value> add_days(const Call& call) {
  constexpr std::int64_t kDaysMax = 4'000'000;
  if (!call.takes({K::String, K::Int})) return call.no_overload();
  TRY(const CivilDate date, date_of(call[0]));
  const std::int64_t n = call[1].as_int();
  if (n <= kDaysMax && n >= -kDaysMax) {
    const CivilDate day = civil_from_days(days_from_civil(date) + n);
    if (valid_date(day)) return Value(format_date(day));
  }
  return explain(Code::OutOfRange, {"{} and {} days is no date", "{} 加 {} 天不是有效的日期"},
                 call[0].as_string(), n);
}

std::string format_offset(Duration offset) {
  const std::int64_t minutes = offset.us / seconds(60).us;
  const std::int64_t size = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

// The local time with its offset: "2026-01-31T09:00:00+08:00".
Result<Value> in_zone(const Call& call) {
  if (!call.takes({K::Timestamp, K::String})) return call.no_overload();
  TRY(const Duration offset, zone_offset(call));
  Instant local;
  if (__builtin_add_overflow(call[0].as_timestamp().us, offset.us, &local.us))
    return explain(Code::OutOfRange, {"the timestamp is out of range", "时间戳超出范围"});
  std::string text = format_cel_timestamp(local);
  text.pop_back();  // Z
  return Value(text + format_offset(offset));
}

constexpr std::array<Function, 5> kFunctions{{
    {"file", CallStyle::Global, 1, 1, file, true},
    {"person", CallStyle::Global, 1, 1, person},
    {"workday", CallStyle::Global, 3, 3, workday},
    {"add", CallStyle::Method, 2, 2, add_days},
    {"in", CallStyle::Method, 2, 2, in_zone},
}};
}  // namespace

std::span<const Function> world_functions() { return kFunctions; }

}  // namespace gantry::expr
