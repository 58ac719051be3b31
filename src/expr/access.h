// Field selection and indexing (cel-spec, "Field Selection"), plain and optional.
#pragma once

#include <string_view>

#include "base/value.h"

namespace gantry::expr {

// target.name; on an optional value the result is optional too. `optional`: .?name
Result<Value> select_field(const Value& target, std::string_view name, bool optional);
Result<Value> has_field(const Value& target, std::string_view name);
// target[key]; `optional`: [?key]
Result<Value> index_value(const Value& target, const Value& key, bool optional);

}  // namespace gantry::expr
