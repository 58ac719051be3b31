#include "runner/log_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "runner/log_indexes.h"
#include "runner/log_path.h"

namespace gantry::runner {

namespace {

const std::string kStamp = "2026-11-22T10:00:00.000001Z";

std::string line_of(std::string_view text, std::string_view stream = "stdout") {
  return fmt::format("{} {} F {}\n", kStamp, stream, text);
}

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
  static std::string numbered_lines(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i) text += line_of(std::to_string(i));
    return text;
  }
  std::shared_ptr<const LogIndex> index(bool finished = false) {
    return indexes_.get(path_, finished).value();
  }
  LogPage page(const LogQuery& query) { return read_log(path_, *index(), query).value(); }
  LogPage back(const LogQuery& query) { return read_log_back(path_, *index(), query).value(); }
  static std::string numbers(const LogPage& page) {
    std::string out;
    for (const LogLine& line : page.lines) out += fmt::format("{} ", line.number);
    return out;
  }
  static LogFilter searching(LogPattern pattern) {
    LogFilter filter;
    filter.pattern = std::make_shared<const LogPattern>(std::move(pattern));
    return filter;
  }

  std::string directory_;
  std::string path_;
  LogIndexes indexes_;
};

}  // namespace

TEST_F(LogReaderTest, NoLogIsAnEmptyLog) {
  const auto page = read_log(path_, LogPlace{}, {.lines_max = 10});
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->lines.empty());
  EXPECT_TRUE(page->at_end);
  EXPECT_EQ(index(), nullptr);
  EXPECT_TRUE(tail_log(path_, 10)->lines.empty());
}

TEST_F(LogReaderTest, AnEmptyFileIsAnEmptyLog) {
  write("");
  EXPECT_TRUE(page({.lines_max = 10}).lines.empty());
  EXPECT_TRUE(back({.lines_max = 10}).lines.empty());
  EXPECT_EQ(back({.lines_max = 10}).previous, 1);
}

TEST_F(LogReaderTest, LinesHaveTimeStreamAndText) {
  write(kStamp + " stdout P par\n" + kStamp + " stderr F t = 1 \n" + kStamp + " system F note\n");
  const auto found = page({.lines_max = 10});
  ASSERT_EQ(found.lines.size(), 3u);
  EXPECT_TRUE(found.lines[0].part);
  EXPECT_EQ(found.lines[0].text, "par");
  EXPECT_EQ(format_instant(found.lines[0].at), kStamp);
  EXPECT_EQ(found.lines[1].number, 2);
  EXPECT_EQ(found.lines[1].stream, LogStream::Stderr);
  EXPECT_EQ(found.lines[1].text, "t = 1 ");
  EXPECT_EQ(found.lines[2].stream, LogStream::System);
  EXPECT_EQ(format_log_line(found.lines[0]), kStamp + " stdout P par\n");
}

TEST_F(LogReaderTest, PagesFollowEachOther) {
  write(numbered_lines(25));
  LogPlace place;
  std::string seen;
  for (int round = 0; round < 3; ++round) {
    const auto page = read_log(path_, place, {.lines_max = 10});
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
  const LogQuery query{.lines_max = 10};
  const auto page = read_log(path_, LogPlace{}, query);
  EXPECT_EQ(page->lines.size(), 1u);
  write(numbered_lines(2));
  const auto more = read_log(path_, page->next, query);
  ASSERT_EQ(more->lines.size(), 1u);
  EXPECT_EQ(more->lines[0].number, 2);
}

TEST_F(LogReaderTest, OfAFinishedLogTheRestIsALine) {
  write(numbered_lines(1) + kStamp + " stdout F torn");
  const LogQuery query{.lines_max = 10, .finished = true};
  const auto forward = page(query);
  ASSERT_EQ(forward.lines.size(), 2u);
  EXPECT_EQ(forward.lines[1].text, "torn");
  EXPECT_TRUE(forward.at_end);
  EXPECT_EQ(forward.next.line, 3);
  EXPECT_EQ(numbers(back(query)), "1 2 ");
  EXPECT_EQ(numbers(tail_log(path_, 1).value()), "2 ");
  EXPECT_TRUE(page({.from = 3, .lines_max = 10, .finished = true}).lines.empty());
}

TEST_F(LogReaderTest, EveryLineIsFoundByItsNumber) {
  write(numbered_lines(10'000));
  for (const std::int64_t number : {1, 2, 256, 257, 258, 512, 513, 7'777, 9'999, 10'000}) {
    const auto found = page({.from = number, .lines_max = 1});
    ASSERT_EQ(found.lines.size(), 1u);
    EXPECT_EQ(found.lines[0].number, number);
    EXPECT_EQ(found.lines[0].text, std::to_string(number));
    EXPECT_EQ(found.next.line, number + 1);
  }
  EXPECT_TRUE(page({.from = 10'001, .lines_max = 1}).lines.empty());
  EXPECT_EQ(page({.from = 1'000'000, .lines_max = 1}).next.line, 10'001);
}

TEST_F(LogReaderTest, PagesGoBackFromTheEndToTheBeginning) {
  write(numbered_lines(2'000));
  LogQuery query{.lines_max = 300};
  std::int64_t expected = 2'000;
  for (;;) {
    const auto found = back(query);
    for (auto line = found.lines.rbegin(); line != found.lines.rend(); ++line) {
      EXPECT_EQ(line->number, expected);
      EXPECT_EQ(line->text, std::to_string(expected--));
    }
    if (found.previous == 1) break;
    query.before = found.previous;
  }
  EXPECT_EQ(expected, 0);
}

TEST_F(LogReaderTest, StreamsAndTimesAreFiltered) {
  std::string text;
  for (int i = 1; i <= 3'000; ++i) {
    const Instant at = parse_instant("2026-11-22T10:00:00Z").value() + seconds(i);
    text +=
        fmt::format("{} {} F {}\n", format_instant(at), i % 1'000 == 0 ? "stderr" : "stdout", i);
  }
  write(text);
  LogQuery query{.lines_max = 10};
  query.filter.stream = LogStream::Stderr;
  EXPECT_EQ(numbers(page(query)), "1000 2000 3000 ");
  EXPECT_EQ(numbers(back(query)), "1000 2000 3000 ");
  query.lines_max = 2;
  EXPECT_EQ(numbers(back(query)), "2000 3000 ");
  query.filter.stream.reset();
  query.filter.since = parse_instant("2026-11-22T10:00:00Z").value() + seconds(2'345);
  EXPECT_EQ(numbers(page(query)), "2345 2346 ");
  EXPECT_EQ(numbers(back(query)), "2999 3000 ");
  query.lines_max = 1'000;
  EXPECT_EQ(back(query).lines.front().number, 2'345);
  EXPECT_EQ(back(query).previous, 1);
  query.filter.since = parse_instant("2026-11-23T10:00:00Z").value();
  EXPECT_TRUE(page(query).lines.empty());
}

// The clock was set back: what is later in the file may be earlier in time.
TEST_F(LogReaderTest, NoLineIsMissedWhenTheClockWentBack) {
  std::string text;
  for (int i = 1; i <= 2'000; ++i) {
    const Instant at = parse_instant("2026-11-22T10:00:00Z").value() + seconds(i % 1'000);
    text += fmt::format("{} stdout F {}\n", format_instant(at), i);
  }
  write(text);
  LogQuery query{.lines_max = 10};
  query.filter.since = parse_instant("2026-11-22T10:00:00Z").value() + seconds(999);
  EXPECT_EQ(numbers(page(query)), "999 1999 ");
  EXPECT_EQ(numbers(back(query)), "999 1999 ");
}

TEST_F(LogReaderTest, TextIsFoundInTheTextAlone) {
  write(numbered_lines(5'000) + line_of("A stdout Needle") + numbered_lines(10));
  LogQuery query{.lines_max = 10};
  query.filter = searching(LogPattern::text("stdout", false).value());
  EXPECT_EQ(numbers(page(query)), "5001 ");  // not the stream before each text
  query.filter = searching(LogPattern::text("needle", false).value());
  EXPECT_EQ(numbers(page(query)), "");
  query.filter = searching(LogPattern::text("needle", true).value());
  EXPECT_EQ(numbers(page(query)), "5001 ");
  query.filter = searching(LogPattern::regex("^4[0-9]{2}9$", false).value());
  query.lines_max = 3;
  EXPECT_EQ(numbers(page(query)), "4009 4019 4029 ");
  EXPECT_EQ(page(query).next.line, 4'030);
  EXPECT_EQ(numbers(back(query)), "4979 4989 4999 ");
  EXPECT_FALSE(LogPattern::regex("(", false).ok());
}

TEST_F(LogReaderTest, ASearchThatIsStoppedSaysWhereItIs) {
  write(numbered_lines(60'000) + line_of("needle"));
  LogQuery query{.lines_max = 10, .stop = [] { return true; }};
  query.filter = searching(LogPattern::text("needle", false).value());
  std::string found;
  int rounds = 0;
  for (bool at_end = false; !at_end; ++rounds) {
    const auto part = page(query);
    found += numbers(part);
    EXPECT_GT(part.next.line, query.from);
    query.from = part.next.line;
    at_end = part.at_end;
  }
  EXPECT_EQ(found, "60001 ");
  EXPECT_GT(rounds, 1);
  query = {.lines_max = 10};
  query.filter = searching(LogPattern::text("1", false).value());
  const auto last = back(query);
  EXPECT_EQ(last.lines.back().number, 59'991);
}

TEST_F(LogReaderTest, DamagedFilesAreReadAllTheSame) {
  write("no stamp\n\n" + std::string(5u << 20, 'x') + "\n" + line_of("end"));
  const auto found = page({.lines_max = 10});
  ASSERT_EQ(found.lines.size(), 4u);
  EXPECT_EQ(found.lines[0].text, "no stamp");
  EXPECT_LT(found.lines[2].text.size(), 70'000u);
  EXPECT_NE(found.lines[2].text.find("5177344 bytes"), std::string::npos);
  EXPECT_EQ(found.lines[3].number, 4);
  EXPECT_EQ(found.lines[3].text, "end");
  EXPECT_EQ(back({.lines_max = 1}).lines[0].text, "end");
  EXPECT_EQ(page({.from = 4, .lines_max = 1}).lines[0].text, "end");
}

TEST(LogPath, NamesTheAttempt) {
  EXPECT_EQ(log_path("/d", {{7}, "load", {}, 1, 2}), "/d/logs/7/load.1.2.log");
  EXPECT_EQ(log_path("/d", {{7}, "部门", ItemPath().child(3), 2, 1}), "/d/logs/7/部门[3].2.1.log");
  EXPECT_EQ(log_path("/d", {{7}, "../x%", {}, 1, 1}), "/d/logs/7/%2E%2E%2Fx%25.1.1.log");
}

}  // namespace gantry::runner
