// The pool over a directory in place of a cgroup; the real ones are in local_stop_test.cpp. In a
// plain directory no file appears by itself: the leaf that open() tries has no cgroup.kill.
#include "runner/leaf_pool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <cstdlib>
#include <string>

#include "base/fd.h"
#include "base/files.h"

namespace gantry::runner {

namespace {

class LeafPoolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-leaves-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    base_ = name;
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(base_).ok()); }

  void make(const std::string& path) const { ASSERT_TRUE(make_directories(base_ + path).ok()); }
  bool there(const std::string& path) const { return exists(base_ + path); }

  std::string base_;
};

}  // namespace

TEST_F(LeafPoolTest, WhereNothingCanBeKilledThereAreNoLeaves) {
  LeafPool pool;
  const Status opened = pool.open_at(base_, "x");
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("cgroup.kill"), std::string::npos);
  EXPECT_EQ(pool.take(), "");
  EXPECT_FALSE(pool.tells_memory());
  EXPECT_FALSE(there("/gantry-x"));
}

TEST_F(LeafPoolTest, WhatKilledServersLeftIsRemovedUnlessItIsInUse) {
  make("/gantry-left/leaf-1");
  make("/gantry-used/leaf-1");
  make("/gantry-tasks/leaf-1/in-use");  // as one with processes: rmdir() refuses
  make("/other/leaf-1");
  const Fd user = *open_file(base_ + "/gantry-used", O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(user.get(), LOCK_EX), 0);
  LeafPool pool;
  EXPECT_FALSE(pool.open_at(base_, "x").ok());
  EXPECT_FALSE(there("/gantry-left"));
  EXPECT_TRUE(there("/gantry-used/leaf-1"));
  EXPECT_TRUE(there("/gantry-tasks/leaf-1"));
  EXPECT_TRUE(there("/other/leaf-1"));
}

TEST_F(LeafPoolTest, ARootThatAnotherServerHoldsIsNotTaken) {
  make("/gantry-x/leaf-1");
  const Fd user = *open_file(base_ + "/gantry-x", O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(user.get(), LOCK_EX), 0);
  LeafPool pool;
  const Status opened = pool.open_at(base_, "x");
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("cannot lock"), std::string::npos);
  EXPECT_TRUE(there("/gantry-x/leaf-1"));
}

TEST_F(LeafPoolTest, OnlyLeavesOfOursAreKilled) {
  make("/other/leaf-1");
  make("/gantry-x/leaf-1");
  for (const char* root : {"/other", "/gantry-x"}) {
    const std::string leaf = base_ + root + "/leaf-1";
    ASSERT_TRUE(write_file_durably(leaf + "/cgroup.kill", "", 0600).ok());
    ASSERT_TRUE(write_file_durably(leaf + "/cgroup.events", "populated 1\nfrozen 0\n", 0600).ok());
    kill_leaf(leaf);
  }
  EXPECT_EQ(read_file(base_ + "/other/leaf-1/cgroup.kill").value_or("?"), "");
  EXPECT_EQ(read_file(base_ + "/gantry-x/leaf-1/cgroup.kill").value_or("?"), "1");
  EXPECT_FALSE(is_populated(base_ + "/other/leaf-1"));
  EXPECT_TRUE(is_populated(base_ + "/gantry-x/leaf-1"));
  EXPECT_FALSE(is_populated(base_ + "/gantry-x/gone"));
}

TEST(DescribeTrees, SaysWhatIsUsedAndWhyNotMore) {
  EXPECT_EQ(describe_trees("", true), "a cgroup v2 per attempt, with memory");
  EXPECT_NE(describe_trees("", false).find("seen as killed"), std::string::npos);
  EXPECT_NE(describe_trees("not mounted", false).find("(not mounted)"), std::string::npos);
}

}  // namespace gantry::runner
