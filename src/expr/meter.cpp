#include "expr/meter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "base/limits.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;
constexpr std::size_t kBytesPerStep = 1024;
constexpr std::size_t kResultMax = limits::kExpressionResultBytesMax;

// Finding each key of one map in another is quadratic.
std::int64_t comparison_steps(const Value& value, std::int64_t stop) {
  std::int64_t steps = 0;
  switch (value.kind()) {
    case K::String: return static_cast<std::int64_t>(value.as_string().size() / kBytesPerStep);
    case K::Bytes: return static_cast<std::int64_t>(value.as_bytes().size() / kBytesPerStep);
    case K::List:
      for (const Value& entry : value.as_list()) {
        if (steps > stop) return steps;
        steps += 1 + comparison_steps(entry, stop - steps);
      }
      return steps;
    case K::Map: {
      const auto count = static_cast<std::int64_t>(value.as_map().size());
      steps = count * count / 32;
      for (const auto& [key, entry] : value.as_map()) {
        if (steps > stop) return steps;
        steps += 1 + comparison_steps(entry, stop - steps);
      }
      return steps;
    }
    default: return 0;
  }
}
}  // namespace

std::size_t size_up_to(const Value& value, std::size_t stop) {
  std::size_t size = sizeof(Value);
  switch (value.kind()) {
    case K::String: return size + value.as_string().size();
    case K::Bytes: return size + value.as_bytes().size();
    case K::List:
      for (const Value& entry : value.as_list()) {
        if (size > stop) return size;
        size += size_up_to(entry, stop - size);
      }
      return size;
    case K::Map:
      for (const auto& [key, entry] : value.as_map()) {
        if (size > stop) return size;
        size += size_up_to(key, stop) + size_up_to(entry, stop > size ? stop - size : 0);
      }
      return size;
    default: return size;
  }
}

Status Meter::spend(std::int64_t steps) {
  spent_ += steps;
  if (spent_ <= limits::kExpressionStepsMax) return ok();
  spent_ = limits::kExpressionStepsMax;  // stays exhausted without ever overflowing
  return explain(
      Code::ResourceExhausted,
      {"the expression takes more than {} steps; compute this in a task and pass the result on",
       "表达式超过 {} 步；请在任务中计算并传递结果"},
      limits::kExpressionStepsMax);
}

Status Meter::room(std::size_t size_bytes) {
  if (size_bytes > kResultMax)
    return explain(Code::ResourceExhausted,
                   {"the value is over the limit of {} KiB; pass large data in files",
                    "值超过上限 {} KiB；大的数据请用文件传递"},
                   kResultMax >> 10);
  return spend(static_cast<std::int64_t>(size_bytes / kBytesPerStep));
}

Status Meter::fits(const Value& value) { return room(size_up_to(value, kResultMax)); }

Status Meter::comparison(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return ok();
  constexpr std::int64_t kStop = limits::kExpressionStepsMax;
  const std::int64_t left = comparison_steps(a, kStop);
  return spend(left == 0 ? 0 : std::min(left, comparison_steps(b, kStop)));
}

}  // namespace gantry::expr
