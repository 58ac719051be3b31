// decimal(x) and decimal(x, places): numbers as exact decimal texts, for money and for params of
// type decimal. Rounding is commercial: half away from zero.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/explain.h"
#include "expr/functions.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;
constexpr std::size_t kDigitsMax = 60;
constexpr std::int64_t kPlacesMax = 30;

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto point = text.find('.');
  return text.size() <= kDigitsMax && is_digits(text.substr(0, point)) &&
         (point == std::string_view::npos || is_digits(text.substr(point + 1)));
}

// The shortest digits that read back as the same double.
Result<std::string> text_of(double number) {
  constexpr double kMax = 1e30;
  if (!(std::fabs(number) < kMax))
    return explain(Code::OutOfRange,
                   {"decimal() takes numbers below 1e30", "decimal() 只接受小于 1e30 的数"});
  char digits[400];
  const auto written =
      std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed);
  return std::string(digits, written.ptr);
}

Result<std::string> text_of(const Call& call) {
  const Value& v = call[0];
  switch (v.kind()) {
    case K::Int: return fmt::to_string(v.as_int());
    case K::Uint: return fmt::to_string(v.as_uint());
    case K::Double: return text_of(v.as_double());
    case K::String: break;
    default: return call.no_overload();
  }
  if (is_decimal(v.as_string())) return v.as_string();
  return refuse({"'{}' is not a decimal number such as -12.50", "“{}”不是十进制数（例如 -12.50）"},
                v.as_string().substr(0, kDigitsMax));
}

void count_up(std::string& digits) {
  std::size_t at = digits.size();
  while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
  if (at > 0)
    ++digits[at - 1];
  else
    digits.insert(0, 1, '1');
}

std::string rounded(std::string_view text, std::size_t places) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  std::string_view fraction;
  if (point != std::string_view::npos) fraction = text.substr(point + 1);
  std::string digits(text.substr(0, point));
  digits.append(fraction.substr(0, places));
  if (fraction.size() < places) digits.append(places - fraction.size(), '0');
  if (fraction.size() > places && fraction[places] >= '5') count_up(digits);
  const bool is_zero = digits.find_first_not_of('0') == std::string::npos;
  if (places > 0) digits.insert(digits.size() - places, 1, '.');
  if (negative && !is_zero) digits.insert(0, 1, '-');
  return digits;
}

Result<Value> decimal(const Call& call) {
  TRY(const std::string text, text_of(call));
  if (call.size() == 1) return Value(text);
  if (!call[1].is(K::Int)) return call.no_overload();
  const std::int64_t places = call[1].as_int();
  if (places < 0 || places > kPlacesMax)
    return explain(
        Code::OutOfRange,
        {"decimal() takes 0 to {} places, not {}", "decimal() 的小数位数为 0 到 {}，而不是 {}"},
        kPlacesMax, places);
  return Value(rounded(text, static_cast<std::size_t>(places)));
}

constexpr std::array<Function, 1> kFunctions{{{"decimal", CallStyle::Global, 1, 2, decimal}}};
}  // namespace

std::span<const Function> decimal_functions() { return kFunctions; }

}  // namespace gantry::expr
