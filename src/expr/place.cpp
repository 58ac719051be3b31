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

std::string to_text(const Problem& problem, Lang lang) {
  const Place& at = problem.place;
  if (lang == Lang::Zh) {
    const std::string& message = problem.zh.empty() ? problem.message : problem.zh;
    if (at.line == 1) return fmt::format("第 {} 列：{}", at.column, message);
    return fmt::format("第 {} 行第 {} 列：{}", at.line, at.column, message);
  }
  if (at.line == 1) return fmt::format("column {}: {}", at.column, problem.message);
  return fmt::format("line {}, column {}: {}", at.line, at.column, problem.message);
}

Error to_error(const Problem& problem) {
  return {Code::InvalidArgument, to_text(problem, Lang::En), to_text(problem, Lang::Zh)};
}

Error error_of(Text text) {
  return {Code::InvalidArgument, std::string(text.en), std::string(text.zh)};
}

Problem problem_at(std::string_view text, std::size_t offset, const Error& what) {
  return {place_at(text, offset), what.message, what.zh};
}

}  // namespace gantry::expr
