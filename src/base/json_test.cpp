#include "base/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/rng.h"

namespace gantry {
namespace {

using K = Value::Kind;
using namespace std::string_literals;

Value parsed(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value.ok()) << text.substr(0, 80) << ": "
                          << (value.ok() ? "" : value.error().message);
  return value.ok() ? *value : Value();
}

std::string error_of(std::string_view text, JsonLimits limits = {}) {
  const auto value = parse_json(text, limits);
  return value.ok() ? "accepted" : value.error().message;
}

TEST(JsonRead, EveryKind) {
  EXPECT_TRUE(parsed("null").is(K::Null));
  EXPECT_EQ(parsed("true"), Value(true));
  EXPECT_EQ(parsed(" \t\r\n\"a\" \n"), Value("a"));
  EXPECT_EQ(parsed("[]"), Value(ValueList{}));
  EXPECT_EQ(parsed("{}"), Value(ValueMap{}));
  const Value value = parsed(R"({"b":[1,{"c":null}],"a":-2.5})");
  EXPECT_EQ(value, Value(ValueMap{{"b", ValueList{1, ValueMap{{"c", Value()}}}}, {"a", -2.5}}));
  EXPECT_EQ(value.as_map()[0].first.as_string(), "b");  // in the order of the text
}

TEST(JsonRead, IntegersKeepAll64Bits) {
  const Value largest = parsed("9223372036854775807");
  ASSERT_TRUE(largest.is(K::Int));
  EXPECT_EQ(largest.as_int(), std::numeric_limits<std::int64_t>::max());
  const Value least = parsed("-9223372036854775808");
  ASSERT_TRUE(least.is(K::Int));
  EXPECT_EQ(least.as_int(), std::numeric_limits<std::int64_t>::min());
  const Value above = parsed("9223372036854775808");
  ASSERT_TRUE(above.is(K::Uint));
  EXPECT_EQ(above.as_uint(), std::uint64_t{1} << 63);
  const Value top = parsed("18446744073709551615");
  ASSERT_TRUE(top.is(K::Uint));
  EXPECT_EQ(top.as_uint(), std::numeric_limits<std::uint64_t>::max());
}

TEST(JsonRead, LargerIntegersAreDoubles) {
  for (const char* text :
       {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890"}) {
    const Value value = parsed(text);
    ASSERT_TRUE(value.is(K::Double)) << text;
    EXPECT_EQ(value.as_double(), std::strtod(text, nullptr)) << text;
  }
}

TEST(JsonRead, DoublesAreRoundedCorrectly) {
  for (const char* text :
       {"0.1", "0.30000000000000004", "1e23", "8.5e-7", "2.2250738585072014e-308", "4.9e-324",
        "5e-324", "1.7976931348623157e308", "9007199254740993.0",
        "3.14159265358979323846264338327950288",
        "1.00000000000000011102230246251565404236316680908203125", "123456789.123456789e-30",
        "1E+2", "-0.0"})
    EXPECT_EQ(std::bit_cast<std::uint64_t>(parsed(text).as_double()),
              std::bit_cast<std::uint64_t>(std::strtod(text, nullptr)))
        << text;
}

TEST(JsonRead, NumbersOutOfRange) {
  EXPECT_NE(error_of("1e400"), "accepted");
  EXPECT_NE(error_of("-1e400"), "accepted");
  EXPECT_NE(error_of("[1e999999999999]"), "accepted");
  EXPECT_NE(error_of("1" + std::string(400, '0')), "accepted");
  EXPECT_EQ(parsed("1e-400").as_double(), 0.0);
  EXPECT_EQ(parsed("0.000001e308").as_double(), 1e302);
}

TEST(JsonRead, RefusesWhatIsNotJson) {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "nulll",
                           "True",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "-",
                           "1e",
                           "0x1",
                           "NaN",
                           "Infinity",
                           "'a'",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "[1,]",
                           "[1 2]",
                           "[",
                           "]",
                           "{",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{1:2}",
                           "1 2",
                           "{} {}",
                           "[1] x",
                           "// c\n1",
                           "\"tab\there\"",
                           "\"line\nbreak\"",
                           "\xEF\xBB\xBF{}"})
    EXPECT_NE(error_of(text), "accepted") << text;
  EXPECT_NE(error_of("\"a\0b\""s), "accepted");
  EXPECT_NE(error_of("1\0"s), "accepted");
}

TEST(JsonRead, ErrorsNameTheByte) {
  EXPECT_TRUE(error_of("[1, 2, x]").starts_with("JSON, at byte 7: ")) << error_of("[1, 2, x]");
  EXPECT_TRUE(error_of("[1] x").starts_with("JSON, at byte 4: ")) << error_of("[1] x");
}

TEST(JsonRead, RefusesRepeatedKeys) {
  EXPECT_EQ(error_of(R"({"a":1,"b":2,"a":3})"),
            "JSON, at byte 18: the key \"a\" stands twice in one object");
  EXPECT_NE(error_of(R"({"":1,"":2})").find("stands twice"), std::string::npos);
  EXPECT_NE(error_of(R"([{"x":{"a":1,"\u0061":2}}])").find("\"a\" stands twice"),
            std::string::npos);
  EXPECT_EQ(error_of(R"({"a":{"a":1},"b":{"a":1}})"), "accepted");
  EXPECT_LT(error_of("{\"" + std::string(5000, 'k') + "\":1,\"" + std::string(5000, 'k') + "\":1}")
                .size(),
            200u);
}

TEST(JsonRead, NestsAsDeepAsTheLimit) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_EQ(error_of(nested(64)), "accepted");
  EXPECT_NE(error_of(nested(65)), "accepted");
  EXPECT_NE(error_of(std::string(1000000, '[')), "accepted");
  EXPECT_EQ(error_of("[[{}]]", {.depth_max = 3}), "accepted");
  EXPECT_NE(error_of("[[{\"a\":[]}]]", {.depth_max = 3}), "accepted");
  std::string maps;
  for (int i = 0; i < 65; ++i) maps += "{\"a\":";
  EXPECT_NE(error_of(maps + "1" + std::string(65, '}')), "accepted");
}

TEST(JsonRead, RefusesTextOverTheLimit) {
  EXPECT_EQ(error_of("[1,2,3]", {.size_bytes_max = 7}), "accepted");
  EXPECT_EQ(error_of("[1,2,3]", {.size_bytes_max = 6}), "JSON of 7 bytes is over the limit of 6");
}

TEST(JsonRead, LongStringsArriveWhole) {
  std::string text;
  for (int i = 0; text.size() < 300000; ++i) text += "字" + std::to_string(i);
  EXPECT_EQ(parsed("\"" + text + "\"").as_string(), text);
  // Escapes make the parser hand a string over in parts.
  std::string escaped, plain;
  for (int i = 0; i < 100000; ++i) {
    escaped += i % 3 == 0 ? "\\n" : i % 3 == 1 ? "\\u5b57" : "ab";
    plain += i % 3 == 0 ? "\n" : i % 3 == 1 ? "字" : "ab";
  }
  EXPECT_EQ(parsed("[\"" + escaped + "\",\"end\"]"), Value(ValueList{plain, "end"}));
  EXPECT_EQ(parsed("{\"" + escaped + "\":1}"), Value(ValueMap{{plain, 1}}));
}

TEST(JsonRead, Escapes) {
  EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u5b57\ud83d\ude00")").as_string(),
            "\"\\/\b\f\n\r\tAé字😀");
  EXPECT_EQ(parsed(R"("a\u0000b")").as_string(), "a\0b"s);
}

TEST(JsonRead, RefusesBadUnicode) {
  for (const char* text :
       {"\"\xff\"", "\"\xc0\xaf\"", "\"\xe5\xad\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
        "{\"\xff\":1}", R"("\ud800")", R"("\ud800x")", R"("\ude00")", R"("\ud800\u0041")"})
    EXPECT_NE(error_of(text), "accepted") << text;
}

TEST(JsonWrite, EveryKind) {
  EXPECT_EQ(to_json(Value()), "null");
  EXPECT_EQ(to_json(false), "false");
  EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(to_json(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(to_json(0.1), "0.1");
  EXPECT_EQ(to_json(Instant{}), "\"1970-01-01T00:00:00.000000Z\"");
  EXPECT_EQ(to_json(minutes(90)), "\"1h30m\"");
  EXPECT_EQ(to_json(Bytes{"\xff\x01"}), "\"/wE=\"");
  EXPECT_EQ(to_json(TypeName{"int"}), "\"int\"");
  EXPECT_EQ(to_json(std::nan("")), "\"NaN\"");
  EXPECT_EQ(to_json(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
  EXPECT_EQ(
      to_json(ValueMap{{"a", ValueList{1, ValueMap{}, ValueList{}}}, {2, true}, {false, "x"}}),
      R"({"a":[1,{},[]],"2":true,"false":"x"})");
}

TEST(JsonWrite, DoublesStayDoubles) {
  EXPECT_EQ(to_json(2.0), "2.0");
  EXPECT_EQ(to_json(-0.0), "-0.0");
  EXPECT_EQ(to_json(1e300), "1e+300");
  for (const double d :
       {0.0, -0.0, 2.0, -7.0, 1e15, 1e16, 1e22, 1e300, 5e-324, 0.1 + 0.2, 0x1p53, 0x1p63, 0x1p64}) {
    const Value back = parsed(to_json(d));
    ASSERT_TRUE(back.is(K::Double)) << to_json(d);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back.as_double()), std::bit_cast<std::uint64_t>(d))
        << to_json(d);
  }
}

TEST(JsonWrite, AnyDoubleSurvives) {
  Rng rng(3);
  for (int i = 0; i < 200000; ++i) {
    const double d = std::bit_cast<double>(rng.next());
    if (!std::isfinite(d)) continue;
    const auto back = parse_json(to_json(d));
    ASSERT_TRUE(back.ok()) << to_json(d);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back->as_double()), std::bit_cast<std::uint64_t>(d))
        << to_json(d);
  }
}

TEST(JsonWrite, Escapes) {
  EXPECT_EQ(to_json("a\"b\\c\n\r\t\x01\x1f\x7f/字"),
            "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f\x7f/字\"");
  EXPECT_EQ(to_json("a\0b"s), "\"a\\u0000b\"");
}

TEST(JsonWrite, RepairsBadUtf8) {
  EXPECT_EQ(to_json("a\xff\xfe z"), "\"a\uFFFD\uFFFD z\"");
  EXPECT_EQ(to_json("\xe5\xad"), "\"\uFFFD\uFFFD\"");
  Rng rng(4);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    for (std::uint64_t n = rng.below(40); n > 0; --n) bytes += static_cast<char>(rng.below(256));
    ASSERT_EQ(error_of(to_json(bytes)), "accepted");
  }
}

Value random_value(Rng& rng, int depth) {
  switch (rng.below(depth > 0 ? 8 : 6)) {
    case 0: return {};
    case 1: return rng.chance(1, 2);
    case 2: return static_cast<std::int64_t>(rng.next());
    case 3: return rng.next() | std::uint64_t{1} << 63;
    case 4: return rng.unit() * 1e6;
    case 5: return std::to_string(rng.next()) + "\n\"字";
    case 6: {
      ValueList list;
      for (std::uint64_t n = rng.below(5); n > 0; --n) list.push_back(random_value(rng, depth - 1));
      return list;
    }
    default: {
      ValueMap map;
      for (std::uint64_t n = rng.below(5); n > 0; --n)
        map.emplace_back("key" + std::to_string(n), random_value(rng, depth - 1));
      return map;
    }
  }
}

TEST(JsonWrite, AnyValueSurvives) {
  Rng rng(5);
  for (int i = 0; i < 5000; ++i) {
    const Value value = random_value(rng, 5);
    const std::string text = to_json(value);
    const auto back = parse_json(text);
    ASSERT_TRUE(back.ok()) << text;
    ASSERT_EQ(*back, value) << text;
    ASSERT_EQ(to_json(*back), text);
  }
}

TEST(JsonWriter, PutsTheCommas) {
  JsonWriter w;
  w.object()
      .field("a", 1)
      .key("list")
      .array()
      .value("x")
      .value(true)
      .null()
      .object()
      .end()
      .array()
      .end()
      .end();
  w.field("s", "q\"")
      .field("at", Instant{})
      .field("v", Value(ValueList{1.5}))
      .key("r")
      .raw("[0]")
      .end();
  EXPECT_EQ(w.text(), R"({"a":1,"list":["x",true,null,{},[]],"s":"q\"",)"
                      R"("at":"1970-01-01T00:00:00.000000Z","v":[1.5],"r":[0]})");
  EXPECT_EQ(error_of(w.text()), "accepted");
}

TEST(JsonWriterDeath, RefusesAnEndTooMany) {
  JsonWriter w;
  w.object().end();
  EXPECT_DEATH(w.end(), "CHECK");
}

}  // namespace
}  // namespace gantry
