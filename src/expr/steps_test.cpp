// The bound of the steps: whatever an expression of 10 KB asks for, it ends within them.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/rng.h"
#include "expr/evaluate.h"
#include "expr/hard_testing.h"

namespace gantry::expr {
namespace {

constexpr std::size_t kTextBytesMax = 10'000;

TEST(Steps, NoHardExpressionTakesMore) {
  const MapScope scope = hard_scope();
  for (const HardExpression& hard : hard_expressions()) {
    SCOPED_TRACE(hard.name);
    ASSERT_LE(hard.text.size(), kTextBytesMax);
    const auto expression = parse(hard.text);
    ASSERT_TRUE(expression.ok()) << expression.error().message;
    std::int64_t steps = 0;
    const auto result = evaluate(*expression, scope, steps);
    EXPECT_LE(steps, limits::kExpressionStepsMax);
    EXPECT_GT(steps, 0);
    EXPECT_EQ(result.ok(), !hard.ends_early)
        << steps << " steps" << (result.ok() ? "" : ": " + result.error().message);
  }
}

TEST(Steps, AreTheSameEachTime) {
  const MapScope scope = hard_scope();
  for (const HardExpression& hard : hard_expressions()) {
    const auto expression = parse(hard.text).value();
    std::int64_t first = 0;
    std::int64_t second = 0;
    (void)evaluate(expression, scope, first);
    (void)evaluate(expression, scope, second);
    EXPECT_EQ(first, second) << hard.name;
  }
}

// Calls of random functions on what is large, in loops.
std::string random_expression(Rng& rng) {
  static const std::vector<std::string> kParts{
      "text",           "list",           "texts",       "map",         "json",
      "sha256(text)",   "list.sort()",    "size(text)",  "toJson(map)", "fromJson(json)",
      "text.split('')", "texts.join('')", "text + text", "list + list", "text.matches('x+y')"};
  const auto part = [&] { return kParts[rng.below(kParts.size())]; };
  std::string body = "[" + part();
  while (body.size() < kTextBytesMax / 4 && rng.below(4) != 0) body += ", " + part();
  body += "]";
  for (std::uint64_t depth = rng.below(4); depth > 0; --depth)
    body = "list.map(v" + std::to_string(depth) + ", " + body + ")";
  return body + ".size()";
}

TEST(Steps, NoRandomExpressionTakesMore) {
  const MapScope scope = hard_scope();
  Rng rng(20260131);
  int ended_early = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string text = random_expression(rng);
    const auto expression = parse(text);
    ASSERT_TRUE(expression.ok()) << text << ": " << expression.error().message;
    std::int64_t steps = 0;
    if (!evaluate(*expression, scope, steps).ok()) ++ended_early;
    EXPECT_LE(steps, limits::kExpressionStepsMax) << text;
  }
  EXPECT_GT(ended_early, 50);
}

}  // namespace
}  // namespace gantry::expr
