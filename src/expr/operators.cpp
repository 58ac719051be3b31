#include "expr/operators.h"
#include "base/explain.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace gantry::expr {

namespace {
using K = Value::Kind;

bool both(const Value& a, const Value& b, K kind) { return a.is(kind) && b.is(kind); }
bool is_number(const Value& v) { return v.is(K::Int) || v.is(K::Uint) || v.is(K::Double); }

Error overflow(Operator op) {
  return explain(Code::OutOfRange,
                 {"the result of {} does not fit 64 bits; compute with double(...)",
                  "{} 的结果超出 64 位；请用 double(...) 计算"},
                 symbol(op));
}

Error by_zero(Operator op) {
  const bool modulo = op == Operator::Modulo;
  return explain(Code::OutOfRange,
                 {"{0} by zero; guard it, as in n == 0 ? 0 : total {1} n",
                  "{2}；请加以防范，如 n == 0 ? 0 : total {1} n"},
                 modulo ? "modulus" : "division", symbol(op), modulo ? "对零取模" : "除以零");
}

template <typename Integer>
Result<Value> integer_arithmetic(Operator op, Integer a, Integer b) {
  Integer result = 0;
  bool overflows = false;
  switch (op) {
    case Operator::Add: overflows = __builtin_add_overflow(a, b, &result); break;
    case Operator::Subtract: overflows = __builtin_sub_overflow(a, b, &result); break;
    case Operator::Multiply: overflows = __builtin_mul_overflow(a, b, &result); break;
    default:
      if (b == 0) return by_zero(op);
      if constexpr (std::numeric_limits<Integer>::is_signed)
        if (a == std::numeric_limits<Integer>::min() && b == -1) return overflow(op);
      result = op == Operator::Divide ? a / b : a % b;
  }
  if (overflows) return overflow(op);
  return Value(result);
}

Result<Value> double_arithmetic(Operator op, const Value& left, const Value& right) {
  const double a = left.as_double();
  const double b = right.as_double();
  switch (op) {
    case Operator::Add: return Value(a + b);
    case Operator::Subtract: return Value(a - b);
    case Operator::Multiply: return Value(a * b);
    case Operator::Divide: return Value(a / b);
    default: return no_overload(symbol(op), {&left, &right});
  }
}

Result<Value> concatenate(const Value& a, const Value& b, Meter& meter) {
  if (a.is(K::String)) {
    TRY_STATUS(meter.room(a.as_string().size() + b.as_string().size()));
    return Value(a.as_string() + b.as_string());
  }
  if (a.is(K::Bytes)) {
    TRY_STATUS(meter.room(a.as_bytes().size() + b.as_bytes().size()));
    return Value(Bytes{a.as_bytes() + b.as_bytes()});
  }
  TRY_STATUS(meter.room((a.as_list().size() + b.as_list().size()) * sizeof(Value)));
  ValueList all = a.as_list();
  all.insert(all.end(), b.as_list().begin(), b.as_list().end());
  Value result(std::move(all));
  TRY_STATUS(meter.fits(result));
  return result;
}

Result<Value> time_arithmetic(Operator op, const Value& left, const Value& right) {
  const int sign = op == Operator::Add ? 1 : -1;
  const bool sum = op == Operator::Add;
  if (both(left, right, K::Duration))
    return checked_duration(Wide{left.as_duration().us} + sign * Wide{right.as_duration().us});
  if (left.is(K::Timestamp) && right.is(K::Duration))
    return checked_timestamp(Wide{left.as_timestamp().us} + sign * Wide{right.as_duration().us});
  if (sum && left.is(K::Duration) && right.is(K::Timestamp))
    return time_arithmetic(op, right, left);
  if (!sum && both(left, right, K::Timestamp))
    return checked_duration(Wide{left.as_timestamp().us} - Wide{right.as_timestamp().us});
  return no_overload(symbol(op), {&left, &right});
}

Result<Value> arithmetic(Operator op, const Value& a, const Value& b, Meter& meter) {
  if (both(a, b, K::Int)) return integer_arithmetic(op, a.as_int(), b.as_int());
  if (both(a, b, K::Uint)) return integer_arithmetic(op, a.as_uint(), b.as_uint());
  if (both(a, b, K::Double)) return double_arithmetic(op, a, b);
  if (op != Operator::Add && op != Operator::Subtract) return no_overload(symbol(op), {&a, &b});
  const bool text = both(a, b, K::String) || both(a, b, K::Bytes) || both(a, b, K::List);
  if (text && op == Operator::Add) return concatenate(a, b, meter);
  return time_arithmetic(op, a, b);
}

Order order(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return Order::Unordered;
  return a < b ? Order::Less : a > b ? Order::Greater : Order::Equal;
}

template <typename T>
Order order_of(const T& a, const T& b) {
  return a < b ? Order::Less : b < a ? Order::Greater : Order::Equal;
}

Order reversed(Order o) {
  return o == Order::Less ? Order::Greater : o == Order::Greater ? Order::Less : o;
}

double as_double(const Value& number) {
  if (number.is(K::Double)) return number.as_double();
  return number.is(K::Int) ? static_cast<double>(number.as_int())
                           : static_cast<double>(number.as_uint());
}

// An integer meets a double as a double, as in CEL's conformance cases for large numbers.
Order compare_numbers(const Value& a, const Value& b) {
  if (a.is(K::Double) || b.is(K::Double)) return order(as_double(a), as_double(b));
  if (both(a, b, K::Int)) return order_of(a.as_int(), b.as_int());
  if (both(a, b, K::Uint)) return order_of(a.as_uint(), b.as_uint());
  if (a.is(K::Uint)) return reversed(compare_numbers(b, a));
  if (a.as_int() < 0) return Order::Less;
  return order_of(static_cast<std::uint64_t>(a.as_int()), b.as_uint());
}

Result<Value> relation(Operator op, const Value& a, const Value& b) {
  const Order o = compare(a, b);
  switch (op) {
    case Operator::Less:
      if (o != Order::Incomparable) return Value(o == Order::Less);
      break;
    case Operator::LessEqual:
      if (o != Order::Incomparable) return Value(o == Order::Less || o == Order::Equal);
      break;
    case Operator::Greater:
      if (o != Order::Incomparable) return Value(o == Order::Greater);
      break;
    default:
      if (o != Order::Incomparable) return Value(o == Order::Greater || o == Order::Equal);
      break;
  }
  return no_overload(symbol(op), {&a, &b});
}

Result<Value> contained(const Value& item, const Value& range, Meter& meter) {
  if (range.is(K::Map)) {
    TRY_STATUS(meter.spend(static_cast<std::int64_t>(range.as_map().size() / 64)));
    return Value(range.find(item) != nullptr);
  }
  if (!range.is(K::List)) return no_overload("in", {&item, &range});
  TRY_STATUS(meter.spend(static_cast<std::int64_t>(range.as_list().size() / 64)));
  for (const Value& entry : range.as_list()) {
    TRY_STATUS(meter.comparison(item, entry));
    if (item == entry) return Value(true);
  }
  return Value(false);
}

Result<Value> negate(const Value& operand) {
  if (operand.is(K::Double)) return Value(-operand.as_double());
  if (operand.is(K::Duration)) return checked_duration(-Wide{operand.as_duration().us});
  if (!operand.is(K::Int)) return no_overload("-", {&operand});
  if (operand.as_int() == std::numeric_limits<std::int64_t>::min())
    return overflow(Operator::Negate);
  return Value(-operand.as_int());
}
}  // namespace

std::string_view symbol(Operator op) {
  switch (op) {
    case Operator::Add: return "+";
    case Operator::Subtract:
    case Operator::Negate: return "-";
    case Operator::Multiply: return "*";
    case Operator::Divide: return "/";
    case Operator::Modulo: return "%";
    case Operator::Equal: return "==";
    case Operator::NotEqual: return "!=";
    case Operator::Less: return "<";
    case Operator::LessEqual: return "<=";
    case Operator::Greater: return ">";
    case Operator::GreaterEqual: return ">=";
    case Operator::In: return "in";
    case Operator::Not: return "!";
    case Operator::None: break;
  }
  return "?";
}

Order compare(const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) return compare_numbers(a, b);
  if (a.kind() != b.kind()) return Order::Incomparable;
  switch (a.kind()) {
    case K::Bool: return order_of(a.as_bool(), b.as_bool());
    case K::String:
      return order_of(a.as_string(), b.as_string());  // bytes of UTF-8 order as code points
    case K::Bytes: return order_of(a.as_bytes(), b.as_bytes());
    case K::Timestamp: return order_of(a.as_timestamp().us, b.as_timestamp().us);
    case K::Duration: return order_of(a.as_duration().us, b.as_duration().us);
    default: return Order::Incomparable;
  }
}

Result<Value> apply(Operator op, const Value& operand) {
  if (op == Operator::Negate) return negate(operand);
  if (!operand.is(K::Bool)) return no_overload("!", {&operand});
  return Value(!operand.as_bool());
}

Result<Value> apply(Operator op, const Value& left, const Value& right, Meter& meter) {
  switch (op) {
    case Operator::Equal:
    case Operator::NotEqual:
      TRY_STATUS(meter.comparison(left, right));
      return Value((left == right) == (op == Operator::Equal));
    case Operator::In: return contained(left, right, meter);
    case Operator::Less:
    case Operator::LessEqual:
    case Operator::Greater:
    case Operator::GreaterEqual:
      TRY_STATUS(meter.comparison(left, right));
      return relation(op, left, right);
    default: return arithmetic(op, left, right, meter);
  }
}

Result<Value> checked_timestamp(Wide microseconds) {
  constexpr Wide kFirst = -62135596800000000;  // 0001-01-01T00:00:00Z
  constexpr Wide kLast = 253402300799999999;   // 9999-12-31T23:59:59.999999Z
  if (microseconds < kFirst || microseconds > kLast)
    return explain(Code::OutOfRange, {"the timestamp is outside the years 1 to 9999",
                                      "时间戳超出公元 1 年到 9999 年"});
  return Value(Instant{static_cast<std::int64_t>(microseconds)});
}

Result<Value> checked_duration(Wide microseconds) {
  constexpr Wide kMax = std::numeric_limits<std::int64_t>::max() / 1000;
  if (microseconds < -kMax || microseconds > kMax)
    return explain(Code::OutOfRange,
                   {"the duration is outside +-292 years", "时长超出正负 292 年"});
  return Value(Duration{static_cast<std::int64_t>(microseconds)});
}

}  // namespace gantry::expr
