// CEL's notations of times and durations, which are stricter or wider than Gantry's own.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "base/value.h"

namespace gantry::expr {

std::string format_cel_timestamp(Instant instant);   // "2009-02-13T23:31:30.5Z", no needless digits
std::string format_cel_duration(Duration duration);  // "1000000s", "-1.5s"
// "1h30m", "-1.5s", "10ms", "1us", "1ns", and days: "2d". Below a microsecond is cut off.
Result<Value> parse_cel_duration(std::string_view text);
std::int64_t floor_seconds(Instant instant);  // since 1970
// "UTC", "Z", "+08:00", "-09:30", "02:00".
Result<Duration> parse_fixed_zone(std::string_view zone);

}  // namespace gantry::expr
