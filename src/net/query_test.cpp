#include <gtest/gtest.h>

#include "net/http.h"

namespace gantry::net {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(PercentDecode, Table) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"abc", "abc"},
      {"a%20b", "a b"},
      {"%41%5a", "AZ"},
      {"a+b", "a+b"},
      {"%2B", "+"},
      {"%25", "%"},
      {"%2525", "%25"},
      {"%e4%BD%a0", "你"},
      {"%2e%2e%2f", "../"},
      {"%ff", "\xff"},
      {"a/b?c", "a/b?c"},
  };
  for (const auto& [text, expected] : cases) {
    const auto decoded = percent_decode(text);
    ASSERT_TRUE(decoded.ok()) << text;
    EXPECT_EQ(*decoded, expected) << text;
  }
}

TEST(PercentDecode, PlusIsASpaceOnlyIfAsked) {
  EXPECT_EQ(*percent_decode("a+b%2B", true), "a b+");
  EXPECT_EQ(*percent_decode("a+b%2B", false), "a+b+");
}

TEST(PercentDecode, RefusesBadEscapesWithTheirPlace) {
  for (const std::string text : {"ab%", "ab%4", "ab%g0", "ab%0g", "ab%%41", "ab%+1", "ab% 1"}) {
    const auto decoded = percent_decode(text);
    ASSERT_FALSE(decoded.ok()) << text;
    EXPECT_EQ(decoded.error().code, Code::InvalidArgument);
    EXPECT_NE(decoded.error().message.find("position 3"), std::string::npos)
        << decoded.error().message;
  }
}

TEST(PercentDecode, RefusesNul) {
  for (const std::string& text : {std::string("a%00b"), std::string("a\0b", 3)}) {
    const auto decoded = percent_decode(text);
    ASSERT_FALSE(decoded.ok());
    EXPECT_NE(decoded.error().message.find("NUL"), std::string::npos);
  }
}

TEST(ParseQuery, Table) {
  const std::pair<std::string, Pairs> cases[] = {
      {"", {}},
      {"a=1", {{"a", "1"}}},
      {"a=1&b=x%20y", {{"a", "1"}, {"b", "x y"}}},
      {"a=1&a=2", {{"a", "1"}, {"a", "2"}}},
      {"a", {{"a", ""}}},
      {"a=", {{"a", ""}}},
      {"a=b=c", {{"a", "b=c"}}},
      {"&&a=1&", {{"a", "1"}}},
      {"a+b=c+d", {{"a b", "c d"}}},
      {"a%3Db=%26", {{"a=b", "&"}}},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parse_query(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(*parsed, expected) << text;
  }
}

TEST(ParseQuery, NamesTheBadParameter) {
  const std::pair<std::string, std::string> cases[] = {
      {"a=1&b=%zz", "query parameter 'b': bad escape at position 1"},
      {"a=1&limit=%00", "query parameter 'limit': a NUL byte"},
      {"a=1&%zz=2", "query parameter 2: name: bad escape"},
      {"a=1&=2", "query parameter 2 has no name"},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parse_query(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, Code::InvalidArgument);
    EXPECT_EQ(parsed.error().message.substr(0, expected.size()), expected);
  }
}

TEST(RequestHeader, IsTheFirstOfItsNameOrEmpty) {
  Request request;
  request.headers = {{"a", "1"}, {"b", "2"}, {"b", "3"}};
  EXPECT_EQ(request.header("b"), "2");
  EXPECT_EQ(request.header("c"), "");
}

}  // namespace
}  // namespace gantry::net
