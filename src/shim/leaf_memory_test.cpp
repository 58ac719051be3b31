// The decision, with a directory in place of a cgroup: the machine that tests may have no memory
// controller to give.
#include "shim/leaf_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace gantry::shim {

namespace {

class LeafMemoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-leaf-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    leaf_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(leaf_); }

  void put(const std::string& name, const std::string& text) const {
    std::ofstream(leaf_ + "/" + name) << text;
  }
  void put_kills(int kills) const {
    put("memory.events",
        "low 0\nhigh 0\nmax 7\noom 2\noom_kill " + std::to_string(kills) + "\noom_group_kill 9\n");
  }
  static ExitRecord ended(Ended how, int code, int signal) {
    ExitRecord record;
    record.ended = how;
    record.exit_code = code;
    record.signal = signal;
    return record;
  }
  // How an attempt ended in whose time `kills` processes were killed, after three of others.
  Ended verdict(ExitRecord record, int kills) const {
    put_kills(3);
    const LeafMemory memory(leaf_);
    put_kills(3 + kills);
    add_memory(memory, record);
    return record.ended;
  }

  std::string leaf_;
};

}  // namespace

TEST(OomKills, AreReadFromTheEvents) {
  EXPECT_EQ(oom_kills_in("low 0\noom 5\noom_kill 2\noom_group_kill 1\n"), 2);
  EXPECT_EQ(oom_kills_in("oom_kill 12"), 12);
  EXPECT_EQ(oom_kills_in("oom 5\noom_group_kill 1\n"), std::nullopt);
  EXPECT_EQ(oom_kills_in("oom_kill x\n"), std::nullopt);
  EXPECT_EQ(oom_kills_in("oom_kill "), std::nullopt);
  EXPECT_EQ(oom_kills_in(""), std::nullopt);
}

TEST_F(LeafMemoryTest, AKillMakesAFailureOutOfMemory) {
  EXPECT_EQ(verdict(ended(Ended::Signaled, -1, SIGKILL), 1), Ended::Oom);
  EXPECT_EQ(verdict(ended(Ended::Exited, 137, 0), 1), Ended::Oom);  // a shell about its child
  EXPECT_EQ(verdict(ended(Ended::Exited, 1, 0), 2), Ended::Oom);    // a program about its worker
}

TEST_F(LeafMemoryTest, KillsOfFormerAttemptsDoNotCount) {
  EXPECT_EQ(verdict(ended(Ended::Signaled, -1, SIGKILL), 0), Ended::Signaled);
  EXPECT_EQ(verdict(ended(Ended::Exited, 1, 0), 0), Ended::Exited);
}

TEST_F(LeafMemoryTest, WhatEndedOtherwiseStaysWhatItIs) {
  EXPECT_EQ(verdict(ended(Ended::Exited, 0, 0), 1), Ended::Exited);
  EXPECT_EQ(verdict(ended(Ended::TimedOut, -1, SIGKILL), 1), Ended::TimedOut);
  EXPECT_EQ(verdict(ended(Ended::Stopped, -1, SIGTERM), 1), Ended::Stopped);
  EXPECT_EQ(verdict(ended(Ended::StartFailed, -1, 0), 1), Ended::StartFailed);
}

TEST_F(LeafMemoryTest, WithoutTheControllerAKillIsOnlyExplained) {
  for (const std::string& leaf : {std::string(), leaf_}) {
    const LeafMemory memory(leaf);
    ExitRecord record = ended(Ended::Signaled, -1, SIGKILL);
    record.error_tail = "last words";
    add_memory(memory, record);
    EXPECT_EQ(record.ended, Ended::Signaled);
    EXPECT_EQ(record.error_tail.rfind("last words\nkilled with SIGKILL, not by Gantry", 0), 0u);
    ExitRecord other = ended(Ended::Signaled, -1, SIGSEGV);
    add_memory(memory, other);
    EXPECT_EQ(other.error_tail, "");
  }
}

TEST_F(LeafMemoryTest, WithTheControllerAKillBySomebodyElseIsNoGuess) {
  put_kills(0);
  const LeafMemory memory(leaf_);
  ExitRecord record = ended(Ended::Signaled, -1, SIGKILL);
  add_memory(memory, record);
  EXPECT_EQ(record.ended, Ended::Signaled);
  EXPECT_EQ(record.error_tail, "");
}

TEST_F(LeafMemoryTest, ThePeakIsThatOfTheWholeTree) {
  put_kills(0);
  put("memory.peak", "99999999\n");
  const LeafMemory memory(leaf_);
  put("memory.peak", "5000000\n");
  ExitRecord record = ended(Ended::Exited, 0, 0);
  record.memory_bytes_max = 3000000;
  add_memory(memory, record);
  EXPECT_EQ(record.memory_bytes_max, 5000000);
}

}  // namespace gantry::shim
