// An expression of a workflow, in the Common Expression Language: no loops, no side effects, always
// ends. Semantics: cel-spec, doc/langdef.md, with optional values and the standard extensions.
//
//   TRY(auto condition, expr::parse("tasks.load.outputs.n > 0 && !params.dry_run"));
//   TRY(auto value, expr::evaluate(condition, scope));
//
// Differences: protocol buffer messages do not exist; times and durations keep microseconds.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "expr/place.h"

namespace gantry::expr {

struct Ast;

// Immutable and cheap to copy; safe to use from many threads.
class Expression {
 public:
  explicit Expression(std::shared_ptr<const Ast> ast);
  const Ast& ast() const { return *ast_; }
  std::string_view text() const;  // as written

 private:
  std::shared_ptr<const Ast> ast_;
};

// Bounded by kExpressionBytesMax and kExpressionDepthMax. The first error only, with its place.
std::variant<Expression, Problem> parse_or_problem(std::string_view text);
Result<Expression> parse(std::string_view text);  // the message begins with the column

// The part [begin, end) of a larger text; places count from the start of that text.
std::variant<Expression, Problem> parse_part(std::shared_ptr<const std::string> source,
                                             std::size_t begin, std::size_t end);

}  // namespace gantry::expr
