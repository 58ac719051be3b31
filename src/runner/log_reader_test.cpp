#include "runner/log_reader.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "runner/log_path.h"

namespace gantry::runner {

namespace {

const std::string kStamp = "2026-11-22T10:00:00.000001Z";

class LogReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-reader-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    directory_ = name;
    path_ = directory_ + "/a.log";
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(directory_).ok()); }
  void write(const std::string& text) { ASSERT_TRUE(write_file_durably(path_, text).ok()); }
  std::string numbered_lines(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i) text += kStamp + " stdout F " + std::to_string(i) + "\n";
    return text;
  }
  std::string directory_;
  std::string path_;
};

}  // namespace

TEST_F(LogReaderTest, NoLogIsAnEmptyLog) {
  const auto page = read_log(path_, {}, 10);
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->lines.empty());
  EXPECT_TRUE(page->at_end);
  EXPECT_TRUE(tail_log(path_, 10)->lines.empty());
}

TEST_F(LogReaderTest, LinesHaveTimeStreamAndText) {
  write(kStamp + " stdout P par\n" + kStamp + " stderr F t = 1 \n" + kStamp + " system F note\n");
  const auto page = read_log(path_, {}, 10);
  ASSERT_EQ(page->lines.size(), 3u);
  EXPECT_TRUE(page->lines[0].part);
  EXPECT_EQ(page->lines[0].text, "par");
  EXPECT_EQ(format_instant(page->lines[0].at), kStamp);
  EXPECT_EQ(page->lines[1].number, 2);
  EXPECT_EQ(page->lines[1].stream, LogStream::Stderr);
  EXPECT_EQ(page->lines[1].text, "t = 1 ");
  EXPECT_EQ(page->lines[2].stream, LogStream::System);
}

TEST_F(LogReaderTest, PagesFollowEachOther) {
  write(numbered_lines(25));
  LogPlace place;
  std::string seen;
  for (int round = 0; round < 3; ++round) {
    const auto page = read_log(path_, place, 10);
    EXPECT_EQ(page->at_end, round == 2);
    for (const LogLine& line : page->lines) {
      EXPECT_EQ(std::to_string(line.number), line.text);
      seen += line.text + " ";
    }
    place = page->next;
  }
  EXPECT_EQ(seen.size(), 9u * 2 + 16u * 3);
  EXPECT_EQ(place.line, 26);
}

TEST_F(LogReaderTest, ALineThatIsBeingWrittenComesLater) {
  const std::string first = numbered_lines(1);
  write(first + kStamp + " stdout F 2");
  const auto page = read_log(path_, {}, 10);
  EXPECT_EQ(page->lines.size(), 1u);
  write(numbered_lines(2));
  const auto more = read_log(path_, page->next, 10);
  ASSERT_EQ(more->lines.size(), 1u);
  EXPECT_EQ(more->lines[0].number, 2);
}

TEST_F(LogReaderTest, LinesAreFoundByNumberAndFromTheEnd) {
  write(numbered_lines(100'000));
  const auto place = find_log_line(path_, 77'777);
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(read_log(path_, *place, 1)->lines.at(0).text, "77777");
  EXPECT_EQ(find_log_line(path_, 1'000'000)->line, 100'001);
  const auto tail = tail_log(path_, 3);
  ASSERT_EQ(tail->lines.size(), 3u);
  EXPECT_EQ(tail->lines[0].number, 99'998);
  EXPECT_EQ(tail->lines[2].text, "100000");
}

TEST_F(LogReaderTest, DamagedFilesAreReadAllTheSame) {
  write("no stamp\n\n" + std::string(5u << 20, 'x') + "\n" + kStamp + " stdout F end\n");
  LogPlace place;
  std::string last;
  for (int round = 0; round < 10; ++round) {
    const auto page = read_log(path_, place, 10);
    ASSERT_TRUE(page.ok());
    if (!page->lines.empty()) last = page->lines.back().text;
    place = page->next;
    if (page->at_end) break;
  }
  EXPECT_EQ(last, "end");
}

TEST(LogPath, NamesTheAttempt) {
  EXPECT_EQ(log_path("/d", {{7}, "load", kNoItem, 1, 2}), "/d/logs/7/load.1.2.log");
  EXPECT_EQ(log_path("/d", {{7}, "部门", 3, 2, 1}), "/d/logs/7/部门[3].2.1.log");
  EXPECT_EQ(log_path("/d", {{7}, "../x%", kNoItem, 1, 1}), "/d/logs/7/%2E%2E%2Fx%25.1.1.log");
}

}  // namespace gantry::runner
