#include "model/param_types.h"

#include <algorithm>
#include <charconv>

#include "base/explain.h"

namespace gantry::model {

namespace {

constexpr std::size_t kDecimalBytesMax = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Sign, digits before and after the point, without zeros that say nothing.
struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

Decimal parts_of(std::string_view text) {
  Decimal d;
  d.negative = text.starts_with('-');
  if (d.negative) text.remove_prefix(1);
  const auto point = text.find('.');
  d.whole = text.substr(0, point);
  if (point != std::string_view::npos) d.fraction = text.substr(point + 1);
  while (d.whole.starts_with('0')) d.whole.remove_prefix(1);
  while (d.fraction.ends_with('0')) d.fraction.remove_suffix(1);
  if (d.whole.empty() && d.fraction.empty()) d.negative = false;
  return d;
}

template <typename T>
int compare(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int compare_decimals(std::string_view left, std::string_view right) {
  const Decimal a = parts_of(left);
  const Decimal b = parts_of(right);
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int order = compare(a.whole.size(), b.whole.size());
  if (order == 0) order = compare(a.whole, b.whole);
  if (order == 0) order = compare(a.fraction, b.fraction);
  return a.negative ? -order : order;
}

Result<Value> read_decimal(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const auto point = digits.find('.');
  const bool has_point = point != std::string_view::npos;
  const bool good = text.size() <= kDecimalBytesMax && is_digits(digits.substr(0, point)) &&
                    (!has_point || is_digits(digits.substr(point + 1)));
  if (good) return Value(text);
  return refuse({"'{}' is not a decimal number such as -12.50, of at most {} characters",
                 "“{}”不是十进制数（例如 -12.50），且最多 {} 个字符"},
                text.substr(0, kDecimalBytesMax), kDecimalBytesMax);
}

Result<Value> read_datetime(std::string_view text) {
  const auto at = parse_instant(text);
  if (at.ok()) return Value(*at);
  return refuse({"'{}' is not a point of time with its offset, such as 2026-01-31T09:00:00+08:00",
                 "“{}”不是带时差的时间点，例如 2026-01-31T09:00:00+08:00"},
                text);
}

Result<Value> read_length(std::string_view text) {
  const auto length = parse_duration(text);
  if (length.ok()) return Value(*length);
  return refuse({"'{}' is not a duration such as 1h30m", "“{}”不是时长，例如 1h30m"}, text);
}

Result<Value> read_day(std::string_view text) {
  const auto date = parse_date(text);
  if (!date.ok()) return date.error();
  return Value(text);
}

Value in_expressions(ParamType type, const Value& value) {
  if (type != ParamType::Decimal || !value.is(Value::Kind::String)) return value;
  const std::string& text = value.as_string();
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return Value(number);
}

Value items_in_expressions(const Value& list) {
  ValueList items;
  for (const Value& item : list.as_list())
    items.push_back(in_expressions(ParamType::Decimal, item));
  return Value(std::move(items));
}

}  // namespace

bool has_ends(ParamType type) {
  return type == ParamType::Date || type == ParamType::Decimal || type == ParamType::Datetime ||
         type == ParamType::Duration;
}

Result<Value> read_param_text(ParamType type, std::string_view text) {
  switch (type) {
    case ParamType::Date: return read_day(text);
    case ParamType::Decimal: return read_decimal(text);
    case ParamType::Datetime: return read_datetime(text);
    case ParamType::Duration: return read_length(text);
    default: CHECK(false);
  }
}

int compare_param_values(ParamType type, const Value& a, const Value& b) {
  switch (type) {
    case ParamType::Date: return compare(a.as_string(), b.as_string());
    case ParamType::Decimal: return compare_decimals(a.as_string(), b.as_string());
    case ParamType::Datetime: return compare(a.as_timestamp(), b.as_timestamp());
    case ParamType::Duration: return compare(a.as_duration(), b.as_duration());
    default: CHECK(false);
  }
}

Status check_ends(const Param& param, const Value& value) {
  const bool is_time = param.type == ParamType::Date || param.type == ParamType::Datetime;
  const auto order = [&](const std::string& end) {
    const auto bound = read_param_text(param.type, end);
    return bound.ok() ? compare_param_values(param.type, value, *bound) : 0;
  };
  const std::string text = to_text(value);
  if (param.low && order(*param.low) < 0)
    return is_time
               ? refuse({"{} is before {}", "{} 早于 {}"}, text, *param.low)
               : refuse({"{} is below the minimum of {}", "{} 小于最小值 {}"}, text, *param.low);
  if (param.high && order(*param.high) > 0)
    return is_time
               ? refuse({"{} is after {}", "{} 晚于 {}"}, text, *param.high)
               : refuse({"{} is above the maximum of {}", "{} 大于最大值 {}"}, text, *param.high);
  return ok();
}

ValueMap values_in_expressions(const std::vector<Param>& params, const ValueMap& values) {
  ValueMap out = values;
  for (const Param& param : params) {
    const bool is_decimal = param.type == ParamType::Decimal;
    const bool is_list = param.type == ParamType::List && param.items == ParamType::Decimal;
    if (!is_decimal && !is_list) continue;
    for (auto& [name, value] : out)
      if (name.as_string() == param.name)
        value = is_list ? items_in_expressions(value) : in_expressions(param.type, value);
  }
  return out;
}

}  // namespace gantry::model
