#include "spec/glob.h"

#include <gtest/gtest.h>

namespace gantry::spec {
namespace {

TEST(MatchesPart, StarsQuestionMarksAndClasses) {
  EXPECT_TRUE(matches_part("*.sql", "a.sql"));
  EXPECT_TRUE(matches_part("a*b*c", "axxbyyc"));
  EXPECT_TRUE(matches_part("*", "部门"));
  EXPECT_TRUE(matches_part("部?", "部门"));
  EXPECT_TRUE(matches_part("[a-c]x", "bx"));
  EXPECT_TRUE(matches_part("[!a-c]x", "dx"));
  EXPECT_TRUE(matches_part("[]]", "]"));
  EXPECT_TRUE(matches_part("[x", "[x")) << "an open class is literal";
  EXPECT_TRUE(matches_part("", ""));
  EXPECT_FALSE(matches_part("*.sql", "a.sqlx"));
  EXPECT_FALSE(matches_part("?", ""));
  EXPECT_FALSE(matches_part("a*b*c", "axxbyy"));
  EXPECT_FALSE(matches_part("[a-c]x", "dx"));
  EXPECT_FALSE(matches_part("[!a-c]x", "bx"));
  EXPECT_FALSE(matches_part("", "a"));
}

TEST(MatchesPart, HidesWhatBeginsWithADot) {
  EXPECT_FALSE(matches_part("*", ".git"));
  EXPECT_FALSE(matches_part("?git", ".git"));
  EXPECT_TRUE(matches_part(".*", ".git"));
}

TEST(MatchesPart, EndsSoonWithManyStars) {
  const std::string stars(2'000, '*');
  EXPECT_FALSE(matches_part(stars + "b", std::string(2'000, 'a')));
  std::string pairs;
  for (int i = 0; i < 500; ++i) pairs += "*a";
  EXPECT_FALSE(matches_part(pairs + "b", std::string(2'000, 'a')));
}

TEST(MatchesPath, TwoStarsAreAnyNumberOfParts) {
  EXPECT_TRUE(matches_path("sql/**", "sql/a/b.sql"));
  EXPECT_TRUE(matches_path("**/x", "x"));
  EXPECT_TRUE(matches_path("**/x", "a/b/x"));
  EXPECT_TRUE(matches_path("a/**/x", "a/x"));
  EXPECT_TRUE(matches_path("a/*/x", "a/b/x"));
  EXPECT_FALSE(matches_path("a/*/x", "a/b/c/x"));
  EXPECT_FALSE(matches_path("a/*", "a/b/c"));
  EXPECT_FALSE(matches_path("sql/**", "other/a"));
  EXPECT_FALSE(matches_path("**", ".git/config"));
}

TEST(MayMatchBelow, TellsWhichFoldersToEnter) {
  EXPECT_TRUE(may_match_below("sql/**", "sql"));
  EXPECT_TRUE(may_match_below("a/*/x", "a/b"));
  EXPECT_FALSE(may_match_below("a/*/x", "b"));
  EXPECT_FALSE(may_match_below("a/*", "a/b"));
  EXPECT_TRUE(may_match_below("**/x", "a/b/c"));
}

}  // namespace
}  // namespace gantry::spec
