// Params whose values are short texts with a meaning: what such a text looks like, and the bounds
// that are written the same way. Lint, starts, CSV and backfills all ask here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/workflow.h"

namespace gantry::model {

// Date, Decimal, Datetime and Duration: their bounds are Param::low and Param::high.
bool has_ends(ParamType type);

// The value of a text of such a type: of a date and a decimal the text itself, else a timestamp or
// a duration. The error says what is allowed.
Result<Value> read_param_text(ParamType type, std::string_view text);

// Less than, equal to or greater than zero. Both are values of this type.
int compare_param_values(ParamType type, const Value& a, const Value& b);

// Against low and high, which are good texts of the type.
Status check_ends(const Param& param, const Value& value);

// The params as expressions see them: decimals as doubles. `values` are of the types of `params`.
ValueMap values_in_expressions(const std::vector<Param>& params, const ValueMap& values);

}  // namespace gantry::model
