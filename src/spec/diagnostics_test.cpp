#include "spec/diagnostics.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace gantry::spec {
namespace {

TEST(ToLine, HasPlaceMessageSuggestionAndCode) {
  Diagnostic d{"flows/a.yaml",
               3,
               5,
               Severity::Error,
               "unknown-key",
               "a task has no key 'need'",
               "needs",
               "任务没有“need”这个键"};
  EXPECT_EQ(
      to_line(d),
      "flows/a.yaml:3:5: error: a task has no key 'need' (did you mean 'needs'?) [unknown-key]");
  EXPECT_EQ(to_line(d, Lang::Zh),
            "flows/a.yaml:3:5: 错误: 任务没有“need”这个键（是不是“needs”？） [unknown-key]");
  d.suggestion.clear();
  d.severity = Severity::Warning;
  EXPECT_EQ(to_line(d), "flows/a.yaml:3:5: warning: a task has no key 'need' [unknown-key]");
}

TEST(Diagnostics, AreSortedOnceEachAndOnOneLine) {
  Diagnostics problems("f");
  problems.add(UnknownKey, {2, 1}, invalid("b\nc"));
  problems.add(UnknownKey, {1, 7}, invalid("a"));
  problems.add(UnknownKey, {1, 7}, invalid("a"));
  const auto list = problems.take();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].line, 1);
  EXPECT_EQ(list[1].message, "b c");
}

TEST(Diagnostics, HintsDoNotPushOutErrors) {
  Diagnostics problems("f");
  for (int i = 0; i < 1'000; ++i) problems.add(TimeoutMissing, {i, 1}, invalid("x"));
  EXPECT_FALSE(problems.has_errors());
  EXPECT_FALSE(problems.full());
  problems.add(UnknownKey, {5'000, 1}, invalid("x"));
  EXPECT_TRUE(problems.has_errors());
  const auto list = problems.take();
  EXPECT_EQ(list.size(), limits::kErrorsShownMax + 1);
  EXPECT_EQ(list.back().code, "unknown-key");
}

TEST(Suggest, StopsWhenItsBudgetIsSpent) {
  Diagnostics problems("f");
  const std::string candidate(150, 'y');
  const std::vector<std::string_view> many(1'000, candidate);
  const std::vector<std::string_view> one{"title"};
  EXPECT_EQ(problems.suggest("titel", one), "title");
  for (int i = 0; i < 40; ++i) problems.suggest("titel", many);
  EXPECT_EQ(problems.suggest("titel", many), "");
}

}  // namespace
}  // namespace gantry::spec
