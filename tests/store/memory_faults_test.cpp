// The faults that simulations inject into a MemoryStore.
#include <gtest/gtest.h>

#include "data.h"
#include "store/memory_store.h"

namespace gantry::store {
namespace {

using namespace model;

class MemoryFaults : public testing::Test {
 protected:
  MemoryFaults() {
    EXPECT_TRUE(committer_.open().ok());
    EXPECT_TRUE(committer_.commit(workflow_changes(1, "sales")).ok());
  }
  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
  MemoryStore store_{disk_};
  Committer committer_{store_};
  std::vector<Change> run_ = {created(origin_of(1, 1, "sales"))};
};

TEST_F(MemoryFaults, ARefusedCommitIsNotThere) {
  store_.fail_call(1, MemoryFault::Refused);
  EXPECT_EQ(committer_.commit(run_).error().code, Code::Unavailable);
  EXPECT_EQ(store_.last_batch().value(), 1);
  EXPECT_TRUE(committer_.commit(run_).ok());
}

TEST_F(MemoryFaults, AFullDiskSaysSo) {
  store_.fail_call(1, MemoryFault::DiskFull, true);
  EXPECT_EQ(committer_.commit(run_).error().code, Code::ResourceExhausted);
  EXPECT_EQ(store_.last_batch().error().code, Code::ResourceExhausted);
  store_.heal();
  EXPECT_EQ(store_.last_batch().value(), 1);
}

TEST_F(MemoryFaults, ALostAnswerIsFoundByTheBatchNumber) {
  store_.fail_call(1, MemoryFault::LostAnswer);
  EXPECT_EQ(committer_.commit(run_).error().code, Code::Unavailable);
  MemoryStore restarted(disk_);
  EXPECT_EQ(restarted.last_batch().value(), 2);
  EXPECT_EQ(committer_.commit(run_).error().code, Code::AlreadyExists);
}

TEST_F(MemoryFaults, OnlyTheNthCallFails) {
  store_.fail_call(3, MemoryFault::Refused);
  EXPECT_TRUE(store_.last_batch().ok());
  EXPECT_TRUE(committer_.commit(run_).ok());
  EXPECT_FALSE(load_all(store_).ok());
  EXPECT_TRUE(load_all(store_).ok());
}

TEST_F(MemoryFaults, ADiskGoesBackToASnapshot) {
  const MemoryState snapshot = disk_->snapshot();
  ASSERT_TRUE(committer_.commit(run_).ok());
  disk_->restore(snapshot);
  EXPECT_EQ(store_.last_batch().value(), 1);
  EXPECT_EQ(store_.new_reader().value()->run(RunNo{1}).error().code, Code::NotFound);
}

}  // namespace
}  // namespace gantry::store
