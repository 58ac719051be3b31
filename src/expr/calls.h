// Which functions an expression calls, and with what.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/expression.h"
#include "expr/place.h"

namespace gantry::expr {

struct NamedCall {
  Place place;                      // of the call
  std::optional<std::string> text;  // its first argument, if that is written as a text
};

// Calls of a global function, in the order of the text.
std::vector<NamedCall> calls_of(const Expression& expression, std::string_view function);

}  // namespace gantry::expr
