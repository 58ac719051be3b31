#include "runner/log_index.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/files.h"
#include "runner/log_indexes.h"
#include "runner/log_limits.h"
#include "runner/log_reader.h"

namespace gantry::runner {
namespace {

class LogIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-index-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    directory = name;
    path = directory + "/a.log";
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(directory).ok()); }

  static std::string lines(int first, int last, char fill = 'x') {
    std::string text;
    for (int i = first; i <= last; ++i)
      text +=
          fmt::format("2026-11-22T10:00:00.{:06}Z stdout F {}{}\n", i, i, std::string(20, fill));
    return text;
  }
  void append(const std::string& text) {
    const Fd fd = open_file(path, O_WRONLY | O_CREAT | O_APPEND).value();
    ASSERT_TRUE(write_all(fd.get(), text).ok());
  }
  std::string first_text(LogIndexes& indexes, std::int64_t line, bool finished = false) {
    const auto index = indexes.get(path, finished).value();
    const auto page = read_log(path, *index, {.from = line, .lines_max = 1}).value();
    return page.lines.empty() ? "" : page.lines[0].text.substr(0, page.lines[0].text.find('x'));
  }

  std::string directory;
  std::string path;
};

TEST_F(LogIndexTest, GrowsWithTheLog) {
  LogIndexes indexes;
  append(lines(1, 1'000));
  EXPECT_EQ(indexes.get(path, false).value()->end().line, 1'001);
  append(lines(1'001, 5'000) + "2026-11-22T10:00:00.000000Z stdout F not yet");
  const auto grown = indexes.get(path, false).value();
  EXPECT_EQ(grown->end().line, 5'001);
  EXPECT_EQ(first_text(indexes, 4'321), "4321");
  append(" whole\n");
  EXPECT_EQ(indexes.get(path, false).value()->end().line, 5'002);
}

TEST_F(LogIndexTest, IsSparseAndTheSameHoweverTheLogGrew) {
  LogIndexes grown;
  for (int i = 0; i < 20; ++i) {
    append(lines(i * 100 + 1, i * 100 + 100));
    ASSERT_TRUE(grown.get(path, false).ok());
  }
  LogIndexes at_once;
  EXPECT_EQ(at_once.get(path, false).value()->encode(), grown.get(path, false).value()->encode());
  EXPECT_LT(at_once.size_bytes(), 1'000u);
}

TEST_F(LogIndexTest, IsMadeAnewWhenLinesWereTakenBack) {
  LogIndexes indexes;
  append(lines(1, 2'000));
  EXPECT_EQ(first_text(indexes, 2'000), "2000");
  ASSERT_EQ(::truncate(path.c_str(), 0), 0);
  append(lines(5'001, 5'010));
  EXPECT_EQ(first_text(indexes, 1), "5001");
  // As long as before or longer, but with other lines.
  ASSERT_EQ(::truncate(path.c_str(), 0), 0);
  append("a short line\n" + lines(7'001, 7'100));
  EXPECT_EQ(first_text(indexes, 2), "7001");
  EXPECT_EQ(indexes.get(path, false).value()->end().line, 102);
}

TEST_F(LogIndexTest, MemoryIsBounded) {
  LogIndexes indexes(3'000);
  for (int i = 0; i < 20; ++i) {
    path = fmt::format("{}/{}.log", directory, i);
    append(lines(1, 3'000));
    ASSERT_TRUE(indexes.get(path, false).ok());
    EXPECT_LE(indexes.size_bytes(), 3'000u);
  }
}

class LogIndexFileTest : public LogIndexTest {
 protected:
  void SetUp() override {
    LogIndexTest::SetUp();
    append(lines(1, 30'000));
    LogIndexes indexes;
    EXPECT_EQ(first_text(indexes, 29'999, true), "29999");
    kept = read_file(log_index_path(path)).value();
  }
  // Whether the file is believed for the log as it is now.
  bool believed(const std::string& bytes) {
    const Fd fd = open_file(path, O_RDONLY).value();
    return LogIndex::decode(bytes, fd.get()) != nullptr;
  }
  std::string kept;
};

TEST_F(LogIndexFileTest, OfAFinishedLogIsKeptBesideIt) {
  EXPECT_TRUE(believed(kept));
  LogIndexes later;
  EXPECT_EQ(first_text(later, 12'345, true), "12345");
  EXPECT_EQ(later.get(path, true).value()->encode(), kept);
}

TEST_F(LogIndexFileTest, IsNotKeptWhileTheLogMayGrow) {
  ASSERT_EQ(::unlink(log_index_path(path).c_str()), 0);
  LogIndexes indexes;
  EXPECT_EQ(first_text(indexes, 12'345, false), "12345");
  EXPECT_FALSE(exists(log_index_path(path)));
}

TEST_F(LogIndexFileTest, TornOrAlteredIsNotBelieved) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, kept.size() / 2, kept.size() - 1})
    EXPECT_FALSE(believed(kept.substr(0, size))) << size;
  for (std::size_t at = 0; at < kept.size(); at += 7) {
    std::string altered = kept;
    altered[at] = static_cast<char>(altered[at] ^ 0x10);
    EXPECT_FALSE(believed(altered)) << at;
  }
}

TEST_F(LogIndexFileTest, OfAnotherStateOfTheLogIsMadeAnew) {
  append(lines(30'001, 30'002));
  EXPECT_FALSE(believed(kept));
  LogIndexes indexes;
  EXPECT_EQ(first_text(indexes, 30'002, true), "30002");
  EXPECT_NE(read_file(log_index_path(path)).value(), kept);
  ASSERT_TRUE(write_file_durably(path, lines(1, 30'000)).ok());  // as long, but another time
  EXPECT_FALSE(believed(kept));
}

}  // namespace
}  // namespace gantry::runner
