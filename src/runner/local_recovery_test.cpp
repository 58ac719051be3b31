// What happens to attempts when server, zygote or shim die.
#include <sys/file.h>

#include "runner/runner_fixture.h"
#include "shim/protocol.h"

namespace gantry::runner {

using model::AttemptState;
using model::Reason;

namespace {

class RecoveryTest : public RunnerTest {
 protected:
  bool says(const model::StartAttempt& command, const std::string& text) {
    return eventually([&] { return text_of(command).find(text) != std::string::npos; });
  }
  // A task that says ready and goes on until the file `go` is in the workspace.
  model::StartAttempt waiting(std::int64_t id, const std::string& then = "") {
    return script_of(id, "echo ready; while [ ! -e go ]; do sleep 0.02; done; " + then);
  }
  void let_go() {
    ASSERT_TRUE(write_file_durably(options_.data_dir + "/workspaces/1/go", "").ok());
  }
  shim::AttemptFile file_of(std::int64_t id) {
    const auto bytes = read_file(attempt_file(id));
    return shim::decode_attempt_file(bytes.ok() ? *bytes : std::string());
  }
  pid_t shim_of(std::int64_t id) { return file_of(id).header->shim_pid; }
};

}  // namespace

TEST_F(RecoveryTest, TasksOutliveTheServerAndAreAdopted) {
  std::vector<model::AttemptRow> rows;
  for (int id = 1; id <= 5; ++id) {
    const auto command =
        waiting(id, "echo count=$((6 * 7)) > $GANTRY_OUTPUT; exit " + std::to_string(id - 1));
    runner().start(command);
    ASSERT_TRUE(says(command, "ready"));
    rows.push_back(row_of(command));
  }
  stop_server();
  runner().recover(rows);
  let_go();
  for (int id = 1; id <= 5; ++id) {
    const auto report = server().reports().wait_for(id);
    EXPECT_EQ(report.state, id == 1 ? AttemptState::Succeeded : AttemptState::Failed);
    EXPECT_EQ(report.exit_code, id - 1);
    EXPECT_EQ(to_json(report.outputs), R"({"count":"42"})");
  }
}

TEST_F(RecoveryTest, WhatEndedWithoutAServerIsReported) {
  const auto command = waiting(1, "exit 7");
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  stop_server();
  let_go();
  ASSERT_TRUE(eventually([&] { return file_of(1).record.has_value(); }));
  runner().recover({row_of(command)});
  const auto report = server().reports().wait_for(1);
  EXPECT_EQ(report.state, AttemptState::Failed);
  EXPECT_EQ(report.exit_code, 7);
}

TEST_F(RecoveryTest, AdoptedTasksCanBeStopped) {
  const auto command = waiting(1);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  stop_server();
  runner().recover({row_of(command)});
  runner().stop({{1}, {1}, false});
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Killed);
}

TEST_F(RecoveryTest, AStartThatWasNeverClaimedIsVoid) {
  runner().recover({});  // marks this boot
  const auto command = exec_of(1, {"touch", root_ + "/ran"});
  runner().recover({row_of(command)});
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::NotStarted);
  stop_server();
  // And stays void, whoever asks and whoever starts it.
  runner().recover({row_of(command)});
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::NotStarted);
  runner().acknowledge({1}, {1});
  EXPECT_EQ(report_of_start(command).state, AttemptState::NotStarted);
  EXPECT_FALSE(exists(root_ + "/ran"));
}

TEST_F(RecoveryTest, ClaimAndVoidNeverBothWin) {
  // Servers that die while starts are under way: the next one decides, and the task's own witness
  // has to agree with what it decides.
  constexpr int kRounds = 60;
  int started = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<model::AttemptRow> rows;
    const int first = round * 10 + 1;
    for (int id = first; id < first + 10; ++id) {
      const auto command = script_of(id, "echo x >> " + root_ + "/ran." + std::to_string(id));
      runner().start(command);
      rows.push_back(row_of(command));
    }
    stop_server();
    runner().recover(rows);
    for (int id = first; id < first + 10; ++id) {
      const auto report = server().reports().wait_for(id);
      const std::string witness = read_file(root_ + "/ran." + std::to_string(id)).value_or("");
      if (report.state == AttemptState::NotStarted) {
        ASSERT_EQ(witness, "") << id;
      } else {
        ASSERT_EQ(report.state, AttemptState::Succeeded) << id;
        ASSERT_EQ(witness, "x\n") << id;
        ++started;
      }
      runner().acknowledge({id}, {1});
    }
  }
  RecordProperty("started", started);
}

TEST_F(RecoveryTest, AZygoteThatIsKilledLosesAndDoublesNothing) {
  constexpr int kTasks = 200;
  for (int id = 1; id <= kTasks; ++id) {
    runner().start(script_of(id, "echo x >> " + root_ + "/ran." + std::to_string(id)));
    if (id % 40 == 20) {
      server().reports().wait_for(id - 10);  // some have run, some are under way
      const pid_t pid = runner().zygote_pid();
      if (pid > 0) ::kill(pid, SIGKILL);
    }
  }
  int voided = 0;
  for (int id = 1; id <= kTasks; ++id) {
    const auto report = server().reports().wait_for(id);
    const std::string witness = read_file(root_ + "/ran." + std::to_string(id)).value_or("");
    if (report.state == AttemptState::NotStarted) {
      ASSERT_EQ(witness, "") << id;
      ++voided;
    } else {
      ASSERT_EQ(report.state, AttemptState::Succeeded) << id << report.error_tail;
      ASSERT_EQ(witness, "x\n") << id;
    }
  }
  EXPECT_LT(voided, kTasks);
  std::int64_t id = 1000;  // the last one may have been killed but now
  EXPECT_TRUE(eventually([&] {
    return report_of_start(exec_of(++id, {"/bin/true"})).state == AttemptState::Succeeded;
  }));
}

TEST_F(RecoveryTest, RunningTasksDoNotNeedTheZygote) {
  const auto command = waiting(1);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  const pid_t pid = runner().zygote_pid();
  ::kill(pid, SIGKILL);
  ASSERT_TRUE(
      eventually([&] { return runner().zygote_pid() > 0 && runner().zygote_pid() != pid; }));
  let_go();
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Succeeded);
}

TEST_F(RecoveryTest, AKilledShimIsInterruptedAndNothingIsLeft) {
  const auto command =
      script_of(1,
                "setsid sleep 1000 & (setsid bash -c 'trap \"\" TERM; sleep 1000' &) ; echo ready; "
                "sleep 1000");
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  ::kill(shim_of(1), SIGKILL);
  const auto report = server().reports().wait_for(1);
  EXPECT_EQ(report.state, AttemptState::Interrupted);
  EXPECT_EQ(report.reason, Reason::Interrupted);
  EXPECT_FALSE(report.unkillable);
  const auto names = list_directory("/proc");
  for (const std::string& name : *names) {
    const auto environment = read_file("/proc/" + name + "/environ");
    EXPECT_FALSE(environment.ok() && environment->find(root_) != std::string::npos) << name;
  }
}

TEST_F(RecoveryTest, OutputsOfAKilledShimDoNotStayOnTheDisk) {
  put_secret("TOKEN", "correct horse");
  auto command = script_of(1, "echo a=$TOKEN > $GANTRY_OUTPUT; echo ready; sleep 1000");
  command.secrets = {"TOKEN"};
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  ASSERT_TRUE(exists(attempt_file(1) + ".out"));
  ::kill(shim_of(1), SIGKILL);
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Interrupted);
  EXPECT_FALSE(exists(attempt_file(1) + ".out"));
}

// A shim that was killed in the middle of its header, on a disk that was just full.
TEST_F(RecoveryTest, ADamagedFileIsCalledSo) {
  const auto command = exec_of(1, {"true"});
  ASSERT_TRUE(make_directories(parent_path(attempt_file(1))).ok());
  ASSERT_TRUE(write_file_durably(attempt_file(1), "\x26\x01", 0600).ok());
  runner().recover({row_of(command)});
  const auto report = server().reports().wait_for(1);
  EXPECT_EQ(report.state, AttemptState::Interrupted);
  EXPECT_NE(report.error_tail.find("damaged"), std::string::npos) << report.error_tail;
}

TEST_F(RecoveryTest, AShimKilledWithoutAServerIsInterrupted) {
  const auto command = waiting(1);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  const pid_t shim = shim_of(1);
  stop_server();
  ::kill(shim, SIGKILL);
  ASSERT_TRUE(eventually([&] { return ::kill(shim, 0) != 0; }));
  runner().recover({row_of(command)});
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Interrupted);
}

TEST_F(RecoveryTest, AShimKilledAfterAdoptionIsInterrupted) {
  const auto command = waiting(1);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  stop_server();
  runner().recover({row_of(command)});
  ::kill(shim_of(1), SIGKILL);
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Interrupted);
}

TEST_F(RecoveryTest, AfterABootEverythingWithoutRecordIsInterrupted) {
  const auto running = waiting(1);
  runner().start(running);
  ASSERT_TRUE(says(running, "ready"));
  const auto ended = exec_of(2, {"/bin/true"});
  report_of_start(ended);
  const pid_t shim = shim_of(1);
  stop_server();
  ::kill(shim, SIGKILL);
  ASSERT_TRUE(eventually([&] { return ::kill(shim, 0) != 0; }));
  // The machine "boots": the mark and the header are of another boot.
  auto header = *file_of(1).header;
  header.boot_id = "another";
  ASSERT_TRUE(write_file_durably(attempt_file(1), shim::frame(shim::encode(header))).ok());
  ASSERT_TRUE(write_file_durably(options_.data_dir + "/attempts/boot-id", "another").ok());
  const auto lost = exec_of(3, {"/bin/true"});  // its file was lost with the power
  runner().recover({row_of(running), row_of(ended), row_of(lost)});
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Interrupted);
  EXPECT_EQ(server().reports().wait_for(2).state, AttemptState::Succeeded);
  EXPECT_EQ(server().reports().wait_for(3).state, AttemptState::Interrupted);
  stop_server();
  // Decided once and for all, although the mark is of this boot now.
  runner().recover({row_of(running), row_of(lost)});
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Interrupted);
  EXPECT_EQ(server().reports().wait_for(3).state, AttemptState::Interrupted);
}

TEST_F(RecoveryTest, ATaskTheStoreDoesNotKnowIsStopped) {
  const auto command = waiting(1);
  runner().start(command);
  ASSERT_TRUE(says(command, "ready"));
  stop_server();
  runner().recover({});
  EXPECT_TRUE(eventually([&] { return file_of(1).record.has_value(); }));
  EXPECT_EQ(file_of(1).record->ended, shim::Ended::Stopped);
}

TEST_F(RecoveryTest, AProgramThatIsNotTheShimIsAClearErrorOfEveryStart) {
  options_.shim_path = "/bin/true";
  model::AttemptReport report;
  std::int64_t id = 0;
  ASSERT_TRUE(eventually([&] {
    report = report_of_start(exec_of(++id, {"/bin/true"}));
    return report.state == AttemptState::Failed;
  }));
  EXPECT_EQ(report.reason, Reason::Start);
  EXPECT_NE(report.error_tail.find("/bin/true ends as soon as it is started"), std::string::npos);
}

TEST_F(RecoveryTest, AMissingShimProgramIsAClearError) {
  options_.shim_path = root_ + "/no-shim";
  net::Loop loop;
  const auto opened = LocalRunner::open(options_, loop, [](model::AttemptReport) {});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("no-shim"), std::string::npos);
}

}  // namespace gantry::runner
