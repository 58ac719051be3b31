#include "expr/lexer.h"

#include <gtest/gtest.h>

#include <vector>

#include "expr/literal.h"

namespace gantry::expr {
namespace {

std::vector<Token> tokens(std::string_view text) {
  std::vector<Token> all;
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next())
    all.push_back(token);
  return all;
}

std::vector<std::string> texts(std::string_view source) {
  std::vector<std::string> all;
  for (const Token& token : tokens(source)) all.emplace_back(token.text);
  return all;
}

TokenKind kind(std::string_view text) {
  const auto all = tokens(text);
  return all.size() == 1 ? all[0].kind : TokenKind::End;
}

Value literal(std::string_view text, bool negative = false) {
  const auto value = literal_value(tokens(text).at(0), negative);
  return std::holds_alternative<Value>(value) ? std::get<Value>(value) : Value(TypeName{"fault"});
}

std::size_t fault_offset(std::string_view text) {
  const auto value = literal_value(tokens(text).at(0));
  return std::holds_alternative<Fault>(value) ? std::get<Fault>(value).offset : 9999;
}

TEST(Lexer, SplitsSymbolsNamesAndNumbers) {
  using T = std::vector<std::string>;
  EXPECT_EQ(texts("a.b>=1&&!c"), (T{"a", ".", "b", ">=", "1", "&&", "!", "c"}));
  EXPECT_EQ(texts("1-1"), (T{"1", "-", "1"}));
  EXPECT_EQ(texts("x.1"), (T{"x", ".1"}));
  EXPECT_EQ(texts("{}}}"), (T{"{", "}", "}", "}"}));
  EXPECT_EQ(texts("a // b }} \n c"), (T{"a", "c"}));
  EXPECT_EQ(texts(" \t\r\n\f"), (T{}));
}

TEST(Lexer, KnowsTheKindsOfNumbers) {
  EXPECT_EQ(kind("12"), TokenKind::Int);
  EXPECT_EQ(kind("0x1F"), TokenKind::Int);
  EXPECT_EQ(kind("12u"), TokenKind::Uint);
  EXPECT_EQ(kind("0xFFU"), TokenKind::Uint);
  EXPECT_EQ(kind("1.5"), TokenKind::Double);
  EXPECT_EQ(kind(".5e-3"), TokenKind::Double);
  EXPECT_EQ(kind("1E5"), TokenKind::Double);
  EXPECT_EQ(kind("12abc"), TokenKind::Bad);
  EXPECT_EQ(kind("0x"), TokenKind::Bad);
  EXPECT_EQ(kind("1.5u"), TokenKind::Bad);
}

TEST(Lexer, KnowsStringsBytesAndQuotedNames) {
  EXPECT_EQ(kind("'a'"), TokenKind::String);
  EXPECT_EQ(kind(R"("a\"b")"), TokenKind::String);
  EXPECT_EQ(kind("R'\\'"), TokenKind::String);
  EXPECT_EQ(kind("'''a'b\nc'''"), TokenKind::String);
  EXPECT_EQ(kind("b'a'"), TokenKind::Bytes);
  EXPECT_EQ(kind("bR\"a\""), TokenKind::Bytes);
  EXPECT_EQ(kind("`a-b/c.d`"), TokenKind::QuotedName);
  EXPECT_EQ(tokens("rb'a'").size(), 2u);  // only br is a prefix
}

TEST(Lexer, SaysWhatIsWrongAndGoesOn) {
  const auto all = tokens("a = 'b");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].kind, TokenKind::Bad);
  EXPECT_EQ(all[1].offset, 2u);
  EXPECT_EQ(all[1].fault.en, "a single = means nothing here; compare with ==");
  EXPECT_EQ(all[2].kind, TokenKind::Bad);
  EXPECT_EQ(all[2].offset, 4u);
  EXPECT_EQ(kind("'''abc''"), TokenKind::Bad);
  EXPECT_EQ(kind("'a\nb'"), TokenKind::End);  // more than one token: the text ends at its line
  EXPECT_EQ(kind("部"), TokenKind::Bad);
  EXPECT_EQ(tokens("``")[0].kind, TokenKind::Bad);
}

TEST(Literal, NumbersMeetTheEndsOfTheirRanges) {
  EXPECT_EQ(literal("9223372036854775807"), Value(std::int64_t{9223372036854775807}));
  EXPECT_EQ(literal("9223372036854775808").kind(), Value::Kind::Type);
  EXPECT_EQ(literal("9223372036854775808", true), Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(literal("0xFFFFFFFFFFFFFFFFu"), Value(std::uint64_t{18446744073709551615u}));
  EXPECT_EQ(literal("18446744073709551616u").kind(), Value::Kind::Type);
  EXPECT_EQ(literal("1e400").as_double(), std::numeric_limits<double>::infinity());
}

TEST(Literal, EscapesMeanCodePointsInTextAndBytesInBytes) {
  EXPECT_EQ(literal(R"('\a\b\f\n\r\t\v\\\'\"\`\?')").as_string(), "\a\b\f\n\r\t\v\\'\"`?");
  EXPECT_EQ(literal(R"('\xff')").as_string(), "\u00ff");
  EXPECT_EQ(literal(R"(b'\xff\377')").as_bytes(), "\xff\xff");
  EXPECT_EQ(literal(R"('\u00e9\U0001F600')").as_string(), "\u00e9\U0001F600");
  EXPECT_EQ(literal(R"('\ud83d\ude00')").as_string(), "\U0001F600");
  EXPECT_EQ(literal(R"(r'\n')").as_string(), "\\n");
  EXPECT_EQ(literal("b'\u00ff'").as_bytes(), "\xc3\xbf");
  EXPECT_EQ(literal("''''''").as_string(), "");
}

TEST(Literal, WrongEscapesNameTheirPlace) {
  EXPECT_EQ(fault_offset(R"('ab\q')"), 3u);
  EXPECT_EQ(fault_offset(R"('\x4')"), 1u);
  EXPECT_EQ(fault_offset(R"('''a\ud800''')"), 4u);
  EXPECT_EQ(fault_offset(R"('\U00110000')"), 1u);
  EXPECT_EQ(fault_offset(R"('\477')"), 1u);
  EXPECT_EQ(fault_offset(R"(b'\u0041')"), 2u);
}

}  // namespace
}  // namespace gantry::expr
