// Functions over what lies outside of an expression, and decimal().
#include <gtest/gtest.h>

#include "base/json.h"
#include "expr/calls.h"
#include "expr/captures.h"
#include "expr/evaluate.h"

namespace gantry::expr {
namespace {

// One person, one calendar that works every day, one file, one zone.
class SmallWorld final : public Scope {
 public:
  std::optional<Value> lookup(std::string_view name) const override {
    if (name == "at") return Value(parse_instant("2026-01-31T20:30:00.5Z").value());
    if (name == "big") return Value(std::string(200 << 10, 'x'));
    return std::nullopt;
  }
  std::optional<Duration> zone_offset(std::string_view zone, Instant) const override {
    if (zone == "Asia/Kolkata") return minutes(330);
    return std::nullopt;
  }
  std::optional<Value> person(std::string_view id) const override {
    if (id != "anna") return std::nullopt;
    return Value(ValueMap{{"id", "anna"}, {"roles", ValueList{"lead"}}});
  }
  Result<CivilDate> workday(CivilDate date, std::int64_t n,
                            std::string_view calendar) const override {
    if (calendar != "all") return Scope::workday(date, n, calendar);
    return civil_from_days(days_from_civil(date) + n);
  }
  Result<Value> file(std::string_view path) const override {
    if (path != "x") return Scope::file(path);
    return Value("of x");
  }
};

std::string run(std::string_view text) {
  const auto expression = parse(text);
  if (!expression.ok()) return "parse: " + expression.error().message;
  const auto result = evaluate(*expression, SmallWorld());
  return result.ok() ? to_json(*result) : result.error().message;
}

bool says(std::string_view text, std::string_view part) {
  return run(text).find(part) != std::string::npos;
}

TEST(World, TheScopeAnswers) {
  EXPECT_EQ(run("person('anna').roles[0]"), "\"lead\"");
  EXPECT_TRUE(says("person('bo').id", "there is no person 'bo'"));
  EXPECT_EQ(run("workday('2026-01-31', 3, 'all')"), "\"2026-02-03\"");
  EXPECT_EQ(run("workday('2026-01-31', -31, 'all')"), "\"2025-12-31\"");
  EXPECT_TRUE(says("workday('2026-01-31', 1, 'none')", "there is no calendar 'none'"));
  EXPECT_TRUE(says("workday('2026-01-31', 10001, 'all')", "at most 10000 days"));
  EXPECT_TRUE(says("workday('soon', 1, 'all')", "date"));
  EXPECT_EQ(run("file('x') + '!'"), "\"of x!\"");
  EXPECT_TRUE(says("file('y')", "'y'"));
  EXPECT_TRUE(says("file(1)", "no overload of file for (int)"));
}

TEST(World, WhereThereIsNoneTheFunctionsSaySo) {
  for (const char* text : {"person('anna')", "workday('2026-01-31', 1, 'all')", "file('x')"})
    EXPECT_FALSE(evaluate(parse(text).value(), MapScope()).ok()) << text;
}

TEST(World, DatesCountInDays) {
  EXPECT_EQ(run("'2026-01-31'.add(1)"), "\"2026-02-01\"");
  EXPECT_EQ(run("'2028-03-01'.add(-1)"), "\"2028-02-29\"");
  EXPECT_TRUE(says("'2026-01-31'.add(9223372036854775807)", "is no date"));
  EXPECT_TRUE(says("'2026-02-31'.add(1)", "date"));
}

TEST(World, TimesAreShownInAZone) {
  EXPECT_EQ(run("at.in('Asia/Kolkata')"), "\"2026-02-01T02:00:00.5+05:30\"");
  EXPECT_EQ(run("at.in('-03:00')"), "\"2026-01-31T17:30:00.5-03:00\"");
  EXPECT_EQ(run("at.in('UTC')"), "\"2026-01-31T20:30:00.5+00:00\"");
  EXPECT_EQ(run("timestamp(at.in('Asia/Kolkata')) == at"), "true");
  EXPECT_TRUE(says("at.in('Nowhere')", "unknown time zone"));
}

TEST(World, DecimalsAreExactTexts) {
  EXPECT_EQ(run("decimal('12.50')"), "\"12.50\"");
  EXPECT_EQ(run("decimal(7)"), "\"7\"");
  EXPECT_EQ(run("decimal(0.1 + 0.2)"), "\"0.30000000000000004\"");
  EXPECT_EQ(run("decimal(0.1 + 0.2, 2)"), "\"0.30\"");
  EXPECT_EQ(run("decimal(1.005, 2)"), "\"1.01\"");
  EXPECT_EQ(run("decimal('9.995', 2)"), "\"10.00\"");
  EXPECT_EQ(run("decimal('-9.994', 2)"), "\"-9.99\"");
  EXPECT_EQ(run("decimal('-0.004', 2)"), "\"0.00\"");
  EXPECT_EQ(run("decimal('-0.005', 2)"), "\"-0.01\"");
  EXPECT_EQ(run("decimal('99.5', 0)"), "\"100\"");
  EXPECT_EQ(run("decimal(12, 2)"), "\"12.00\"");
  EXPECT_EQ(run("decimal(1e20, 1)"), "\"100000000000000000000.0\"");
  EXPECT_TRUE(says("decimal(1e30)", "below 1e30"));
  EXPECT_TRUE(says("decimal(0.0 / 0.0)", "below 1e30"));
  EXPECT_TRUE(says("decimal('1e3')", "is not a decimal number"));
  EXPECT_TRUE(says("decimal(1, -1)", "0 to 30 places"));
}

TEST(World, LargeTextsCostSteps) {
  const auto result =
      evaluate(parse("[1,2,3,4,5,6,7,8,9].map(i, sha256(big)).size()").value(), SmallWorld());
  EXPECT_TRUE(result.ok()) << result.error().message;
  EXPECT_TRUE(says("[1,2,3,4,5].map(i, [1,2,3,4,5].map(j, sha256(big)))", "steps"));
}

TEST(Captures, AreWhatTheExpressionsRead) {
  std::vector<Expression> all;
  for (const char* text :
       {"fromJson(stdout).n", "file('b') + file(\"a\") + file('b')", "exit_code"})
    all.push_back(parse(text).value());
  EXPECT_EQ(captures_of(all), (std::vector<std::string>{"", "a", "b"}));
  EXPECT_TRUE(captures_of({parse("x.stdout + [1].map(stdout, stdout)[0]").value()}).empty());
}

TEST(Captures, CallsAreFoundWithTheirText) {
  const auto calls = calls_of(parse("size(file('a')) + file(b) + x.file('c')").value(), "file");
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].text, "a");
  EXPECT_EQ(calls[1].text, std::nullopt);
  EXPECT_EQ(calls[0].place.offset, 5u);
}

}  // namespace
}  // namespace gantry::expr
