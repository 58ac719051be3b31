// Text with ${{ expression }} parts, as the strings of a definition have them.
//
//   "${{ params.n + 1 }}"          one whole expression: keeps its type, here int
//   "n is ${{ params.n }}"         text: each value is formatted with gantry::to_text
//   "$${{ not.an.expression }}"    the text "${{ not.an.expression }}"
//
// A part ends at the first }} outside of strings, maps and comments of its expression.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/value.h"
#include "expr/check.h"
#include "expr/expression.h"
#include "expr/references.h"
#include "expr/scope.h"

namespace gantry::expr {

// Immutable and cheap to copy; safe to use from many threads.
class Template {
 public:
  using Part = std::variant<std::string, Expression>;
  Template() : Template({}, 0) {}  // the empty text
  Template(std::vector<Part> parts, std::size_t source_bytes);

  bool is_literal() const;  // no expression at all
  bool is_whole() const;    // one expression and nothing around it
  const std::vector<Part>& parts() const { return *parts_; }
  std::vector<Reference> references() const;  // places count from the start of the text
  std::vector<Problem> check(const Names& roots) const;

  // Errors begin with the column in the text, and are those of expr::evaluate. A text may be
  // longer than its source by kExpressionResultBytesMax.
  Result<Value> evaluate(const Scope& scope) const;

 private:
  std::shared_ptr<const std::vector<Part>> parts_;
  std::size_t source_bytes_ = 0;
};

std::variant<Template, Problem> parse_template_or_problem(std::string_view text);
Result<Template> parse_template(std::string_view text);

}  // namespace gantry::expr
