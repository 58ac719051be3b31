// Accessors of timestamps and durations (cel-spec, "List of Standard Definitions").
#include <fmt/format.h>

#include <array>

#include "base/explain.h"
#include "base/time.h"
#include "expr/functions.h"
#include "expr/time_text.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;
constexpr std::int64_t kDayUs = 86400LL * 1000000;

struct Civil {
  std::int64_t day = 0;  // since 1970
  std::int64_t in_day_us = 0;
  CivilDate date;
};

Civil civil(Instant local) {
  Civil c;
  c.day = local.us / kDayUs - (local.us % kDayUs < 0 ? 1 : 0);
  c.in_day_us = local.us - c.day * kDayUs;
  c.date = civil_from_days(c.day);
  return c;
}

Result<Civil> local(const Call& call) {
  Duration offset;
  if (!call[0].is(K::Timestamp)) return call.no_overload();
  if (call.size() == 2) {
    if (!call[1].is(K::String)) return call.no_overload();
    TRY(offset, zone_offset(call));
  }
  Instant at;
  if (__builtin_add_overflow(call[0].as_timestamp().us, offset.us, &at.us))
    return explain(Code::OutOfRange, {"the timestamp is out of range", "时间戳超出范围"});
  return civil(at);
}

template <auto Field>
Result<Value> from_date(const Call& call) {
  TRY(const Civil c, local(call));
  return Value(static_cast<std::int64_t>(Field(c)));
}

// Of a timestamp the part of the day; of a duration the whole count of units.
template <std::int64_t kUnitUs, std::int64_t kModulus>
Result<Value> from_clock(const Call& call) {
  if (call.takes({K::Duration})) {
    const std::int64_t count = call[0].as_duration().us / kUnitUs;
    return Value(kUnitUs == 1000 ? count % kModulus : count);
  }
  TRY(const Civil c, local(call));
  return Value(c.in_day_us / kUnitUs % kModulus);
}

std::int64_t day_of_year(const Civil& c) { return c.day - days_from_civil({c.date.year, 1, 1}); }
std::int64_t day_of_week(const Civil& c) {
  return ((c.day + 4) % 7 + 7) % 7;
}  // 1970-01-01 was a Thursday
int year(const Civil& c) { return c.date.year; }
int month(const Civil& c) { return c.date.month - 1; }
int day(const Civil& c) { return c.date.day; }
int day_before(const Civil& c) { return c.date.day - 1; }

constexpr std::array<Function, 10> kFunctions{{
    {"getFullYear", CallStyle::Method, 1, 2, from_date<year>},
    {"getMonth", CallStyle::Method, 1, 2, from_date<month>},
    {"getDate", CallStyle::Method, 1, 2, from_date<day>},
    {"getDayOfMonth", CallStyle::Method, 1, 2, from_date<day_before>},
    {"getDayOfWeek", CallStyle::Method, 1, 2, from_date<day_of_week>},
    {"getDayOfYear", CallStyle::Method, 1, 2, from_date<day_of_year>},
    {"getHours", CallStyle::Method, 1, 2, from_clock<3600000000, 24>},
    {"getMinutes", CallStyle::Method, 1, 2, from_clock<60000000, 60>},
    {"getSeconds", CallStyle::Method, 1, 2, from_clock<1000000, 60>},
    {"getMilliseconds", CallStyle::Method, 1, 2, from_clock<1000, 1000>},
}};
}  // namespace

Result<Duration> zone_offset(const Call& call) {
  const std::string& zone = call[1].as_string();
  if (auto fixed = parse_fixed_zone(zone); fixed.ok()) return fixed;
  if (auto offset = call.scope.zone_offset(zone, call[0].as_timestamp())) return *offset;
  return explain(Code::NotFound,
                 {"unknown time zone '{}'; write UTC, +08:00 or a name such as Asia/Shanghai",
                  "未知的时区“{}”；请写 UTC、+08:00 或 Asia/Shanghai 这样的名称"},
                 zone.substr(0, 40));
}

std::span<const Function> time_functions() { return kFunctions; }

}  // namespace gantry::expr
