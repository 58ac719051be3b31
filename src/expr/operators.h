// The operators of CEL on values (cel-spec, "Standard Definitions"): no silent conversion, overflow
// and division by zero are errors.
#pragma once

#include "base/value.h"
#include "expr/ast.h"
#include "expr/meter.h"

namespace gantry::expr {

Result<Value> apply(Operator op, const Value& operand);
Result<Value> apply(Operator op, const Value& left, const Value& right, Meter& meter);
std::string_view symbol(Operator op);  // "+"

enum class Order { Less, Equal, Greater, Unordered, Incomparable };
// Numbers compare across types by value; Unordered if a NaN takes part.
Order compare(const Value& a, const Value& b);

Error no_overload(std::string_view what, std::initializer_list<const Value*> operands);

// Wide enough that sums of times can not overflow before they are checked.
__extension__ typedef __int128 Wide;

// Within years 1 to 9999, and within the 292 years that CEL's durations have.
Result<Value> checked_timestamp(Wide microseconds);
Result<Value> checked_duration(Wide microseconds);

}  // namespace gantry::expr
