// Optional values.
#include <array>

#include "base/explain.h"
#include "expr/functions.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
Result<Value> of(const Call& call) { return some(call[0]); }
Result<Value> of_non_zero(const Call& call) {
  return is_zero_value(call[0]) ? none() : some(call[0]);
}
Result<Value> nothing(const Call&) { return none(); }

Result<Value> has_value(const Call& call) {
  if (!is_optional(call[0])) return call.no_overload();
  return Value(content(call[0]) != nullptr);
}

Result<Value> value(const Call& call) {
  if (!is_optional(call[0])) return call.no_overload();
  if (const Value* inside = content(call[0])) return *inside;
  return explain(Code::NotFound, {"the optional value is empty; give another with orValue(...)",
                                  "可选值为空；请用 orValue(...) 给出替代值"});
}

Result<Value> or_value(const Call& call) {
  if (!is_optional(call[0])) return call.no_overload();
  const Value* inside = content(call[0]);
  return inside != nullptr ? *inside : call[1];
}

Result<Value> or_optional(const Call& call) {
  if (!is_optional(call[0]) || !is_optional(call[1])) return call.no_overload();
  return content(call[0]) != nullptr ? call[0] : call[1];
}

constexpr std::array<Function, 7> kFunctions{{
    {"optional.of", CallStyle::Global, 1, 1, of, true},
    {"optional.ofNonZeroValue", CallStyle::Global, 1, 1, of_non_zero, true},
    {"optional.none", CallStyle::Global, 0, 0, nothing, true},
    {"hasValue", CallStyle::Method, 1, 1, has_value},
    {"value", CallStyle::Method, 1, 1, value, true},
    {"orValue", CallStyle::Method, 2, 2, or_value, true},
    {"or", CallStyle::Method, 2, 2, or_optional, true},
}};
}  // namespace

std::span<const Function> optional_functions() { return kFunctions; }

}  // namespace gantry::expr
