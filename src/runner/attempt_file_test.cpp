#include "runner/attempt_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <cstdlib>

#include "base/files.h"
#include "runner/report.h"

namespace gantry::runner {

namespace {

class AttemptFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-attempt-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    directory_ = name;
    path_ = directory_ + "/7";
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(directory_).ok()); }
  AttemptFate fate(FateOptions options) {
    auto found = find_fate(path_, {7}, options);
    EXPECT_TRUE(found.ok()) << found.error().message;
    return *std::move(found);
  }
  void write(const std::string& bytes) { ASSERT_TRUE(write_file_durably(path_, bytes).ok()); }
  static std::string header() {
    return shim::frame(shim::encode(shim::AttemptHeader{7, 1, 2, "boot", "", ""}));
  }
  static std::string record(int exit_code) {
    shim::ExitRecord r;
    r.attempt = 7;
    r.ended = shim::Ended::Exited;
    r.exit_code = exit_code;
    return shim::frame(shim::encode(r));
  }
  std::string directory_;
  std::string path_;
};

}  // namespace

TEST_F(AttemptFileTest, AnAbsentFileIsOnlyMadeWhenAskedTo) {
  EXPECT_EQ(fate({.claim = false}).fate, Fate::Absent);
  EXPECT_FALSE(exists(path_));
  EXPECT_EQ(fate({.claim = true}).record->ended, shim::Ended::Void);
  EXPECT_TRUE(exists(path_));
  EXPECT_EQ(fate({.claim = true}).record->ended, shim::Ended::Void);  // and stays so
}

TEST_F(AttemptFileTest, AfterABootAnAbsentOrEmptyFileSaysNothing) {
  EXPECT_EQ(fate({.claim = true, .same_boot = false}).record->ended, shim::Ended::Lost);
  EXPECT_EQ(fate({.claim = true, .same_boot = true}).record->ended, shim::Ended::Lost);
  write("");
  EXPECT_EQ(fate({.claim = true, .same_boot = false}).record->ended, shim::Ended::Lost);
}

TEST_F(AttemptFileTest, AClaimWithoutHeaderWasNeverExecuted) {
  write("");
  EXPECT_EQ(fate({.claim = false}).record->ended, shim::Ended::Void);
}

TEST_F(AttemptFileTest, TheLockMeansAlive) {
  write(header() + record(0));
  const Fd holder(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(holder.get(), LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(fate({.claim = true}).fate, Fate::Alive);
  ASSERT_EQ(::flock(holder.get(), LOCK_UN), 0);
  EXPECT_EQ(fate({.claim = true}).record->exit_code, 0);
}

TEST_F(AttemptFileTest, AHeaderWithoutRecordIsLost) {
  write(header());
  const AttemptFate found = fate({.claim = true});
  EXPECT_EQ(found.fate, Fate::Lost);
  EXPECT_EQ(found.header->boot_id, "boot");
}

TEST_F(AttemptFileTest, DamageIsLostAndNeverNotStarted) {
  const std::string whole = header() + record(0);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    ASSERT_EQ(fate({.claim = true}).fate, Fate::Lost) << size;
  }
}

TEST_F(AttemptFileTest, LinksAreNotFollowed) {
  ASSERT_EQ(::symlink("/dev/null", path_.c_str()), 0);
  EXPECT_FALSE(find_fate(path_, {7}, {.claim = true}).ok());
}

TEST_F(AttemptFileTest, EveryRecordBecomesAReport) {
  using model::AttemptState;
  using model::Reason;
  struct Case {
    shim::Ended ended;
    int exit_code;
    AttemptState state;
    Reason reason;
  };
  const Case cases[] = {
      {shim::Ended::Exited, 0, AttemptState::Succeeded, Reason::None},
      {shim::Ended::Exited, 3, AttemptState::Failed, Reason::Exit},
      {shim::Ended::Signaled, -1, AttemptState::Failed, Reason::Signal},
      {shim::Ended::TimedOut, 0, AttemptState::TimedOut, Reason::Timeout},
      {shim::Ended::Stopped, 0, AttemptState::Killed, Reason::Cancelled},
      {shim::Ended::Oom, -1, AttemptState::Oom, Reason::Oom},
      {shim::Ended::StartFailed, -1, AttemptState::Failed, Reason::Start},
      {shim::Ended::Void, -1, AttemptState::NotStarted, Reason::Interrupted},
      {shim::Ended::Lost, -1, AttemptState::Interrupted, Reason::Interrupted},
  };
  for (const Case& one : cases) {
    shim::ExitRecord r;
    r.attempt = 7;
    r.ended = one.ended;
    r.exit_code = one.exit_code;
    r.outputs = "not outputs";  // news only of an attempt that succeeded
    const auto report = report_of(r);
    EXPECT_EQ(report.id.value, 7);
    if (one.state == AttemptState::Succeeded) {
      EXPECT_EQ(report.state, AttemptState::Failed);
      EXPECT_EQ(report.reason, Reason::Outputs);
      r.outputs = "a=b";
      EXPECT_EQ(report_of(r).state, AttemptState::Succeeded);
    } else {
      EXPECT_EQ(report.state, one.state);
      EXPECT_EQ(report.reason, one.reason);
    }
  }
}

}  // namespace gantry::runner
