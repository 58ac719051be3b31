#include "engine/blame.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/files.h"

namespace gantry::engine {
namespace {

class BlameTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-blame-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(folder_).ok()); }

  std::unique_ptr<Blame> open() { return Blame::open(folder_ + "/blame").value(); }
  // A process that dies while it works on `run`.
  void die_at(std::int64_t run) { *open()->current_run() = run; }

  std::string folder_;
};

TEST_F(BlameTest, ThreeDeathsInARowAreEnough) {
  die_at(7);
  die_at(7);
  EXPECT_TRUE(open()->runs_to_quarantine().empty());
  die_at(7);
  EXPECT_EQ(open()->runs_to_quarantine(), std::vector<RunNo>{RunNo{7}});
}

TEST_F(BlameTest, WorkThatWasCommittedForgives) {
  die_at(7);
  die_at(7);
  {
    auto blame = open();
    EXPECT_TRUE(blame->blames_any());
    blame->forgive(RunNo{7});
    EXPECT_FALSE(blame->blames_any());
  }
  die_at(7);
  EXPECT_TRUE(open()->runs_to_quarantine().empty());
}

TEST_F(BlameTest, DeathsElsewhereBlameNobody) {
  for (int i = 0; i < 5; ++i) die_at(0);
  EXPECT_FALSE(open()->blames_any());
}

TEST_F(BlameTest, ManyRunsDoNotPushOutTheOneThatIsBlamedMost) {
  die_at(7);
  die_at(7);
  for (std::int64_t run = 100; run < 300; ++run) die_at(run);
  die_at(7);
  EXPECT_EQ(open()->runs_to_quarantine(), std::vector<RunNo>{RunNo{7}});
}

TEST_F(BlameTest, AFileThatCanNotBeOpenedIsAnError) {
  EXPECT_FALSE(Blame::open(folder_ + "/no/such/folder").ok());
}

}  // namespace
}  // namespace gantry::engine
