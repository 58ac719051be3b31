// Timeouts, cancellation and tasks that do not want to end.
#include <set>

#include "runner/runner_fixture.h"
#include "runner/strays.h"
#include "shim/protocol.h"

namespace gantry::runner {

using model::AttemptState;
using model::Reason;

namespace {

// Whether any process carries this variable in its environment.
bool lives(const std::string& entry) {
  const auto names = list_directory("/proc");
  if (!names.ok()) return false;
  for (const std::string& name : *names) {
    const auto environment = read_file("/proc/" + name + "/environ");
    if (environment.ok() &&
        ("\0" + *environment).find(entry + std::string(1, '\0')) != std::string::npos)
      return true;
  }
  return false;
}

// Leaves the task in every way there is: a session of its own, a double fork, SIGTERM ignored,
// descriptors closed. Says so when it is done.
constexpr const char* kHostile = R"(
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        for i in range(3):
            if os.fork() == 0: break
        os.closerange(0, 3)
        while True: time.sleep(60)
    os._exit(0)
os.wait()
print('ready', flush=True)
)";

class StopTest : public RunnerTest {
 protected:
  model::StartAttempt marked(model::StartAttempt command) {
    command.env.emplace_back("MARK", mark_);
    return command;
  }
  bool survivors() const { return lives("MARK=" + mark_); }
  bool says(const model::StartAttempt& command, const std::string& text) {
    return eventually([&] { return text_of(command).find(text) != std::string::npos; });
  }
  std::string leaf_of(std::int64_t id) const {
    return shim::decode_attempt_file(*read_file(attempt_file(id))).header->leaf;
  }
  void expect_no_stray_of_a_killed_shim();

  const std::string mark_ =
      ::testing::UnitTest::GetInstance()->current_test_info()->name() + std::to_string(::getpid());
};

}  // namespace

TEST_F(StopTest, AStopEndsTheTaskAndWhatItStarted) {
  const auto command = marked(script_of(1, "sleep 1000 & sleep 1000 & echo ready; wait"));
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  EXPECT_TRUE(survivors());
  runner().stop({{1}, {1}, false});
  const auto report = server().reports().wait_for(1);
  EXPECT_EQ(report.state, AttemptState::Killed);
  EXPECT_EQ(report.reason, Reason::Cancelled);
  EXPECT_EQ(report.signal, SIGTERM);
  EXPECT_FALSE(report.unkillable);
  EXPECT_FALSE(survivors());
}

TEST_F(StopTest, AStopRightAfterTheStartCounts) {
  for (int id = 1; id <= 20; ++id) {
    runner().start(exec_of(id, {"sleep", "1000"}));
    runner().stop({{id}, {1}, id % 2 == 0});
    EXPECT_EQ(server().reports().wait_for(id).state, AttemptState::Killed);
  }
}

TEST_F(StopTest, TheTaskHasItsGraceToEndWell) {
  auto command = script_of(1, "trap 'echo cleaning; exit 3' TERM; echo ready; sleep 1000 & wait");
  command.grace = seconds(60);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  runner().stop({{1}, {1}, false});
  const auto report = server().reports().wait_for(1);
  EXPECT_EQ(report.state, AttemptState::Killed);
  EXPECT_EQ(report.exit_code, 3);
  EXPECT_NE(text_of(command).find("cleaning"), std::string::npos);
}

TEST_F(StopTest, ChildrenOfALeaderThatWentAtOnceHaveTheGraceToo) {
  auto command = script_of(
      1, "(trap 'echo child done; exit 0' TERM; echo ready; while :; do sleep 0.05; done) & wait");
  command.grace = seconds(60);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  runner().stop({{1}, {1}, false});
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Killed);
  EXPECT_NE(text_of(command).find("child done"), std::string::npos);
}

TEST_F(StopTest, ASecondStopSkipsTheGrace) {
  auto command = script_of(1, "trap '' TERM; echo ready; while :; do sleep 0.05; done");
  command.grace = hours(1);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  runner().stop({{1}, {1}, false});
  runner().stop({{1}, {1}, true});
  const auto report = server().reports().wait_for(1);
  EXPECT_EQ(report.state, AttemptState::Killed);
  EXPECT_EQ(report.signal, SIGKILL);
}

TEST_F(StopTest, ATimeoutEndsIt) {
  auto command = marked(script_of(1, "trap '' TERM; echo before; while :; do sleep 0.05; done"));
  command.timeout = milliseconds(100);
  command.grace = milliseconds(100);
  const auto report = report_of_start(command);
  EXPECT_EQ(report.state, AttemptState::TimedOut);
  EXPECT_EQ(report.reason, Reason::Timeout);
  EXPECT_EQ(report.signal, SIGKILL);
  EXPECT_GE((*report.ended_at - *report.started_at).us, 200'000);
  EXPECT_FALSE(survivors());
}

TEST_F(StopTest, StoppedProcessesCanBeEnded) {
  auto command = script_of(1, "echo ready; kill -STOP $$");
  command.grace = seconds(60);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  runner().stop({{1}, {1}, false});
  EXPECT_EQ(server().reports().wait_for(1).signal, SIGTERM);
}

TEST_F(StopTest, ATaskIsOverWhenItsLeaderIs) {
  const auto command = marked(script_of(1, "sleep 1000 & echo done"));
  const auto report = report_of_start(command);
  EXPECT_EQ(report.state, AttemptState::Succeeded);
  EXPECT_FALSE(survivors());
  EXPECT_EQ(text_of(command), "done\n");
}

TEST_F(StopTest, HostileTasksLeaveNobody) {
  for (int id = 1; id <= 5; ++id) {
    const auto command =
        marked(exec_of(id, {"python3", "-c", std::string(kHostile) + "time.sleep(60)\n"}));
    runner().start(command);
    ASSERT_TRUE(says(command, "ready"));
    EXPECT_TRUE(survivors());
    runner().stop({{id}, {1}, id % 2 == 0});
    const auto report = server().reports().wait_for(id);
    EXPECT_EQ(report.state, AttemptState::Killed);
    EXPECT_FALSE(report.unkillable);
    EXPECT_FALSE(survivors());
  }
  const auto report = report_of_start(marked(exec_of(9, {"python3", "-c", kHostile})));
  EXPECT_EQ(report.state, AttemptState::Succeeded);
  EXPECT_FALSE(survivors());
}

TEST_F(StopTest, AForkBombIsDefused) {
  // Every process goes on forking; at most 400 live at once, so that the machine stays usable.
  const auto command = marked(exec_of(1, {"python3", "-c", R"(
import os, signal, sys, resource, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
counter = os.open('count', os.O_RDWR | os.O_CREAT | os.O_APPEND)
print('ready', flush=True)
while True:
    if os.fstat(counter).st_size < 400:
        if os.fork() == 0:
            os.write(counter, b'x')
            os.setsid()
    else:
        time.sleep(0.001)
        if os.getpid() % 7 == 0 and os.fork() == 0:
            os._exit(0)
        try: os.waitpid(-1, os.WNOHANG)
        except ChildProcessError: pass
)"}));
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  runner().stop({{1}, {1}, true});
  const auto report = server().reports().wait_for(1);
  EXPECT_EQ(report.state, AttemptState::Killed);
  EXPECT_FALSE(report.unkillable);
  EXPECT_FALSE(survivors());
}

TEST_F(StopTest, OrphansAreReapedWhileTheTaskRuns) {
  const auto command = script_of(1,
                                 "for i in {1..50}; do (sleep 0.01 & ); done; sleep 0.5; "
                                 "ps -o stat= --ppid $PPID | grep -c Z || true; sleep 0.01");
  EXPECT_EQ(report_of_start(command).state, AttemptState::Succeeded);
  EXPECT_EQ(text_of(command), "0\n");
}

// Without its environment and its session a stray can be found only by its cgroup, or by the zygote
// that inherits it.
void StopTest::expect_no_stray_of_a_killed_shim() {
  const auto command = script_of(
      1,
      "env -i setsid bash -c '(sleep 1000 & echo $! > child; wait) & echo $$ > stray; sleep 1000' "
      "& while [ ! -s stray ] || [ ! -s child ]; do sleep 0.01; done; echo ready; sleep 1000");
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  std::vector<std::string> statuses;
  for (const char* name : {"stray", "child"}) {
    const std::string pid = *read_file(options_.data_dir + "/workspaces/1/" + name);
    statuses.push_back("/proc/" + pid.substr(0, pid.find('\n')) + "/status");
    ASSERT_TRUE(exists(statuses.back()));
  }
  const auto file = shim::decode_attempt_file(*read_file(attempt_file(1)));
  ::kill(file.header->shim_pid, SIGKILL);
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Interrupted);
  for (const std::string& status : statuses)
    EXPECT_TRUE(eventually([&] {
      const auto text = read_file(status);
      return !text.ok() || text->find("State:\tZ") != std::string::npos;
    }));
}

TEST_F(StopTest, WithCgroupsNothingGetsAwayFromAKilledShim) {
  options_.use_cgroups = true;
  if (const std::string why = runner().cgroup_error(); !why.empty()) GTEST_SKIP() << why;
  expect_no_stray_of_a_killed_shim();
  EXPECT_FALSE(leaf_of(1).empty());
  EXPECT_FALSE(exists(leaf_of(1)));  // a file without record names it: it is never used again
}

TEST_F(StopTest, WithoutCgroupsTheZygoteInheritsWhatAKilledShimLeaves) {
  expect_no_stray_of_a_killed_shim();
  EXPECT_TRUE(leaf_of(1).empty());
  EXPECT_EQ(report_of_start(exec_of(2, {"true"})).state, AttemptState::Succeeded);
}

TEST_F(StopTest, LeavesAreUsedAgain) {
  options_.use_cgroups = true;
  if (const std::string why = runner().cgroup_error(); !why.empty()) GTEST_SKIP() << why;
  std::set<std::string> leaves;
  for (int id = 1; id <= 5; ++id) {
    EXPECT_EQ(report_of_start(marked(exec_of(id, {"python3", "-c", kHostile}))).state,
              AttemptState::Succeeded);
    EXPECT_FALSE(survivors());
    leaves.insert(leaf_of(id));
  }
  EXPECT_EQ(leaves.size(), 1u);
  EXPECT_FALSE(leaves.begin()->empty());
  stop_server();
  EXPECT_FALSE(exists(parent_path(*leaves.begin())));  // nothing is left of them
}

TEST_F(StopTest, TasksOfALocalRunEndWithTheirServer) {
  options_.die_with_server = true;
  const auto command = marked(script_of(1, "echo ready; sleep 1000"));
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  stop_server();
  EXPECT_TRUE(eventually([&] { return !survivors(); }));
}

}  // namespace gantry::runner
