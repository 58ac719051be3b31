#include "app/sweep.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fmt/format.h>

#include "base/files.h"
#include "store/memory_store.h"

namespace gantry::app {
namespace {

using namespace model;

const Instant kNow{days(1'000).us};

class SweepTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-sweep-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    data_ = name;
    epoch_ = *store_.open_epoch();
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(data_).ok()); }

  // A run that ended so long ago, or is open; with a file of each kind.
  void run(std::int64_t number, std::optional<Duration> ago, RunState state = RunState::Failed) {
    auto origin = std::make_shared<RunOrigin>();
    origin->run = RunNo{number};
    RunRow row;
    row.run = origin->run;
    row.state = state;
    if (ago) row.ended_at = kNow - *ago;
    std::vector<Change> changes{{kNow, "engine", RunCreated{std::move(origin)}},
                                {kNow, "engine", RunChanged{row}}};
    if (ago) changes.push_back({kNow, "engine", RunClosed{row.run}});
    ASSERT_TRUE(store_.commit({epoch_, ++batch_, {}, changes}).ok());
    files(number);
  }
  void files(std::int64_t number) {
    for (const char* kind : {"logs", "workspaces", "attempts"}) {
      const std::string folder = fmt::format("{}/{}/{}", data_, kind, number);
      ASSERT_TRUE(make_directories(folder).ok());
      ASSERT_TRUE(write_file_durably(folder + "/file", std::string(5'000, 'x')).ok());
    }
  }
  std::string left() {
    std::string out;
    for (const char* kind : {"logs", "workspaces", "attempts"}) {
      auto names = list_directory(data_ + "/" + kind).value();
      std::sort(names.begin(), names.end());
      out += fmt::format("{} {};", kind, fmt::join(names, " "));
    }
    return out;
  }
  SweepReport sweep(bool dry_run = false) {
    auto reader = std::move(store_.new_reader()).value();
    auto report = sweep_files(data_, *reader, rules_, kNow, dry_run);
    EXPECT_TRUE(report.ok());
    return *report;
  }
  store::RetentionStep retain(RunNo logs_up_to = {}) {
    return store_.retain(cut_of(rules_, kNow, logs_up_to)).value();
  }

  std::string data_;
  store::MemoryStore store_;
  store::Epoch epoch_;
  std::int64_t batch_ = 0;
  RetentionRules rules_;
};

TEST_F(SweepTest, EachKindOfFolderHasItsTime) {
  run(1, std::nullopt, RunState::Running);
  run(2, days(2), RunState::Succeeded);
  run(3, days(2));
  run(4, days(8));
  run(5, minutes(5));
  EXPECT_EQ(sweep(true).folders(), 5);
  EXPECT_EQ(left(), "logs 1 2 3 4 5;workspaces 1 2 3 4 5;attempts 1 2 3 4 5;");
  EXPECT_EQ(sweep().folders(), 5);
  EXPECT_EQ(left(), "logs 1 2 3 4 5;workspaces 1 3 5;attempts 1 5;");
}

TEST_F(SweepTest, FilesGoOnlyAfterTheRowSaysSo) {
  run(1, days(200));
  run(2, days(500));
  run(3, minutes(1));
  sweep();
  EXPECT_EQ(left(), "logs 1 2 3;workspaces 3;attempts 3;");
  retain();  // and the server dies before it deletes the files
  sweep();
  EXPECT_EQ(left(), "logs 3;workspaces 3;attempts 3;");
}

TEST_F(SweepTest, AStepDeletesItsFiles) {
  run(1, days(200));
  run(2, days(500));
  api::Collected collected;
  delete_files(data_, retain(), collected);
  EXPECT_EQ(collected.log_folders.count, 2);
  EXPECT_EQ(collected.workspaces.count, 1);
  EXPECT_GE(collected.log_folders.bytes, 2 * 8'192);
  EXPECT_EQ(left(), "logs ;workspaces 1;attempts 1;");
}

TEST_F(SweepTest, TheOldestLogsGoBeyondTheLimit) {
  for (int number = 1; number <= 4; ++number) run(number, minutes(1));
  rules_.log_bytes = 20'000;  // two files of 8 KiB on the disk
  const SweepReport report = sweep();
  EXPECT_EQ(report.logs_up_to, RunNo{2});
  api::Collected collected;
  delete_files(data_, retain(report.logs_up_to), collected);
  EXPECT_EQ(collected.log_folders.count, 2);
  EXPECT_EQ(left(), "logs 3 4;workspaces 1 2 3 4;attempts 1 2 3 4;");
  EXPECT_EQ(sweep().logs_up_to, RunNo{});
}

TEST_F(SweepTest, WhatIsNoFolderOfARunStays) {
  files(7);  // of no run
  run(1, minutes(1));
  ASSERT_TRUE(write_file_durably(data_ + "/attempts/boot", "x").ok());
  sweep();
  EXPECT_EQ(left(), "logs 1;workspaces 1;attempts 1 boot;");
}

}  // namespace
}  // namespace gantry::app
