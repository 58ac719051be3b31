#include "model/codec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/json.h"

namespace gantry::model {
namespace {

void expect_same_kinds(const Value& a, const Value& b) {
  ASSERT_EQ(a.kind(), b.kind());
  if (a.is(Value::Kind::List)) {
    ASSERT_EQ(a.as_list().size(), b.as_list().size());
    for (std::size_t i = 0; i < a.as_list().size(); ++i)
      expect_same_kinds(a.as_list()[i], b.as_list()[i]);
  }
  if (a.is(Value::Kind::Map)) {
    ASSERT_EQ(a.as_map().size(), b.as_map().size());
    for (std::size_t i = 0; i < a.as_map().size(); ++i) {
      expect_same_kinds(a.as_map()[i].first, b.as_map()[i].first);
      expect_same_kinds(a.as_map()[i].second, b.as_map()[i].second);
    }
  }
}

void expect_round_trip(const Value& value) {
  const std::string text = encode_value(value);
  ASSERT_TRUE(parse_json(text).ok()) << text;
  const auto back = decode_value(text);
  ASSERT_TRUE(back.ok()) << text << ": " << back.error().message;
  expect_same_kinds(value, back.value());
  EXPECT_TRUE(value == back.value()) << text;
}

TEST(Codec, KeepsEveryKind) {
  const std::vector<Value> values{
      Value(),
      true,
      false,
      0,
      std::numeric_limits<std::int64_t>::min(),
      std::numeric_limits<std::int64_t>::max(),
      std::uint64_t{0},
      std::numeric_limits<std::uint64_t>::max(),
      1.0,
      -0.5,
      1e300,
      5e-324,
      std::numeric_limits<double>::infinity(),
      -std::numeric_limits<double>::infinity(),
      "",
      "quote \" slash \\ newline \n 汉字",
      Bytes{std::string("\0\xff", 2)},
      Instant{-1},
      Duration{90'000'000},
      TypeName{"google.protobuf.Timestamp"},
      ValueList{},
      ValueMap{},
      ValueList{1, 1.0, "1", ValueList{Value()}},
      ValueMap{{"a", 1}, {"b", ValueMap{{"c", 2.0}}}},
      ValueMap{{1, "int key"}, {true, "bool key"}, {std::uint64_t{7}, "uint key"}},
      ValueMap{{"$uint", "not a number"}},
      ValueMap{{"$map", ValueList{1}}, {"other", 1}},
  };
  for (const Value& v : values) expect_round_trip(v);
}

TEST(Codec, KeepsNotANumberAndTheSignOfZero) {
  const auto nan = decode_value(encode_value(std::nan("")));
  ASSERT_TRUE(nan.ok());
  EXPECT_TRUE(std::isnan(nan.value().as_double()));
  const auto zero = decode_value(encode_value(-0.0));
  ASSERT_TRUE(zero.ok());
  EXPECT_TRUE(std::signbit(zero.value().as_double()));
}

TEST(Codec, KeepsEveryBitOfADouble) {
  std::uint64_t bits = 0x9e3779b97f4a7c15u;
  for (int i = 0; i < 20'000; ++i) {
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    double d = 0;
    std::memcpy(&d, &bits, sizeof d);
    if (!std::isfinite(d)) continue;
    const auto back = decode_value(encode_value(d));
    ASSERT_TRUE(back.ok());
    ASSERT_EQ(back.value().as_double(), d) << encode_value(d);
  }
}

TEST(Codec, RefusesDamagedText) {
  for (const char* text :
       {"", "{", "{\"$uint\":\"x\"}", "{\"$uint\":5}", "{\"$double\":\"\"}", "{\"$double\":\"1x\"}",
        "{\"$bytes\":\"***\"}", "{\"$map\":1}", "{\"$map\":[[1]]}", "{\"$timestamp\":\"x\"}",
        "{\"$unknown\":\"x\"}", "{\"a\":1,\"a\":2}"}) {
    const auto value = decode_value(text);
    EXPECT_FALSE(value.ok()) << text;
  }
  EXPECT_EQ(decode_map("[1]").error().code, Code::DataLoss);
}

TEST(Codec, KeepsTriggers) {
  Trigger cron;
  cron.id = "nightly";
  cron.cron = "0 2 * * *";
  cron.timezone = "Asia/Shanghai";
  cron.params = {{"day", "today"}, {"n", 1.0}};
  Trigger every;
  every.id = "often";
  every.kind = TriggerKind::Every;
  every.every = seconds(90);
  every.from = Instant{5};
  every.timezone = "UTC";
  every.enabled = false;
  const std::vector<Trigger> triggers{cron, every};
  const auto back = decode_triggers(encode_triggers(triggers));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back.value(), triggers);
}

TEST(Codec, KeepsTheDetailsOfTriggers) {
  Trigger timer;
  timer.kind = TriggerKind::At;
  timer.at = Instant{-1};
  timer.timer = TimerDetails{Instant{1},    Instant{2},       seconds(30),
                             "cn-workdays", OnHoliday::After, {CatchUp::Policy::All, days(7), 5}};
  Trigger source;
  source.kind = TriggerKind::Workflow;
  source.source = SourceDetails{{"/data/*.csv", seconds(5), true},
                                {"orders", HookAuth::GitLab, "HOOK_SECRET"},
                                {"下单"},
                                {{"a", "b/c"}, true, true, false, true, true},
                                "event.amount > 5"};
  const std::vector<Trigger> triggers{timer, source};
  const auto back = decode_triggers(encode_triggers(triggers));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back.value(), triggers);
}

TEST(Codec, RefusesDamagedTriggers) {
  EXPECT_FALSE(decode_triggers("[{\"kind\":\"cron\",\"on_holiday\":\"never\"}]").ok());
  EXPECT_FALSE(decode_triggers("[{\"kind\":\"cron\",\"max\":\"5\"}]").ok());
  EXPECT_FALSE(decode_triggers("{}").ok());
  EXPECT_FALSE(decode_triggers("[{\"kind\":\"moon\"}]").ok());
  EXPECT_FALSE(decode_triggers("[{\"kind\":\"cron\",\"id\":5}]").ok());
  EXPECT_FALSE(decode_triggers("[{\"kind\":\"every\",\"every_us\":\"1\"}]").ok());
}

TEST(Codec, NamesKinds) {
  EXPECT_EQ(trigger_kind_of(name_of(TriggerKind::Every)), TriggerKind::Every);
  for (const ActionKind kind : {ActionKind::Pass, ActionKind::Exec, ActionKind::Group})
    EXPECT_EQ(action_kind_of(name_of(kind)), kind);
  EXPECT_EQ(trigger_kind_of("x"), std::nullopt);
}

}  // namespace
}  // namespace gantry::model
