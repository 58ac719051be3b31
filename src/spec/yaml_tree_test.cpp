#include "spec/yaml_tree.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gantry::spec {
namespace {

using model::SourcePlace;

TEST(ResolvePlain, FollowsTheCoreSchema) {
  for (const char* text : {"", "~", "null", "Null", "NULL"})
    EXPECT_EQ(resolve_plain(text), NodeKind::Null) << text;
  for (const char* text : {"true", "True", "TRUE", "false", "False", "FALSE"})
    EXPECT_EQ(resolve_plain(text), NodeKind::Bool) << text;
  for (const char* text : {"0", "-1", "+12", "007", "0o17", "0xFf"})
    EXPECT_EQ(resolve_plain(text), NodeKind::Int) << text;
  for (const char* text : {"1.", ".5", "-1.5e3", "1e3", "+.inf", "-.INF", ".nan", "1.5E-3"})
    EXPECT_EQ(resolve_plain(text), NodeKind::Float) << text;
  for (const char* text : {"yes", "no", "on",  "off",   "y",     "tRUE",       "nULL",  "1_000",
                           "0b1", "0x", "0o8", "-0x1",  "12:30", "2026-01-31", "1e",    ".",
                           "-",   "+",  "e3",  "1.2.3", "nan",   "inf",        "+.nan", "--1"})
    EXPECT_EQ(resolve_plain(text), NodeKind::String) << text;
}

TEST(Numbers, HaveTheirValues) {
  EXPECT_EQ(int_value("0x10"), 16);
  EXPECT_EQ(int_value("0o17"), 15);
  EXPECT_EQ(int_value("017"), 17);
  EXPECT_EQ(int_value("+5"), 5);
  EXPECT_EQ(int_value("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(int_value("9223372036854775808"), std::nullopt);
  EXPECT_EQ(float_value("-1.5e2"), -150.0);
  EXPECT_EQ(float_value("+.5"), 0.5);
  EXPECT_EQ(float_value("3"), 3.0);
  EXPECT_TRUE(std::isinf(*float_value("-.inf")));
  EXPECT_TRUE(std::isnan(*float_value(".NaN")));
}

// The place of the word MARK inside the only value of `key: value`.
SourcePlace place_of_mark(const std::string& text) {
  Diagnostics problems("");
  const auto tree = parse_yaml(text, problems);
  EXPECT_TRUE(tree) << text;
  const Node& value = tree->at(tree->root().children[1]);
  return tree->place_in(value, value.text.find("MARK"));
}

TEST(PlaceIn, IsExactWhereTheContentStandsAsWritten) {
  EXPECT_EQ(place_of_mark("k: a MARK"), (SourcePlace{1, 6}));
  EXPECT_EQ(place_of_mark("k: 'a MARK'"), (SourcePlace{1, 7}));
  EXPECT_EQ(place_of_mark("k: \"部门 MARK\""), (SourcePlace{1, 8}));
  EXPECT_EQ(place_of_mark("\n部: \"部门 MARK\""), (SourcePlace{2, 8}));
  EXPECT_EQ(place_of_mark("k: |\n  one\n    部 MARK\n"), (SourcePlace{3, 7}));
  EXPECT_EQ(place_of_mark("k: |2\n     one\n\n  MARK\n"), (SourcePlace{4, 3}));
  EXPECT_EQ(place_of_mark("k: |\r\n  one\r\n  x MARK\r\n"), (SourcePlace{3, 5}));
}

TEST(PlaceIn, IsTheBeginningWhereItDoesNot) {
  EXPECT_EQ(place_of_mark("k: \"a\\tMARK\""), (SourcePlace{1, 4}));
  EXPECT_EQ(place_of_mark("k: 'it''s MARK'"), (SourcePlace{1, 4}));
  EXPECT_EQ(place_of_mark("k: >\n  one\n  MARK\n"), (SourcePlace{1, 4}));
  EXPECT_EQ(place_of_mark("k: one\n  two MARK\n"), (SourcePlace{1, 4}));
}

TEST(Aliases, ShareTheNodeOfTheirAnchor) {
  Diagnostics problems("");
  const auto tree = parse_yaml("a: &x [1, 2]\nb: *x\nc: &x 5\nd: *x\n", problems);
  ASSERT_TRUE(tree);
  const auto& children = tree->root().children;
  EXPECT_EQ(children[1], children[3]);
  EXPECT_EQ(tree->at(children[7]).text, "5") << "the anchor was given anew";
  EXPECT_EQ(tree->root().expanded_count, 13u);
}

TEST(Lines, EndWithAnyOfThreeEnds) {
  const Lines lines("a\nb\r\nc\rd");
  EXPECT_EQ(lines.count(), 4u);
  EXPECT_EQ(lines.line(2), "b");
  EXPECT_EQ(lines.line(4), "d");
  EXPECT_EQ(lines.place(7), (SourcePlace{4, 1}));
  EXPECT_EQ(lines.offset({3, 1}), 5u);
  EXPECT_EQ(lines.offset({9, 9}), 8u);
}

}  // namespace
}  // namespace gantry::spec
