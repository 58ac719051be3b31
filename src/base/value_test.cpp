#include "base/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gantry {
namespace {

using K = Value::Kind;
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kUmax = std::numeric_limits<std::uint64_t>::max();

Value uint_value(std::uint64_t u) { return Value(u); }

bool equal(const Value& a, const Value& b) {
  EXPECT_EQ(a == b, b == a) << "equality must not depend on the side";
  return a == b;
}

TEST(Value, KnowsItsKind) {
  EXPECT_EQ(Value().kind(), K::Null);
  EXPECT_EQ(Value(true).kind(), K::Bool);
  EXPECT_EQ(Value(1).kind(), K::Int);
  EXPECT_EQ(uint_value(1).kind(), K::Uint);
  EXPECT_EQ(Value(1.0).kind(), K::Double);
  EXPECT_EQ(Value("a").kind(), K::String);
  EXPECT_EQ(Value(std::string_view("a")).kind(), K::String);
  EXPECT_EQ(Value(Bytes{"a"}).kind(), K::Bytes);
  EXPECT_EQ(Value(ValueList{}).kind(), K::List);
  EXPECT_EQ(Value(ValueMap{}).kind(), K::Map);
  EXPECT_EQ(Value(Instant{}).kind(), K::Timestamp);
  EXPECT_EQ(Value(Duration{}).kind(), K::Duration);
  EXPECT_EQ(Value(TypeName{"int"}).kind(), K::Type);
}

TEST(ValueDeath, RefusesTheWrongKind) {
  EXPECT_DEATH(Value(1).as_string(), "CHECK");
  EXPECT_DEATH(Value("1").as_int(), "CHECK");
  EXPECT_DEATH(Value().as_map(), "CHECK");
}

TEST(ValueEquality, IntegersOfBothKindsAtTheirLimits) {
  EXPECT_TRUE(equal(1, uint_value(1)));
  EXPECT_TRUE(equal(kMax, uint_value(static_cast<std::uint64_t>(kMax))));
  EXPECT_FALSE(equal(-1, uint_value(kUmax)));
  EXPECT_FALSE(equal(kMin, uint_value(std::uint64_t{1} << 63)));
  EXPECT_FALSE(equal(kMax, uint_value(std::uint64_t{1} << 63)));
}

TEST(ValueEquality, DoublesEqualTheIntegerTheyAre) {
  EXPECT_TRUE(equal(1, 1.0));
  EXPECT_TRUE(equal(0, -0.0));
  EXPECT_TRUE(equal(uint_value(3), 3.0));
  EXPECT_FALSE(equal(1, 1.5));
  EXPECT_TRUE(equal(kMin, -0x1p63));
  EXPECT_FALSE(equal(kMax, 0x1p63));  // 2^63 is one more
  EXPECT_FALSE(equal(kMin, 0x1p63));
  EXPECT_FALSE(equal(uint_value(0), 0x1p64));
  EXPECT_TRUE(equal(uint_value(std::uint64_t{1} << 63), 0x1p63));
  EXPECT_FALSE(equal(uint_value(kUmax), 0x1p64));
  EXPECT_FALSE(equal(uint_value(0), -1.0));
  // 2^53 + 1 is not a double: the conversion that C++ would make says otherwise.
  EXPECT_FALSE(equal((std::int64_t{1} << 53) + 1, 0x1p53));
  EXPECT_FALSE(equal(uint_value((std::uint64_t{1} << 53) + 1), 0x1p53));
}

TEST(ValueEquality, NanAndInfinities) {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  const Value value(nan);
  EXPECT_FALSE(value == value);
  EXPECT_FALSE(equal(nan, 0));
  EXPECT_FALSE(Value(ValueList{nan}) == Value(ValueList{nan}));
  EXPECT_TRUE(equal(infinity, infinity));
  EXPECT_FALSE(equal(infinity, -infinity));
  EXPECT_FALSE(equal(infinity, kMax));
  EXPECT_FALSE(equal(infinity, uint_value(kUmax)));
}

TEST(ValueEquality, KindsAreKeptApart) {
  const std::vector<Value> values{
      Value(),          true,       1,           "1",          Bytes{"1"}, ValueList{1},
      ValueMap{{1, 1}}, Instant{1}, Duration{1}, TypeName{"1"}};
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t k = 0; k < values.size(); ++k)
      EXPECT_EQ(equal(values[i], values[k]), i == k)
          << kind_name(values[i].kind()) << " " << kind_name(values[k].kind());
}

TEST(ValueEquality, ListsInOrder) {
  EXPECT_TRUE(equal(ValueList{1, "a"}, ValueList{uint_value(1), "a"}));
  EXPECT_FALSE(equal(ValueList{1, 2}, ValueList{2, 1}));
  EXPECT_FALSE(equal(ValueList{1}, ValueList{1, 1}));
}

TEST(ValueEquality, MapsWithoutOrder) {
  EXPECT_TRUE(equal(ValueMap{{"a", 1}, {"b", 2}}, ValueMap{{"b", 2.0}, {"a", 1}}));
  EXPECT_FALSE(equal(ValueMap{{"a", 1}, {"b", 2}}, ValueMap{{"a", 2}, {"b", 1}}));
  EXPECT_FALSE(equal(ValueMap{{"a", 1}}, ValueMap{{"b", 1}}));
  EXPECT_FALSE(equal(ValueMap{{"a", 1}}, ValueMap{}));
  EXPECT_TRUE(equal(ValueMap{}, ValueMap{}));
  // Keys compare as values do.
  EXPECT_TRUE(equal(ValueMap{{1, "x"}, {"a", 1}}, ValueMap{{"a", 1}, {uint_value(1), "x"}}));
  EXPECT_FALSE(equal(ValueMap{{"1", "x"}}, ValueMap{{1, "x"}}));
  EXPECT_FALSE(equal(ValueMap{{true, "x"}}, ValueMap{{1, "x"}}));
  EXPECT_FALSE(equal(ValueMap{{"a", std::nan("")}}, ValueMap{{"a", std::nan("")}}));
}

TEST(Value, FindsMembers) {
  const Value map(ValueMap{{"a", 1}, {2, "two"}, {true, "yes"}});
  ASSERT_NE(map.find("a"), nullptr);
  EXPECT_EQ(map.find("a")->as_int(), 1);
  EXPECT_EQ(map.find("b"), nullptr);
  EXPECT_EQ(map.find("2"), nullptr);
  ASSERT_NE(map.find(uint_value(2)), nullptr);
  EXPECT_EQ(map.find(uint_value(2))->as_string(), "two");
  EXPECT_EQ(map.find(Value(2.0))->as_string(), "two");
  EXPECT_EQ(map.find(Value(1)), nullptr);
  EXPECT_EQ(Value("a").find("a"), nullptr);
  EXPECT_EQ(Value(ValueList{"a"}).find(Value("a")), nullptr);
}

TEST(Value, TakesTextForms) {
  EXPECT_EQ(to_text(Value()), "");
  EXPECT_EQ(to_text(true), "true");
  EXPECT_EQ(to_text(kMin), "-9223372036854775808");
  EXPECT_EQ(to_text(uint_value(kUmax)), "18446744073709551615");
  EXPECT_EQ(to_text(2.0), "2");
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(std::nan("")), "NaN");
  EXPECT_EQ(to_text(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(to_text("a\"b"), "a\"b");
  EXPECT_EQ(to_text(Bytes{"raw"}), "raw");
  EXPECT_EQ(to_text(Instant{}), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_text(minutes(90)), "1h30m");
  EXPECT_EQ(to_text(TypeName{"int"}), "int");
  EXPECT_EQ(to_text(ValueList{1, "a", Value()}), "[1,\"a\",null]");
  EXPECT_EQ(to_text(ValueMap{{"a", 1}}), "{\"a\":1}");
}

TEST(Value, NamesKindsAsCelDoes) {
  EXPECT_STREQ(kind_name(K::Null), "null_type");
  EXPECT_STREQ(kind_name(K::Uint), "uint");
  EXPECT_STREQ(kind_name(K::Timestamp), "google.protobuf.Timestamp");
}

TEST(Value, CountsTheBytesItHolds) {
  const std::string text(1000, 'x');
  EXPECT_GE(Value(text).size_bytes(), 1000u);
  EXPECT_LT(Value(text).size_bytes(), 1100u);
  EXPECT_GE(Value(ValueList{text, Bytes{text}}).size_bytes(), 2000u);
  EXPECT_GE(Value(ValueMap{{text, text}}).size_bytes(), 2000u);
}

}  // namespace
}  // namespace gantry
