#include "model/param_types.h"

#include <gtest/gtest.h>

namespace gantry::model {

namespace {

int order(ParamType type, const char* a, const char* b) {
  return compare_param_values(type, read_param_text(type, a).value(),
                              read_param_text(type, b).value());
}

Param with_ends(ParamType type, const char* low, const char* high) {
  Param param;
  param.type = type;
  param.low = low;
  param.high = high;
  return param;
}

}  // namespace

TEST(ParamTypes, DecimalsKeepTheirText) {
  for (const char* good : {"0", "-0", "12.50", "-12.5", "00.10", "123456789012345678901234567890"})
    EXPECT_EQ(read_param_text(ParamType::Decimal, good).value().as_string(), good);
  for (const char* bad : {"", "-", ".5", "5.", "1e3", "+1", "1,5", "0x1", "1 ", "NaN", "--1"})
    EXPECT_FALSE(read_param_text(ParamType::Decimal, bad).ok()) << bad;
  EXPECT_FALSE(read_param_text(ParamType::Decimal, std::string(61, '1')).ok());
}

TEST(ParamTypes, DecimalsAreComparedExactly) {
  const auto decimal = [](const char* a, const char* b) { return order(ParamType::Decimal, a, b); };
  EXPECT_EQ(decimal("0.10", "0.1"), 0);
  EXPECT_EQ(decimal("-0.0", "0"), 0);
  EXPECT_EQ(decimal("007", "7.000"), 0);
  EXPECT_LT(decimal("9", "10"), 0);
  EXPECT_GT(decimal("-9", "-10"), 0);
  EXPECT_LT(decimal("-1", "0.001"), 0);
  EXPECT_GT(decimal("0.3000000000000000001", "0.3"), 0);
  EXPECT_LT(decimal("9007199254740992", "9007199254740993"), 0);
  EXPECT_LT(decimal("0.09", "0.1"), 0);
}

TEST(ParamTypes, TimesAreComparedAsTimes) {
  EXPECT_EQ(order(ParamType::Datetime, "2026-01-31T09:00:00+08:00", "2026-01-31T01:00:00Z"), 0);
  EXPECT_LT(order(ParamType::Duration, "90s", "2m"), 0);
  EXPECT_FALSE(read_param_text(ParamType::Datetime, "2026-01-31T09:00:00").ok());
  EXPECT_FALSE(read_param_text(ParamType::Duration, "90").ok());
}

TEST(ParamTypes, BoundsBelongToTheRange) {
  const Param rate = with_ends(ParamType::Decimal, "0.10", "0.30");
  EXPECT_TRUE(check_ends(rate, Value("0.1")).ok());
  EXPECT_TRUE(check_ends(rate, Value("0.300")).ok());
  EXPECT_FALSE(check_ends(rate, Value("0.3000000000000000001")).ok());
  EXPECT_FALSE(check_ends(rate, Value("0.0999")).ok());
  const Param wait = with_ends(ParamType::Duration, "1m", "1h");
  EXPECT_TRUE(check_ends(wait, Value(minutes(60))).ok());
  EXPECT_FALSE(check_ends(wait, Value(minutes(61))).ok());
}

TEST(ParamTypes, ExpressionsSeeDecimalsAsDoubles) {
  Param rate = with_ends(ParamType::Decimal, "0", "1");
  rate.name = "rate";
  Param rates;
  rates.name = "rates";
  rates.type = ParamType::List;
  rates.items = ParamType::Decimal;
  const ValueMap seen = values_in_expressions(
      {rate, rates}, {{"rate", "0.25"}, {"rates", ValueList{"1", "0.5"}}, {"other", "0.25"}});
  EXPECT_EQ(seen[0].second, Value(0.25));
  EXPECT_EQ(seen[1].second, Value(ValueList{1.0, 0.5}));
  EXPECT_EQ(seen[2].second, Value("0.25"));
}

}  // namespace gantry::model
