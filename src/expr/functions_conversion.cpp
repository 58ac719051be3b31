// Conversions between the types of CEL, size, type and dyn.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/explain.h"
#include "base/utf8.h"
#include "expr/functions.h"
#include "expr/operators.h"
#include "expr/time_text.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;

Error out_of_range(const Call& call) {
  return explain(Code::OutOfRange, {"the {} is out of the range of {}", "该 {} 超出 {} 的范围"},
                 type_name(call[0]), call.name);
}

Error unreadable(const Call& call) {
  constexpr std::size_t kShown = 40;
  return refuse({"'{0}' is not {1} {2}", "“{0}”不是 {2}"}, call[0].as_string().substr(0, kShown),
                call.name == "int" ? "an" : "a", call.name);
}

template <typename Integer>
bool read_integer(std::string_view text, Integer& number) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && failure == std::errc() && end == text.data() + text.size();
}

// cel-spec rounds toward zero; the ends of the range are refused because a double there may
// already have been rounded over them.
Result<Value> int_of_double(const Call& call) {
  const double number = call[0].as_double();
  if (!(number > -0x1p63 && number < 0x1p63)) return out_of_range(call);
  return Value(static_cast<std::int64_t>(number));
}

Result<Value> to_int(const Call& call) {
  const Value& v = call[0];
  switch (v.kind()) {
    case K::Int: return v;
    case K::Uint:
      if (v.as_uint() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        return out_of_range(call);
      return Value(static_cast<std::int64_t>(v.as_uint()));
    case K::Double: return int_of_double(call);
    case K::Timestamp: return Value(floor_seconds(v.as_timestamp()));
    case K::String: {
      std::int64_t number = 0;
      if (!read_integer(v.as_string(), number)) return unreadable(call);
      return Value(number);
    }
    default: return call.no_overload();
  }
}

Result<Value> to_uint(const Call& call) {
  const Value& v = call[0];
  switch (v.kind()) {
    case K::Uint: return v;
    case K::Int:
      if (v.as_int() < 0) return out_of_range(call);
      return Value(static_cast<std::uint64_t>(v.as_int()));
    case K::Double:
      if (!(v.as_double() > -1 && v.as_double() < 0x1p64)) return out_of_range(call);
      return Value(static_cast<std::uint64_t>(v.as_double()));
    case K::String: {
      std::uint64_t number = 0;
      if (!read_integer(v.as_string(), number)) return unreadable(call);
      return Value(number);
    }
    default: return call.no_overload();
  }
}

bool read_double(std::string_view text, double& number) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && failure == std::errc() && end == text.data() + text.size();
}

Result<Value> to_double(const Call& call) {
  const Value& v = call[0];
  switch (v.kind()) {
    case K::Double: return v;
    case K::Int: return Value(static_cast<double>(v.as_int()));
    case K::Uint: return Value(static_cast<double>(v.as_uint()));
    case K::String: {
      double number = 0;
      if (!read_double(v.as_string(), number)) return unreadable(call);
      return Value(number);
    }
    default: return call.no_overload();
  }
}

Result<Value> to_bool(const Call& call) {
  if (call[0].is(K::Bool)) return call[0];
  if (!call[0].is(K::String)) return call.no_overload();
  for (const std::string_view word : {"1", "t", "T", "true", "TRUE", "True"})
    if (call[0].as_string() == word) return Value(true);
  for (const std::string_view word : {"0", "f", "F", "false", "FALSE", "False"})
    if (call[0].as_string() == word) return Value(false);
  return unreadable(call);
}

Result<Value> to_bytes(const Call& call) {
  if (call[0].is(K::Bytes)) return call[0];
  if (!call[0].is(K::String)) return call.no_overload();
  TRY_STATUS(call.meter.room(call[0].as_string().size()));
  return Value(Bytes{call[0].as_string()});
}

Result<Value> to_string(const Call& call) {
  if (call[0].is(K::Bytes)) TRY_STATUS(call.meter.room(call[0].as_bytes().size()));
  auto text = convert_to_string(call[0]);
  if (!text.ok() && !call[0].is(K::Bytes)) return call.no_overload();
  return text;
}

Result<Value> to_timestamp(const Call& call) {
  const Value& v = call[0];
  if (v.is(K::Timestamp)) return v;
  if (v.is(K::Int)) return checked_timestamp(Wide{v.as_int()} * 1000000);
  if (!v.is(K::String)) return call.no_overload();
  TRY(const Instant instant, parse_instant(v.as_string()));
  return checked_timestamp(instant.us);
}

Result<Value> to_duration(const Call& call) {
  const Value& v = call[0];
  if (v.is(K::Duration)) return v;
  if (!v.is(K::String)) return call.no_overload();
  return parse_cel_duration(v.as_string());
}

Result<Value> size(const Call& call) {
  const Value& v = call[0];
  std::size_t count = 0;
  switch (v.kind()) {
    case K::String:
      TRY_STATUS(call.meter.spend(static_cast<std::int64_t>(v.as_string().size() / 1024)));
      count = count_code_points(v.as_string());
      break;
    case K::Bytes: count = v.as_bytes().size(); break;
    case K::List: count = v.as_list().size(); break;
    case K::Map:
      if (is_optional(v)) return call.no_overload();
      count = v.as_map().size();
      break;
    default: return call.no_overload();
  }
  return Value(static_cast<std::int64_t>(count));
}

constexpr std::array<Function, 11> kFunctions{{
    {"int", CallStyle::Global, 1, 1, to_int},
    {"uint", CallStyle::Global, 1, 1, to_uint},
    {"double", CallStyle::Global, 1, 1, to_double},
    {"bool", CallStyle::Global, 1, 1, to_bool},
    {"string", CallStyle::Global, 1, 1, to_string},
    {"bytes", CallStyle::Global, 1, 1, to_bytes},
    {"timestamp", CallStyle::Global, 1, 1, to_timestamp},
    {"duration", CallStyle::Global, 1, 1, to_duration},
    {"type", CallStyle::Global, 1, 1,
     [](const Call& call) -> Result<Value> { return type_of(call[0]); }},
    {"dyn", CallStyle::Global, 1, 1, [](const Call& call) -> Result<Value> { return call[0]; },
     true},
    {"size", CallStyle::Both, 1, 1, size},
}};
}  // namespace

std::span<const Function> conversion_functions() { return kFunctions; }

std::string format_double(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  if (number == std::trunc(number) && std::fabs(number) < 1e15)
    return fmt::format("{:.0f}", number);
  return fmt::format("{}", number);
}

Result<Value> convert_to_string(const Value& v) {
  switch (v.kind()) {
    case K::String: return v;
    case K::Bool: return Value(v.as_bool() ? "true" : "false");
    case K::Int: return Value(fmt::format("{}", v.as_int()));
    case K::Uint: return Value(fmt::format("{}", v.as_uint()));
    case K::Double: return Value(format_double(v.as_double()));
    case K::Timestamp: return Value(format_cel_timestamp(v.as_timestamp()));
    case K::Duration: return Value(format_cel_duration(v.as_duration()));
    case K::Bytes:
      if (!is_utf8(v.as_bytes()))
        return refuse({"the bytes are not UTF-8; use base64.encode(...)",
                       "这些字节不是 UTF-8；请用 base64.encode(...)"});
      return Value(v.as_bytes());
    default: return refuse({"no text form", "没有文本形式"});
  }
}

}  // namespace gantry::expr
