#include "expr/template.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/limits.h"

namespace gantry::expr {
namespace {

MapScope sample_scope() {
  MapScope scope;
  scope.set("params",
            parse_json(R"({"n": 3, "name": "x", "list": [1, "a"], "none": null})").value());
  scope.set("big", Value(std::string(200 << 10, 'x')));
  return scope;
}

Result<Value> value(std::string_view text) {
  TRY(const Template parsed, parse_template(text));
  return parsed.evaluate(sample_scope());
}

std::string run(std::string_view text) {
  const auto result = value(text);
  return result.ok() ? to_json(*result) : result.error().message;
}

TEST(Template, TextWithoutPartsIsItself) {
  const Template parsed = parse_template("echo $HOME ${HOME} {{ x }} }} $").value();
  EXPECT_TRUE(parsed.is_literal());
  EXPECT_EQ(parsed.evaluate(MapScope())->as_string(), "echo $HOME ${HOME} {{ x }} }} $");
  EXPECT_EQ(run(""), "\"\"");
  EXPECT_EQ(Template().evaluate(MapScope())->as_string(), "");
}

TEST(Template, AWholeExpressionKeepsItsType) {
  EXPECT_EQ(run("${{ params.n + 1 }}"), "4");
  EXPECT_EQ(run("${{params.list}}"), "[1,\"a\"]");
  EXPECT_TRUE(value("${{ params.none }}")->is(Value::Kind::Null));
  EXPECT_TRUE(parse_template("${{ 1 }}")->is_whole());
  EXPECT_FALSE(parse_template("${{ 1 }} ")->is_whole());
  EXPECT_FALSE(parse_template("${{ 1 }}${{ 2 }}")->is_whole());
}

TEST(Template, PartsInTextAreFormatted) {
  EXPECT_EQ(run("n=${{ params.n }}, list=${{ params.list }}, none=[${{ params.none }}]"),
            R"("n=3, list=[1,\"a\"], none=[]")");
  EXPECT_EQ(run("${{ 1 }}${{ 'a' }}"), "\"1a\"");
  EXPECT_EQ(run(" ${{ 1 }}"), "\" 1\"");
}

TEST(Template, TheEndIsFoundByTheLexer) {
  EXPECT_EQ(run("${{ '}}' }}"), "\"}}\"");
  EXPECT_EQ(run("${{ {'a': {'b': 1}}}}"), R"({"a":{"b":1}})");
  EXPECT_EQ(run("${{ {'a': 1}.a }}}}"), "\"1}}\"");
  EXPECT_EQ(run("${{ 1 // }} not here\n }}"), "1");
  EXPECT_EQ(run("${{ \"\"\"}}\n\"\"\" }}"), "\"}}\\n\"");
}

TEST(Template, AnEscapedOpeningIsText) {
  EXPECT_EQ(run("$${{ x }}"), "\"${{ x }}\"");
  EXPECT_EQ(run("a$$${{ x }} ${{ 1 }}"), "\"a$${{ x }} 1\"");
  EXPECT_TRUE(parse_template("$${{ x")->is_literal());
}

TEST(Template, ErrorsNameTheColumnInTheText) {
  EXPECT_EQ(run("ab ${{ 1"),
            "column 4: this ${{ has no }}; close it, or write $${{ for the text ${{");
  EXPECT_EQ(run("ab ${{ 1 }"),
            "column 4: this ${{ has no }}; close it, or write $${{ for the text ${{");
  EXPECT_EQ(run("ab ${{ 'x }} cd"),
            "column 8: this text has no closing quote on its line; add the quote, or use \"\"\"");
  EXPECT_EQ(run("ab ${{ 1 + }}"), "column 12: the expression ends here, but a value is expected");
  EXPECT_EQ(run("ab ${{}}"), "column 7: the expression is empty; write a value");
  EXPECT_EQ(run("ab\ncd ${{ 1 / 0 }}"),
            "line 2, column 10: division by zero; guard it, as in n == 0 ? 0 : total / n");
  EXPECT_EQ(run("${{ params.n }} ${{ params.m }}"),
            "column 28: no such key 'm'; did you mean 'n'?");
  const auto parsed = parse_template_or_problem("部 ${{ ) }}");
  EXPECT_EQ(std::get<Problem>(parsed).place, (Place{8, 1, 7}));
}

TEST(Template, ReferencesAndChecksCountFromTheStartOfTheText) {
  const Template parsed = parse_template("a ${{ params.n }}\nb ${{ other }}").value();
  const auto references = parsed.references();
  ASSERT_EQ(references.size(), 2u);
  EXPECT_EQ(references[0].place, (Place{6, 1, 7}));
  EXPECT_EQ(references[1].place, (Place{24, 2, 7}));
  Names roots;
  roots.add("params");
  const auto problems = parsed.check(roots);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(to_text(problems[0]), "line 2, column 7: unknown name 'other'; there is params");
}

TEST(Template, TheTextIsBounded) {
  EXPECT_TRUE(value("a ${{ big }}").ok());
  EXPECT_EQ(value("${{ big }} ${{ big }}").error().code, Code::ResourceExhausted);
  const std::string long_text(limits::kExpressionResultBytesMax * 2, 'a');
  EXPECT_TRUE(value(long_text + "${{ 1 }}").ok());  // a long script is no growth
}

}  // namespace
}  // namespace gantry::expr
