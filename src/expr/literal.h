// The values that literal tokens stand for.
#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "base/result.h"
#include "base/value.h"
#include "expr/lexer.h"

namespace gantry::expr {

struct Fault {
  std::size_t offset = 0;  // in the source
  Error what;
};

// `token` is Int, Uint, Double, String or Bytes. `negative`: a minus stands before the number
// and belongs to it, so that -9223372036854775808 is an int.
std::variant<Value, Fault> literal_value(const Token& token, bool negative = false);

// Whether `text` is a CEL name that can follow a dot.
bool is_plain_name(std::string_view text);
// Words that CEL keeps for itself: they can follow a dot but not start an expression.
bool is_reserved(std::string_view word);

}  // namespace gantry::expr
