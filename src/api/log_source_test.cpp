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
};

TEST_F(LogFiles, PagesFollowEachOtherWithoutGapOrRepetition) {
  write_lines(1000);
  const ReadLog read = read_log_files(dir);
  std::int64_t from = 1;
  std::int64_t expected = 1;
  for (bool at_end = false; !at_end;) {
    const auto page = read(attempt, "load", from, 7).value();
    for (const auto& line : page.lines) {
      EXPECT_EQ(line.number, expected);
      EXPECT_EQ(line.text, fmt::format("line {}", expected++));
    }
    from = page.next.line;
    at_end = page.at_end;
  }
  EXPECT_EQ(expected, 1001);
  EXPECT_EQ(from, 1001);
}

TEST_F(LogFiles, AnyLineIsFoundByItsNumber) {
  write_lines(100);
  const ReadLog read = read_log_files(dir);
  EXPECT_EQ(read(attempt, "load", 0, 1).value().lines.front().text, "line 1");
  EXPECT_EQ(read(attempt, "load", 64, 1).value().lines.front().text, "line 64");
  EXPECT_EQ(read(attempt, "load", 65, 1).value().lines.front().text, "line 65");
  const auto beyond = read(attempt, "load", 5000, 10).value();
  EXPECT_TRUE(beyond.lines.empty());
  EXPECT_TRUE(beyond.at_end);
}

TEST_F(LogFiles, ALogThatIsNotThereIsEmpty) {
  const auto page = read_log_files(dir)(attempt, "load", 1, 10).value();
  EXPECT_TRUE(page.lines.empty());
  EXPECT_TRUE(page.at_end);
}

}  // namespace
}  // namespace gantry::api
