// The math extension of CEL.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/explain.h"
#include "expr/functions.h"
#include "expr/operators.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;

bool is_number(const Value& v) { return v.is(K::Int) || v.is(K::Uint) || v.is(K::Double); }

// Of numbers, or of one list of numbers.
Result<Value> extreme(const Call& call, Order wanted) {
  std::span<const Value> numbers = call.values;
  if (call.takes({K::List})) numbers = call[0].as_list();
  if (numbers.empty()) return call.no_overload();
  TRY_STATUS(call.meter.spend(static_cast<std::int64_t>(numbers.size() / 16)));
  const Value* best = nullptr;
  for (const Value& number : numbers) {
    if (!is_number(number)) return call.no_overload();
    if (best == nullptr || compare(number, *best) == wanted) best = &number;
  }
  return *best;
}

template <double (*kBody)(double)>
Result<Value> rounded(const Call& call) {
  if (!call.takes({K::Double})) return call.no_overload();
  return Value(kBody(call[0].as_double()));
}

template <auto kTest>
Result<Value> tested(const Call& call) {
  if (!call.takes({K::Double})) return call.no_overload();
  return Value(kTest(call[0].as_double()));
}

Result<Value> absolute(const Call& call) {
  const Value& v = call[0];
  if (v.is(K::Uint)) return v;
  if (v.is(K::Double)) return Value(std::fabs(v.as_double()));
  if (!v.is(K::Int)) return call.no_overload();
  if (v.as_int() == std::numeric_limits<std::int64_t>::min())
    return explain(Code::OutOfRange,
                   {"the result of math.abs does not fit 64 bits", "math.abs 的结果超出 64 位"});
  return Value(std::abs(v.as_int()));
}

Result<Value> sign(const Call& call) {
  const Value& v = call[0];
  if (v.is(K::Int)) return Value((v.as_int() > 0) - (v.as_int() < 0));
  if (v.is(K::Uint)) return Value(std::uint64_t{v.as_uint() > 0});
  if (!v.is(K::Double)) return call.no_overload();
  const double d = v.as_double();
  return Value(std::isnan(d) ? d : static_cast<double>((d > 0) - (d < 0)));
}

template <typename Combine>
Result<Value> bitwise(const Call& call, Combine combine) {
  if (call.takes({K::Int, K::Int})) return Value(combine(call[0].as_int(), call[1].as_int()));
  if (call.takes({K::Uint, K::Uint})) return Value(combine(call[0].as_uint(), call[1].as_uint()));
  return call.no_overload();
}

Result<Value> bit_not(const Call& call) {
  if (call.takes({K::Int})) return Value(~call[0].as_int());
  if (call.takes({K::Uint})) return Value(~call[0].as_uint());
  return call.no_overload();
}

// Ints shift as if they were uints: no sign is carried in, 64 and more give 0.
Result<Value> shift(const Call& call, bool left) {
  const bool is_int = call[0].is(K::Int);
  if ((!is_int && !call[0].is(K::Uint)) || !call[1].is(K::Int)) return call.no_overload();
  const std::int64_t places = call[1].as_int();
  if (places < 0)
    return explain(Code::OutOfRange,
                   {"a shift by a negative offset means nothing; use the other direction",
                    "移位的位数不能为负；请改用相反的方向"});
  const std::uint64_t bits =
      is_int ? static_cast<std::uint64_t>(call[0].as_int()) : call[0].as_uint();
  const std::uint64_t moved = places > 63 ? 0 : left ? bits << places : bits >> places;
  return is_int ? Value(static_cast<std::int64_t>(moved)) : Value(moved);
}

Result<Value> square_root(const Call& call) {
  const Value& v = call[0];
  if (v.is(K::Double)) return Value(std::sqrt(v.as_double()));
  if (v.is(K::Int)) return Value(std::sqrt(static_cast<double>(v.as_int())));
  if (v.is(K::Uint)) return Value(std::sqrt(static_cast<double>(v.as_uint())));
  return call.no_overload();
}

Result<Value> greatest(const Call& call) { return extreme(call, Order::Greater); }
Result<Value> least(const Call& call) { return extreme(call, Order::Less); }
Result<Value> bit_and(const Call& call) {
  return bitwise(call, [](auto a, auto b) { return a & b; });
}
Result<Value> bit_or(const Call& call) {
  return bitwise(call, [](auto a, auto b) { return a | b; });
}
Result<Value> bit_xor(const Call& call) {
  return bitwise(call, [](auto a, auto b) { return a ^ b; });
}
Result<Value> shift_left(const Call& call) { return shift(call, true); }
Result<Value> shift_right(const Call& call) { return shift(call, false); }
bool is_nan(double d) { return std::isnan(d); }
bool is_inf(double d) { return std::isinf(d); }
bool is_finite(double d) { return std::isfinite(d); }

constexpr std::array<Function, 18> kFunctions{{
    {"math.greatest", CallStyle::Global, 1, kAnyNumber, greatest},
    {"math.least", CallStyle::Global, 1, kAnyNumber, least},
    {"math.ceil", CallStyle::Global, 1, 1, rounded<std::ceil>},
    {"math.floor", CallStyle::Global, 1, 1, rounded<std::floor>},
    {"math.round", CallStyle::Global, 1, 1, rounded<std::round>},
    {"math.trunc", CallStyle::Global, 1, 1, rounded<std::trunc>},
    {"math.abs", CallStyle::Global, 1, 1, absolute},
    {"math.sign", CallStyle::Global, 1, 1, sign},
    {"math.sqrt", CallStyle::Global, 1, 1, square_root},
    {"math.isNaN", CallStyle::Global, 1, 1, tested<is_nan>},
    {"math.isInf", CallStyle::Global, 1, 1, tested<is_inf>},
    {"math.isFinite", CallStyle::Global, 1, 1, tested<is_finite>},
    {"math.bitAnd", CallStyle::Global, 2, 2, bit_and},
    {"math.bitOr", CallStyle::Global, 2, 2, bit_or},
    {"math.bitXor", CallStyle::Global, 2, 2, bit_xor},
    {"math.bitNot", CallStyle::Global, 1, 1, bit_not},
    {"math.bitShiftLeft", CallStyle::Global, 2, 2, shift_left},
    {"math.bitShiftRight", CallStyle::Global, 2, 2, shift_right},
}};
}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace gantry::expr
