#include "shim/log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "shim/clock.h"

namespace gantry::shim {

namespace {

constexpr std::int64_t kWall = 1795341600'000000;  // 2026-11-22T10:00:00Z
const std::string kStamp = "2026-11-22T10:00:00.000000Z";

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-log-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    directory_ = name;
    path_ = directory_ + "/a.log";
  }
  void TearDown() override {
    std::remove(path_.c_str());
    std::remove(directory_.c_str());
  }
  std::string content() const {
    std::ifstream in(path_, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    std::istringstream in(content());
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  std::string directory_;
  std::string path_;
};

}  // namespace

TEST(Stamp, IsRfc3339InUtc) {
  EXPECT_EQ(stamp(kWall), kStamp);
  EXPECT_EQ(stamp(kWall + 1), "2026-11-22T10:00:00.000001Z");
  EXPECT_EQ(stamp(0), "1970-01-01T00:00:00.000000Z");
  for (std::int64_t day = 0; day < 60'000; ++day) {
    const std::time_t seconds = day * 86400 + day % 86400;
    char text[32];
    std::tm utc{};
    ASSERT_NE(
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000007Z", ::gmtime_r(&seconds, &utc)),
        0u);
    ASSERT_EQ(stamp(seconds * kSecond + 7), text);
  }
}

TEST_F(LogTest, WithoutOutputThereIsNoFile) {
  TaskLog log(path_, {1000, 1000, 100});
  log.close(kWall);
  EXPECT_FALSE(std::ifstream(path_).good());
  EXPECT_EQ(log.bytes(), 0);
}

TEST_F(LogTest, LinesOfBothStreamsAreKeptApart) {
  TaskLog log(path_, {1000, 1000, 100});
  log.append(Stream::Out, "one\ntw", kWall);
  log.append(Stream::Err, "error\n", kWall);
  log.append(Stream::Out, "o\n\nend", kWall);
  log.close(kWall);
  EXPECT_EQ(content(), kStamp + " stdout F one\n" + kStamp + " stderr F error\n" + kStamp +
                           " stdout F two\n" + kStamp + " stdout F \n" + kStamp +
                           " stdout P end\n");
  EXPECT_EQ(log.bytes(), static_cast<std::int64_t>(content().size()));
  EXPECT_EQ(log.dropped_bytes(), 0);
}

TEST_F(LogTest, LongLinesAreStoredInPartsWithoutCuttingCharacters) {
  for (std::size_t piece = 1; piece < 60; ++piece) {
    std::remove(path_.c_str());
    TaskLog log(path_, {100'000, 1000, 16});
    std::string text;
    for (int i = 0; i < 20; ++i) text += "语";
    text += "\nshort\n";
    for (std::size_t at = 0; at < text.size(); at += piece)
      log.append(Stream::Out, std::string_view(text).substr(at, piece), kWall);
    log.close(kWall);
    std::string joined;
    for (const std::string& line : lines()) {
      const std::string body = line.substr(kStamp.size() + 10);
      EXPECT_LE(body.size(), 16u);
      joined += body;
      if (line[kStamp.size() + 8] == 'F') joined += '\n';
    }
    ASSERT_EQ(joined, text) << piece;
  }
}

TEST_F(LogTest, HeadAndTailAreKeptWithANoteBetween) {
  const std::size_t line_bytes = kStamp.size() + 10 + 8 + 1;  // "line0000"
  TaskLog log(path_, {10 * line_bytes, 5 * line_bytes, 100});
  for (int i = 0; i < 1000; ++i) {
    char text[32];
    std::snprintf(text, sizeof text, "line%04d\n", i);
    log.append(Stream::Out, text, kWall);
  }
  log.close(kWall);
  const auto all = lines();
  ASSERT_EQ(all.size(), 15u);  // the oldest line of the ring was overwritten in part
  EXPECT_EQ(all[9], kStamp + " stdout F line0009");
  const std::string note = std::to_string(986 * line_bytes) + " bytes of the log were dropped here";
  EXPECT_NE(all[10].find(" system F " + note), std::string::npos) << all[10];
  EXPECT_EQ(all[11], kStamp + " stdout F line0996");
  EXPECT_EQ(all[14], kStamp + " stdout F line0999");
  EXPECT_EQ(log.dropped_bytes(), static_cast<std::int64_t>(986 * line_bytes));
}

TEST_F(LogTest, WhatFitsHeadAndTailIsKeptWhole) {
  const std::size_t line_bytes = kStamp.size() + 10 + 4 + 1;
  TaskLog log(path_, {3 * line_bytes, 100 * line_bytes, 100});
  for (int i = 0; i < 10; ++i) log.append(Stream::Err, "tick\n", kWall);
  log.close(kWall);
  EXPECT_EQ(lines().size(), 10u);
  EXPECT_EQ(log.dropped_bytes(), 0);
}

TEST_F(LogTest, ADirectoryThatIsNotThereDropsAndCounts) {
  TaskLog log(directory_ + "/none/a.log", {1000, 1000, 100});
  log.append(Stream::Out, "text\n", kWall);
  log.flush();
  log.close(kWall);
  EXPECT_EQ(log.bytes(), 0);
  EXPECT_EQ(log.dropped_bytes(), static_cast<std::int64_t>(kStamp.size() + 10 + 5));
}

TEST_F(LogTest, WhatTheDiskDidNotTakeIsSaidWhenItDoesAgain) {
  const std::string late = directory_ + "/late";
  TaskLog log(late + "/a.log", {1000, 1000, 100});
  log.append(Stream::Out, "lost\n", kWall);
  log.flush();
  ASSERT_EQ(::mkdir(late.c_str(), 0700), 0);
  log.append(Stream::Out, "kept\n", kWall);
  log.close(kWall);
  path_ = late + "/a.log";
  const auto all = lines();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_NE(all[0].find(" system F 42 bytes of the log were dropped here"), std::string::npos);
  EXPECT_EQ(all[1], kStamp + " stdout F kept");
  EXPECT_EQ(log.dropped_bytes(), 42);
  EXPECT_EQ(log.bytes(), static_cast<std::int64_t>(content().size()));
  std::remove(path_.c_str());
  std::remove(late.c_str());
}

TEST_F(LogTest, WhatAnotherHistoryLeftThereIsNotOfThisAttempt) {
  std::ofstream(path_) << kStamp << " stdout F of an attempt that was given up\n";
  TaskLog log(path_, {1000, 100, 100});
  log.append(Stream::Out, "new\n", kWall);
  log.flush();
  log.append(Stream::Out, "newer\n", kWall);
  log.close(kWall);
  EXPECT_EQ(content(), kStamp + " stdout F new\n" + kStamp + " stdout F newer\n");
  EXPECT_EQ(log.bytes(), static_cast<std::int64_t>(content().size()));
}

}  // namespace gantry::shim
