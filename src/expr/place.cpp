#include "expr/place.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace gantry::expr {

Place place_at(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const std::size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
  const auto column = 1 + count_code_points(before.substr(line_start));
  return {offset, static_cast<int>(line), static_cast<int>(column)};
}

std::string to_text(const Problem& problem) {
  const Place& at = problem.place;
  if (at.line == 1) return fmt::format("column {}: {}", at.column, problem.message);
  return fmt::format("line {}, column {}: {}", at.line, at.column, problem.message);
}

Error to_error(const Problem& problem) { return invalid(to_text(problem)); }

}  // namespace gantry::expr
