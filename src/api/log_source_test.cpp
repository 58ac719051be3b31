#include "api/log_source.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "runner/log_path.h"

namespace gantry::api {
namespace {

class LogFiles : public ::testing::Test {
 protected:
  LogFiles() {
    std::string pattern = ::testing::TempDir() + "gantry-logs-XXXXXX";
    dir = ::mkdtemp(pattern.data());
    attempt.run = RunNo{7};
    attempt.number = 1;
    path = runner::log_path(dir, {attempt.run, "load", attempt.item, 1, 1});
  }
  ~LogFiles() override { (void)remove_tree(dir); }

  // Docs: docs/format/log.md.
  void write_lines(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i)
      text += fmt::format("2026-11-22T10:00:00.000000Z stdout F line {}\n", i);
    ASSERT_TRUE(make_directories(parent_path(path)).ok());
    ASSERT_TRUE(write_file_durably(path, text).ok());
  }

  std::string dir;
  std::string path;
  model::AttemptRow attempt;
  const std::string task = "load";
};

TEST_F(LogFiles, PagesFollowEachOtherWithoutGapOrRepetition) {
  write_lines(1000);
  LogSource logs(log_paths(dir));
  runner::LogQuery query{.lines_max = 7};
  std::int64_t expected = 1;
  for (bool at_end = false; !at_end;) {
    const auto page = logs.read({attempt, task}, query).value();
    for (const auto& line : page.lines) {
      EXPECT_EQ(line.number, expected);
      EXPECT_EQ(line.text, fmt::format("line {}", expected++));
    }
    query.from = page.next.line;
    at_end = page.at_end;
  }
  EXPECT_EQ(expected, 1001);
  EXPECT_EQ(query.from, 1001);
}

TEST_F(LogFiles, AnyLineIsFoundByItsNumber) {
  write_lines(100);
  LogSource logs(log_paths(dir));
  const auto text = [&](std::int64_t from) {
    return logs.read({attempt, task}, {.from = from, .lines_max = 1}).value().lines.at(0).text;
  };
  EXPECT_EQ(text(0), "line 1");
  EXPECT_EQ(text(64), "line 64");
  EXPECT_EQ(text(65), "line 65");
  const auto beyond = logs.read({attempt, task}, {.from = 5000, .lines_max = 10}).value();
  EXPECT_TRUE(beyond.lines.empty());
  EXPECT_TRUE(beyond.at_end);
  EXPECT_EQ(logs.end({attempt, task}).value().line, 101);
}

TEST_F(LogFiles, ALogThatIsNotThereIsEmpty) {
  LogSource logs(log_paths(dir));
  const auto page = logs.read({attempt, task}, {.lines_max = 10}).value();
  EXPECT_TRUE(page.lines.empty());
  EXPECT_TRUE(page.at_end);
  EXPECT_TRUE(logs.read_back({attempt, task}, {.lines_max = 10}).value().lines.empty());
}

}  // namespace
}  // namespace gantry::api
