#include "expr/parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "expr/expression.h"

namespace gantry::expr {
namespace {

// The message of the error, or "parses".
std::string problem(std::string_view text) {
  const auto parsed = parse(text);
  return parsed.ok() ? "parses" : parsed.error().message;
}

// The tree with every operator in parentheses.
std::string shape(const Ast& ast, NodeId id) {
  const Node& node = ast.nodes[id];
  const auto child = [&](std::size_t i) { return shape(ast, node.children[i]); };
  switch (node.kind) {
    case NodeKind::Literal: return "#";
    case NodeKind::Name: return node.name;
    case NodeKind::Select:
      return fmt::format("{}.{}{}", child(0), node.optional ? "?" : "", node.name);
    case NodeKind::Index:
      return fmt::format("{}[{}{}]", child(0), node.optional ? "?" : "", child(1));
    case NodeKind::Unary:
      return fmt::format("({} {})", node.op == Operator::Not ? "!" : "-", child(0));
    case NodeKind::Binary:
      return fmt::format("({} {} {})", child(0), static_cast<int>(node.op), child(1));
    case NodeKind::And: return fmt::format("({} && {})", child(0), child(1));
    case NodeKind::Or: return fmt::format("({} || {})", child(0), child(1));
    case NodeKind::Choice: return fmt::format("({} ? {} : {})", child(0), child(1), child(2));
    default: return "other";
  }
}

std::string shape(std::string_view text) {
  const auto parsed = parse(text);
  return parsed.ok() ? shape(parsed->ast(), parsed->ast().root) : parsed.error().message;
}

std::string plus(const std::string& a, const std::string& b) {
  return fmt::format("({} {} {})", a, static_cast<int>(Operator::Add), b);
}

TEST(Parser, BindsByPrecedenceAndToTheLeft) {
  EXPECT_EQ(shape("a || b && c"), "(a || (b && c))");
  EXPECT_EQ(shape("a && b && c"), "((a && b) && c)");
  EXPECT_EQ(shape("a + b + c"), plus(plus("a", "b"), "c"));
  EXPECT_EQ(shape("a + (b + c)"), plus("a", plus("b", "c")));
  EXPECT_EQ(shape("a ? b : c ? d : e"), "(a ? b : (c ? d : e))");
  EXPECT_EQ(shape("!a.b[c].?d[?e]"), "(! a.b[c].?d[?e])");
  EXPECT_EQ(shape("- -a"), "(- (- a))");
  EXPECT_EQ(shape("-1"), "#");
  EXPECT_EQ(shape("a.in"), "a.in");
}

TEST(Parser, ErrorsNameTheColumn) {
  EXPECT_EQ(problem(""), "column 1: the expression is empty; write a value");
  EXPECT_EQ(problem("a +"), "column 4: the expression ends here, but a value is expected");
  EXPECT_EQ(problem("a and b"),
            "column 3: expected an operator or the end, not 'and'; write && for 'and'");
  EXPECT_EQ(problem("(a"),
            "column 3: the expression ends here, but ')' to close the parenthesis is expected");
  EXPECT_EQ(problem("[1, 2"),
            "column 6: the expression ends here, but ',' or ']' in the list is expected");
  EXPECT_EQ(problem("{1}"), "column 3: expected ':' between key and value of the map, not '}'");
  EXPECT_EQ(
      problem("a ? b"),
      "column 6: the expression ends here, but ':' between the two values of ? : is expected");
  EXPECT_EQ(problem("f(1,)"), "column 5: expected an argument after the comma, not ')'");
  EXPECT_EQ(problem("a = 1"), "column 3: a single = means nothing here; compare with ==");
  EXPECT_EQ(problem("x == 'a"),
            "column 6: this text has no closing quote on its line; add the quote, or use \"\"\"");
  EXPECT_EQ(problem("if"),
            "column 1: 'if' is a reserved word; behind a dot or as x[\"if\"] it is fine");
  EXPECT_EQ(problem("1 + 99999999999999999999"),
            "column 5: 99999999999999999999 does not fit an int; the range is -2^63 to 2^63-1");
}

TEST(Parser, PlacesCountCodePointsAndLines) {
  EXPECT_EQ(problem("'部门' +"), "column 7: the expression ends here, but a value is expected");
  EXPECT_EQ(problem("a\n  + )"), "line 2, column 5: expected a value, not ')'");
  const auto parsed = parse_or_problem("'部' + )");
  EXPECT_EQ(std::get<Problem>(parsed).place, (Place{8, 1, 7}));
}

TEST(Parser, MacrosWantTheirVariables) {
  EXPECT_EQ(problem("[1].all(x, x > 0)"), "parses");
  EXPECT_EQ(
      problem("[1].all(1, true)"),
      "column 9: the macro takes a plain name for its variable here, as in list.all(x, x > 0)");
  EXPECT_EQ(problem("has(a)"),
            "column 1: has() takes one field, as in has(a.b); for a[\"b\"] write \"b\" in a");
  EXPECT_EQ(problem("has(a.b, c.d)").substr(0, 10), "column 1: ");
  EXPECT_EQ(problem("cel.bind(x, 1)"),
            "column 1: cel.bind takes a name, its value and an expression that uses it");
}

TEST(Parser, ReservedWordsMayFollowADot) {
  EXPECT_EQ(problem("a.if.for.while"), "parses");
  EXPECT_EQ(problem("a.continue()"), "parses");
  EXPECT_EQ(problem("package"),
            "column 1: 'package' is a reserved word; behind a dot or as x[\"package\"] it is fine");
}

TEST(Parser, DepthAndSizeAreBounded) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '(') + "1" +
           std::string(static_cast<std::size_t>(depth), ')');
  };
  EXPECT_EQ(problem(nested(limits::kExpressionDepthMax - 1)), "parses");
  EXPECT_EQ(problem(nested(limits::kExpressionDepthMax)),
            "column 65: nested deeper than 64 levels; split it over tasks or outputs");
  EXPECT_EQ(problem(nested(8000)),
            "column 65: nested deeper than 64 levels; split it over tasks or outputs");
  EXPECT_EQ(
      problem(std::string(limits::kExpressionBytesMax + 1, '1')),
      "column 1: the expression has 16385 bytes, the limit is 16384; move the work into a task");
  EXPECT_EQ(problem("'\xff'"), "column 1: the expression is not valid UTF-8");
}

TEST(Parser, LongChainsAreNotDeep) {
  std::string sum = "1";
  for (int i = 0; i < 5000; ++i) sum += "+1";
  EXPECT_EQ(problem(sum), "parses");
  EXPECT_EQ(problem(std::string(5000, '!').append("true")), "parses");
  std::string path = "a";
  for (int i = 0; i < 5000; ++i) path += ".a";
  EXPECT_EQ(problem(path), "parses");
}

}  // namespace
}  // namespace gantry::expr
