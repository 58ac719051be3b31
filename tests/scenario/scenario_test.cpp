// Every file of tests/scenario is one case.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/log.h"
#include "testing/scenario.h"

namespace gantry::testing {
namespace {

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(GANTRY_SOURCE_DIR "/tests/scenario"))
    if (entry.path().extension() == ".scenario") out.push_back(entry.path().stem());
  std::sort(out.begin(), out.end());
  return out;
}

class Scenarios : public ::testing::TestWithParam<std::string> {};

TEST_P(Scenarios, Hold) {
  set_log_level(LogLevel::Off);  // lost commits are logged as errors
  const std::string file = "tests/scenario/" + GetParam() + ".scenario";
  const auto text = read_file(fmt::format("{}/{}", GANTRY_SOURCE_DIR, file), 1 << 20);
  ASSERT_TRUE(text.ok()) << text.error().message;
  const Status status = run_scenario(*text, file);
  EXPECT_TRUE(status.ok()) << status.error().message;
}

std::string case_name(const ::testing::TestParamInfo<std::string>& scenario) {
  std::string name = scenario.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, Scenarios, ::testing::ValuesIn(names()), case_name);

TEST(ScenarioFiles, TheExampleOfTheDocumentHolds) {
  const std::string file = "docs/format/scenario.md";
  const auto text = read_file(fmt::format("{}/{}", GANTRY_SOURCE_DIR, file), 1 << 20);
  ASSERT_TRUE(text.ok()) << text.error().message;
  const std::size_t begin = text->find("```\n") + 4;
  const Status status = run_scenario(text->substr(begin, text->find("```", begin) - begin), file);
  EXPECT_TRUE(status.ok()) << status.error().message;
}

TEST(ScenarioFiles, ThereAreMany) { EXPECT_GE(names().size(), 35u); }

// ---- the language itself ---------------------------------------------------------------------

constexpr const char* kWorkflow = "workflow w\n  tasks:\n    a: {run: work}\ntrigger w\n";

std::string message_of(const std::string& text) {
  const Status status = run_scenario(text, "x.scenario");
  return status.ok() ? "" : status.error().message;
}

// The line after the workflow and its first run is line 5.
std::string message_after_start(const std::string& text) {
  return message_of(fmt::format("{}{}", kWorkflow, text));
}

TEST(ScenarioLanguage, SaysWhereAndWhy) {
  EXPECT_EQ(message_of("frobnicate"), "x.scenario:1: there is no command 'frobnicate'");
  EXPECT_EQ(message_of("# c\n\nadvance soon").substr(0, 15), "x.scenario:3: '");
  EXPECT_EQ(message_of("  tasks: {}\n"), "x.scenario:1: an indented line without a command");
  EXPECT_EQ(message_after_start("finish b"), "x.scenario:5: task b of run 1 does not run");
  EXPECT_EQ(message_after_start("expect running b"), "x.scenario:5: running are: a");
  EXPECT_EQ(message_after_start("expect task a failed"),
            "x.scenario:5: task a is 'running', expected 'failed'");
  EXPECT_EQ(message_after_start("expect task a running attempts=2"),
            "x.scenario:5: attempts is '1', expected '2'");
  EXPECT_EQ(message_after_start("expect task a running color=red"),
            "x.scenario:5: 'expect' has no option 'color'");
  EXPECT_EQ(message_after_start("trigger w refused \"no\""), "x.scenario:5: it was not refused");
  EXPECT_EQ(message_of("expect why a \"x\" \"y"), "x.scenario:1: a quote is not closed");
  EXPECT_EQ(message_of("limits slots=1\nlimits slots=2\nadvance 1s\nlimits slots=3"),
            "x.scenario:4: limits come before every other command");
  EXPECT_NE(
      message_of("workflow w\n  tasks:\n    a: {run: x, needs: [b]}\n").find("x.scenario:1: "),
      std::string::npos);
  EXPECT_EQ(message_after_start("finish a now"), "x.scenario:5: nothing is known of 'now' here");
  EXPECT_EQ(message_after_start("advance 1s 2s"), "x.scenario:5: nothing is known of '2s' here");
  EXPECT_EQ(message_after_start("finish a\nexpect run 1 succeeded"), "");
}

}  // namespace
}  // namespace gantry::testing
