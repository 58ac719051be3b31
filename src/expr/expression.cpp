#include "expr/expression.h"

#include <fmt/format.h>

#include "base/explain.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "expr/ast.h"
#include "expr/parser.h"

namespace gantry::expr {

Expression::Expression(std::shared_ptr<const Ast> ast) : ast_(std::move(ast)) {}

std::string_view Expression::text() const {
  return std::string_view(*ast_->source).substr(ast_->begin, ast_->end - ast_->begin);
}

std::variant<Expression, Problem> parse_part(std::shared_ptr<const std::string> source,
                                             std::size_t begin, std::size_t end) {
  const std::string_view part = std::string_view(*source).substr(begin, end - begin);
  if (part.size() > limits::kExpressionBytesMax)
    return problem_at(
        *source, begin,
        refuse({"the expression has {} bytes, the limit is {}; move the work into a task",
                "表达式有 {} 字节，上限为 {}；请把工作移到任务中"},
               part.size(), limits::kExpressionBytesMax));
  if (!is_utf8(part))
    return problem_at(*source, begin,
                      refuse({"the expression is not valid UTF-8", "表达式不是有效的 UTF-8"}));
  auto ast = std::make_shared<Ast>();
  ast->source = source;
  ast->begin = begin;
  ast->end = end;
  if (auto fault = Parser(*ast).run()) return problem_at(*source, fault->offset, fault->what);
  return Expression(std::move(ast));
}

std::variant<Expression, Problem> parse_or_problem(std::string_view text) {
  return parse_part(std::make_shared<const std::string>(text), 0, text.size());
}

Result<Expression> parse(std::string_view text) {
  auto parsed = parse_or_problem(text);
  if (auto* problem = std::get_if<Problem>(&parsed)) return to_error(*problem);
  return std::get<Expression>(std::move(parsed));
}

}  // namespace gantry::expr
