// The text of $GANTRY_OUTPUT as values: a line `name=text` gives a string, a line that is a JSON
// object gives each of its members with its type. Later lines win. Empty lines do not count.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/value.h"

namespace gantry::runner {

Result<Value> parse_outputs(std::string_view text);  // a map; errors name the line

}  // namespace gantry::runner
