// "%s took %.1f s".format([name, seconds]), as the strings extension of cel-spec defines it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/explain.h"
#include "base/utf8.h"
#include "expr/functions.h"
#include "expr/time_text.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;
constexpr int kPrecisionDefault = 6;
constexpr int kPrecisionMax = 100;

struct Clause {
  char conversion = 's';
  int precision = kPrecisionDefault;
};

bool is_int(const Value& v) { return v.is(K::Int) || v.is(K::Uint); }

double number_of(const Value& v) {
  if (v.is(K::Int)) return static_cast<double>(v.as_int());
  return v.is(K::Uint) ? static_cast<double>(v.as_uint()) : v.as_double();
}

// Runs of bytes that are not UTF-8 become one U+FFFD each.
std::string bytes_as_text(std::string_view bytes) {
  std::string out;
  bool broken = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const int size = decode_utf8(bytes, at).size;
    if (size > 0)
      out.append(bytes, at, static_cast<std::size_t>(size));
    else if (!broken)
      append_utf8(out, 0xFFFD);
    broken = size == 0;
    at += static_cast<std::size_t>(std::max(1, size));
  }
  return out;
}

std::string as_text(const Value& value);

std::string list_as_text(const Value& value) {
  std::string out = "[";
  for (const Value& entry : value.as_list()) {
    if (out.size() > 1) out += ", ";
    out += as_text(entry);
  }
  return out + "]";
}

std::string map_as_text(const Value& value) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& [key, entry] : value.as_map())
    entries.emplace_back(as_text(key), as_text(entry));
  std::sort(entries.begin(), entries.end());
  std::string out = "{";
  for (const auto& [key, entry] : entries)
    out += fmt::format("{}{}: {}", out.size() > 1 ? ", " : "", key, entry);
  return out + "}";
}

std::string as_text(const Value& value) {
  switch (value.kind()) {
    case K::Null: return "null";
    case K::List: return list_as_text(value);
    case K::Map: return map_as_text(value);
    case K::Type: return value.as_type();
    case K::Bytes: return bytes_as_text(value.as_bytes());
    default: return convert_to_string(value).value().as_string();
  }
}

Error wrong(const Clause& clause, Text wanted, const Value& value) {
  return {
      Code::InvalidArgument,
      fmt::format("format: %{} needs {}, not a {}", clause.conversion, wanted.en, type_name(value)),
      fmt::format("format：%{} 需要{}，而不是 {}", clause.conversion, wanted.zh, type_name(value))};
}

Result<std::string> decimal(const Clause& clause, const Value& value) {
  if (!is_int(value) && !value.is(K::Double)) return wrong(clause, {"a number", "数字"}, value);
  return convert_to_string(value).value().as_string();
}

Result<std::string> real(const Clause& clause, const Value& value) {
  if (!is_int(value) && !value.is(K::Double)) return wrong(clause, {"a number", "数字"}, value);
  const double number = number_of(value);
  if (!std::isfinite(number)) return format_double(number);
  return clause.conversion == 'f' ? fmt::format("{:.{}f}", number, clause.precision)
                                  : fmt::format("{:.{}e}", number, clause.precision);
}

Result<std::string> integer(const Clause& clause, const Value& value) {
  if (clause.conversion == 'b' && value.is(K::Bool))
    return std::string(value.as_bool() ? "1" : "0");
  if (!is_int(value)) return wrong(clause, {"an int or uint", " int 或 uint"}, value);
  const bool negative = value.is(K::Int) && value.as_int() < 0;
  const std::uint64_t bits =
      value.is(K::Int) ? static_cast<std::uint64_t>(value.as_int()) : value.as_uint();
  const std::uint64_t size = negative ? 0 - bits : bits;
  const std::string sign = negative ? "-" : "";
  switch (clause.conversion) {
    case 'b': return sign + fmt::format("{:b}", size);
    case 'o': return sign + fmt::format("{:o}", size);
    case 'x': return sign + fmt::format("{:x}", size);
    default: return sign + fmt::format("{:X}", size);
  }
}

Result<std::string> hex(const Clause& clause, const Value& value) {
  if (!value.is(K::String) && !value.is(K::Bytes)) return integer(clause, value);
  const std::string& bytes = value.is(K::String) ? value.as_string() : value.as_bytes();
  std::string out;
  for (const char c : bytes) {
    const unsigned byte = static_cast<unsigned char>(c);
    out += clause.conversion == 'x' ? fmt::format("{:02x}", byte) : fmt::format("{:02X}", byte);
  }
  return out;
}

Result<std::string> substitute(const Clause& clause, const Value& value) {
  switch (clause.conversion) {
    case 's': return as_text(value);
    case 'd': return decimal(clause, value);
    case 'f':
    case 'e': return real(clause, value);
    case 'x':
    case 'X': return hex(clause, value);
    case 'b':
    case 'o': return integer(clause, value);
    default:
      return refuse({"format: unknown clause %{}; there are %s %d %f %e %x %X %b %o and %%",
                     "format：未知的 %{}；可用 %s %d %f %e %x %X %b %o 和 %%"},
                    clause.conversion);
  }
}

// Reads "[.digits]conversion" at `at` and moves behind it.
Result<Clause> read_clause(std::string_view format, std::size_t& at) {
  Clause clause;
  if (at < format.size() && format[at] == '.') {
    clause.precision = 0;
    const std::size_t start = ++at;
    for (; at < format.size() && format[at] >= '0' && format[at] <= '9'; ++at) {
      clause.precision = clause.precision * 10 + (format[at] - '0');
      if (clause.precision > kPrecisionMax)
        return refuse({"format: a precision over {} is not supported", "format：精度不能超过 {}"},
                      kPrecisionMax);
    }
    if (at == start)
      return refuse({"format: a number is missing after %.", "format：%. 之后缺少数字"});
  }
  if (at >= format.size())
    return refuse({"format: the text ends inside a clause; write %% for a percent sign",
                   "format：文本在 % 之后就结束了；百分号请写 %%"});
  clause.conversion = format[at++];
  return clause;
}
}  // namespace

Result<Value> format_text(const Call& call) {
  if (!call.takes({K::String, K::List})) return call.no_overload();
  const std::string& format = call[0].as_string();
  const ValueList& values = call[1].as_list();
  TRY_STATUS(call.meter.fits(call[1]));
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      out += format[at++];
      continue;
    }
    if (++at < format.size() && format[at] == '%') {
      out += format[at++];
      continue;
    }
    TRY(const Clause clause, read_clause(format, at));
    if (used >= values.size())
      return explain(Code::OutOfRange,
                     {"format: clause {} has no value; the list has {}",
                      "format：第 {} 个 % 没有对应的值；列表有 {} 个"},
                     used + 1, values.size());
    TRY(const std::string text, substitute(clause, values[used++]));
    TRY_STATUS(call.meter.room(out.size() + text.size()));
    out += text;
  }
  return Value(std::move(out));
}

}  // namespace gantry::expr
