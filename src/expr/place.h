// A position inside an expression or template, and a complaint about that position.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace gantry::expr {

struct Place {
  std::size_t offset = 0;  // bytes from the start of the text
  int line = 1;
  int column = 1;  // 1-based, in code points
  bool operator==(const Place&) const = default;
};

struct Problem {
  Place place;
  std::string message;  // without the place
  std::string zh = {};  // the same in Chinese
  bool operator==(const Problem&) const = default;
};

Place place_at(std::string_view text, std::size_t offset);

// "column 5: ..." or, below the first line, "line 2, column 5: ...".
std::string to_text(const Problem& problem, Lang lang = Lang::En);
Error to_error(const Problem& problem);  // InvalidArgument
// InvalidArgument in both languages.
Error error_of(Text text);
// `what` at this place.
Problem problem_at(std::string_view text, std::size_t offset, const Error& what);

}  // namespace gantry::expr
