// Evaluation: total and bounded. It ends within kExpressionStepsMax steps, builds no value over
// kExpressionResultBytesMax, recurses no deeper than the expression nests, never throws. The same
// expression and scope always give the same result.
#pragma once

#include "base/value.h"
#include "expr/expression.h"
#include "expr/scope.h"

namespace gantry::expr {

// Errors begin with the column. ResourceExhausted: a limit; OutOfRange: overflow, division by zero
// or an index; NotFound: a missing name, key or function; InvalidArgument: the rest.
Result<Value> evaluate(const Expression& expression, const Scope& scope);

// The same, and how many steps it took.
Result<Value> evaluate(const Expression& expression, const Scope& scope, std::int64_t& steps);

}  // namespace gantry::expr
