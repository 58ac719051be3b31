// Regular expressions, RE2 syntax: for values outside of expressions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry::expr {

Status check_pattern(const std::string& pattern);  // what `matches` would say of it

// Whether the whole text matches. The pattern has been checked. Linear in the text.
bool matches_whole(const std::string& pattern, std::string_view text);

}  // namespace gantry::expr
