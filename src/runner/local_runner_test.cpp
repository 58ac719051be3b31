// Attempts that end by themselves, with real processes.
#include <fcntl.h>

#include "runner/runner_fixture.h"

namespace gantry::runner {

using model::AttemptState;
using model::Reason;

TEST_F(RunnerTest, ATaskThatEndsWellSucceeds) {
  const auto report = report_of_start(exec_of(1, {"/bin/true"}));
  EXPECT_EQ(report.state, AttemptState::Succeeded);
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(report.log_bytes, 0);
  EXPECT_TRUE(report.started_at && report.ended_at && *report.started_at <= *report.ended_at);
  EXPECT_GT(report.memory_bytes_max, 0);
  EXPECT_EQ(report.error_tail, "");
  EXPECT_TRUE(report.outputs.is(Value::Kind::Null));
}

TEST_F(RunnerTest, ExitStatusesAreTheRealOnes) {
  for (const int code : {1, 2, 75, 126, 127, 255}) {
    const auto report = report_of_start(script_of(code, "exit " + std::to_string(code)));
    EXPECT_EQ(report.state, AttemptState::Failed);
    EXPECT_EQ(report.reason, Reason::Exit);
    EXPECT_EQ(report.exit_code, code);
  }
}

TEST_F(RunnerTest, SignalsAreTheRealOnes) {
  for (const int signal : {SIGTERM, SIGKILL, SIGSEGV, SIGPIPE, SIGUSR1}) {
    const auto report =
        report_of_start(script_of(signal, "kill -" + std::to_string(signal) + " $$"));
    EXPECT_EQ(report.state, AttemptState::Failed);
    EXPECT_EQ(report.reason, Reason::Signal);
    EXPECT_EQ(report.signal, signal);
  }
}

TEST_F(RunnerTest, ProcessorTimeAndMemoryOfChildrenCount) {
  const auto report =
      report_of_start(exec_of(1, {"python3", "-c",
                                  "import subprocess\n"
                                  "subprocess.run(['python3', '-c', 'x = bytearray(64 << 20); "
                                  "i = 0\\nwhile i < 1000000: i += 1'])"}));
  EXPECT_EQ(report.state, AttemptState::Succeeded) << report.error_tail;
  EXPECT_GT(report.memory_bytes_max, 64 << 20);
  EXPECT_GT(report.cpu_us, 20'000);
}

TEST_F(RunnerTest, WhatCanNotBeStartedSaysWhy) {
  struct Case {
    std::vector<std::string> argv;
    std::string text;
  };
  const std::string script = root_ + "/no-interpreter";
  ASSERT_TRUE(write_file_durably(script, "#!/no/such/interpreter\n", 0755).ok());
  const std::string plain = root_ + "/plain";
  ASSERT_TRUE(write_file_durably(plain, "text", 0644).ok());
  const std::string no_program = root_ + "/no-program";
  ASSERT_TRUE(write_file_durably(no_program, "true\n", 0755).ok());
  const std::vector<Case> cases = {
      {{"no-such-command"}, "command not found: no-such-command (PATH="},
      {{"./no-such"}, "command not found: ./no-such (in "},
      {{script}, "its interpreter, named in the #! line, was not found"},
      {{plain}, "permission denied"},
      {{no_program}, "not a program of this machine, nor a script with a #! line"},
      {{"/bin/true", std::string(200u << 10, 'x')}, "too long"},
      {{"/bin/true", std::string("a\0b", 3)}, "NUL"},
  };
  std::int64_t id = 0;
  for (const Case& one : cases) {
    const auto report = report_of_start(exec_of(++id, one.argv));
    EXPECT_EQ(report.state, AttemptState::Failed) << one.text;
    EXPECT_EQ(report.reason, Reason::Start) << one.text;
    EXPECT_NE(report.error_tail.find(one.text), std::string::npos) << report.error_tail;
  }
  auto nowhere = exec_of(++id, {"/bin/true"});
  nowhere.workdir = "no/such/directory";
  EXPECT_NE(report_of_start(nowhere).error_tail.find("cannot enter the working directory"),
            std::string::npos);
}

TEST_F(RunnerTest, OutputGoesToTheLogOfBothStreams) {
  const auto command = script_of(1, "echo 你好; echo err >&2; printf 'no end'");
  const auto report = report_of_start(command);
  EXPECT_EQ(report.state, AttemptState::Succeeded);
  const std::string log = log_of(command);
  EXPECT_NE(log.find("Z stdout F 你好\n"), std::string::npos) << log;
  EXPECT_NE(log.find("Z stderr F err\n"), std::string::npos) << log;
  EXPECT_NE(log.find("Z stdout P no end\n"), std::string::npos) << log;
  EXPECT_EQ(report.log_bytes, static_cast<std::int64_t>(log.size()));
}

TEST_F(RunnerTest, TheEndOfTheErrorsComesWithAFailure) {
  auto report = report_of_start(script_of(1, "echo out; echo wrong >&2; exit 1"));
  EXPECT_EQ(report.error_tail, "wrong\n");
  report = report_of_start(script_of(2, "echo only out; exit 1"));
  EXPECT_EQ(report.error_tail, "only out\n");
  report = report_of_start(script_of(3, "for i in {1..2000}; do echo 错误$i; done >&2; exit 1"));
  EXPECT_LE(report.error_tail.size(), limits::kErrorTailBytes);
  EXPECT_GE(report.error_tail.size(), limits::kErrorTailBytes - 3);
  EXPECT_TRUE(report.error_tail.ends_with("错误2000\n"));
  EXPECT_NE(static_cast<unsigned char>(report.error_tail[0]) & 0xC0, 0x80);
}

TEST_F(RunnerTest, TheEnvironmentIsExactlyWhatWasAskedFor) {
  ASSERT_EQ(::setenv("NOT_FOR_TASKS", "1", 1), 0);
  put_secret("TOKEN", "hunter2!x");
  auto command = exec_of(1, {"/usr/bin/env"});
  command.env = {{"PARAM_A", "1"}, {"HOME", "/elsewhere"}};
  command.secrets = {"TOKEN"};
  ASSERT_EQ(report_of_start(command).state, AttemptState::Succeeded);
  std::vector<std::string> names;
  const std::string text = text_of(command);
  for (const std::string_view line : split(text, '\n'))
    if (!line.empty()) names.emplace_back(line.substr(0, line.find('=')));
  std::sort(names.begin(), names.end());
  std::vector<std::string> expected = {"GANTRY_ATTEMPT_ID",
                                       "GANTRY_OUTPUT",
                                       "GANTRY_WORKSPACE",
                                       "HOME",
                                       "LANG",
                                       "PARAM_A",
                                       "PATH",
                                       "TOKEN"};
  if (std::getenv("TZ") != nullptr) expected.emplace_back("TZ");
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(names, expected);
  EXPECT_NE(text.find("HOME=/elsewhere\n"), std::string::npos);
  EXPECT_NE(text.find("TOKEN=***\n"), std::string::npos);
}

TEST_F(RunnerTest, ATaskHasThreeDescriptorsNoSignalsBlockedAndASessionOfItsOwn) {
  const auto command =
      exec_of(1, {"python3", "-c",
                  "import os\n"
                  "print(sorted(int(f) for f in os.listdir('/proc/self/fd'))[:4])\n"
                  "print(os.readlink('/proc/self/fd/0'), os.getsid(0) == os.getpid())\n"
                  "s = dict(l.split(':', 1) for l in open('/proc/self/status'))\n"
                  "print(s['SigBlk'].strip(), int(s['SigIgn'], 16) & ~(1 << 12 | 1 << 24))\n"
                  "print(open('/proc/self/oom_score_adj').read().strip(), os.getcwd())"});
  // Descriptor 3 is that of listdir itself; python ignores SIGPIPE and SIGXFSZ.
  const int inherited = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(report_of_start(command).state, AttemptState::Succeeded);
  ::close(inherited);
  const std::string own = *read_file("/proc/self/oom_score_adj");
  EXPECT_EQ(text_of(command), "[0, 1, 2, 3]\n/dev/null True\n0000000000000000 0\n" +
                                  own.substr(0, own.find('\n')) + " " + options_.data_dir +
                                  "/workspaces/1\n");
}

TEST_F(RunnerTest, OutputsBecomeValues) {
  const auto report = report_of_start(
      script_of(1, "echo count=12 >> $GANTRY_OUTPUT; echo '{\"rows\": [1, 2]}' >> $GANTRY_OUTPUT"));
  ASSERT_EQ(report.state, AttemptState::Succeeded);
  EXPECT_EQ(to_json(report.outputs), R"({"count":"12","rows":[1,2]})");
}

TEST_F(RunnerTest, BadOutputsFailWithTheLine) {
  const auto report = report_of_start(script_of(1, "printf 'a=1\\nnonsense\\n' > $GANTRY_OUTPUT"));
  EXPECT_EQ(report.state, AttemptState::Failed);
  EXPECT_EQ(report.reason, Reason::Outputs);
  EXPECT_NE(report.error_tail.find("line 2"), std::string::npos) << report.error_tail;
}

TEST_F(RunnerTest, OutputsAreLimitedRegularFiles) {
  struct Case {
    std::string script;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"(printf a=; head -c 1048575 /dev/zero | tr '\\0' x) > $GANTRY_OUTPUT", "over the limit"},
      {"ln -s /etc/passwd $GANTRY_OUTPUT", "is a link"},
      {"mkfifo $GANTRY_OUTPUT", "not a regular file"},
      {"mkdir $GANTRY_OUTPUT", "not a regular file"},
  };
  std::int64_t id = 0;
  for (const Case& one : cases) {
    const auto report = report_of_start(script_of(++id, one.script));
    EXPECT_EQ(report.reason, Reason::Outputs) << one.script;
    EXPECT_NE(report.error_tail.find(one.text), std::string::npos) << report.error_tail;
  }
  const auto largest = report_of_start(
      script_of(++id, "(printf a=; head -c 1048574 /dev/zero | tr '\\0' x) > $GANTRY_OUTPUT"));
  ASSERT_EQ(largest.state, AttemptState::Succeeded) << largest.error_tail;
  EXPECT_EQ(largest.outputs.find("a")->as_string().size(), 1'048'574u);
}

TEST_F(RunnerTest, FilesOfAVersionAreLaidOutReadOnly) {
  const std::string version = options_.data_dir + "/versions/abc";
  ASSERT_TRUE(make_directories(version + "/sql").ok());
  ASSERT_TRUE(write_file_durably(version + "/load.sh", "#!/bin/sh\ncat sql/q\n", 0700).ok());
  ASSERT_TRUE(write_file_durably(version + "/sql/q", "select 1", 0600).ok());
  auto command = script_of(1, "./load.sh; stat -c %a load.sh sql/q");
  command.version_hash = "abc";
  ASSERT_EQ(report_of_start(command).state, AttemptState::Succeeded);
  EXPECT_EQ(text_of(command), "select 1555\n444\n");
  auto other = exec_of(2, {"./load.sh"});
  other.run = {2};
  other.version_hash = "gone";
  const auto report = report_of_start(other);
  EXPECT_EQ(report.reason, Reason::Start);
  EXPECT_NE(report.error_tail.find("versions/gone"), std::string::npos) << report.error_tail;
}

TEST_F(RunnerTest, ScriptsRunInTheShellTheyName) {
  auto perl = script_of(1, "print \"perl $]\\n\";");
  perl.shell = "perl -w";
  ASSERT_EQ(report_of_start(perl).state, AttemptState::Succeeded);
  EXPECT_TRUE(text_of(perl).starts_with("perl 5"));
  auto python = script_of(2, "print(6 * 7)");
  python.shell = "python3 -u";
  ASSERT_EQ(report_of_start(python).state, AttemptState::Succeeded);
  EXPECT_EQ(text_of(python), "42\n");
  const auto pipe = report_of_start(script_of(3, "false | true"));
  EXPECT_EQ(pipe.state, AttemptState::Failed);
  auto long_one = script_of(4, std::string("echo long\n").append(150u << 10, '#'));
  ASSERT_EQ(report_of_start(long_one).state, AttemptState::Succeeded);
  EXPECT_EQ(text_of(long_one), "long\n");
}

TEST_F(RunnerTest, SecretsAreCheckedBeforeTheyAreUsed) {
  put_secret("OPEN", "hunter2!x", 0644);
  put_secret("SHORT", "12345\n");
  put_secret("LONG", std::string((64u << 10) + 1, 'x'));
  put_secret("NUL", std::string("abc\0defg", 8));
  ASSERT_EQ(::symlink("/etc/passwd", (options_.secrets_dir + "/OUT").c_str()), 0);
  ASSERT_EQ(::mkdir((options_.secrets_dir + "/DIR").c_str(), 0700), 0);
  std::int64_t id = 0;
  const auto error_of = [&](const std::string& name) {
    auto command = exec_of(++id, {"/bin/true"});
    command.secrets = {name};
    const auto report = report_of_start(command);
    EXPECT_EQ(report.reason, Reason::Start) << name;
    return report.error_tail;
  };
  EXPECT_NE(error_of("OPEN").find("chmod 600"), std::string::npos);
  EXPECT_NE(error_of("SHORT").find("6 to 65536 bytes"), std::string::npos);
  EXPECT_NE(error_of("LONG").find("6 to 65536 bytes"), std::string::npos);
  EXPECT_NE(error_of("NUL").find("NUL"), std::string::npos);
  EXPECT_NE(error_of("OUT").find("leads out"), std::string::npos);
  EXPECT_NE(error_of("DIR").find("not a regular file"), std::string::npos);
  EXPECT_NE(error_of("NONE").find("there is no file"), std::string::npos);
  EXPECT_NE(error_of("../data/x").find("not the name"), std::string::npos);
}

TEST_F(RunnerTest, ReportsAreRepeatedUntilAcknowledged) {
  runner().start(exec_of(1, {"/bin/true"}));
  EXPECT_TRUE(eventually([&] { return server().reports().count_of(1) >= 2; }));
  runner().acknowledge({1}, {1});
  model::AttemptRow row = row_of(exec_of(2, {}));
  runner().start(exec_of(2, {"/bin/true"}));
  server().reports().wait_for(2);
  runner().recover({row});  // as after a failed commit: what is known is told again
  EXPECT_GE(server().reports().count_of(2), 2u);
}

TEST_F(RunnerTest, ClosingARunRemovesItsAttemptsAndKeepsItsLogs) {
  const auto command = exec_of(1, {"/bin/echo", "x"});
  report_of_start(command);
  runner().acknowledge({1}, {1});
  runner().close_run({1});
  EXPECT_FALSE(exists(options_.data_dir + "/attempts/1"));
  EXPECT_EQ(text_of(command), "x\n");
}

TEST_F(RunnerTest, ADataDirectoryMayHaveALongPath) {
  for (int i = 0; i < 10; ++i) options_.data_dir += "/a-directory-with-a-long-name";
  ASSERT_TRUE(make_directories(options_.data_dir).ok());
  // It hears of the stop through the socket in the data directory.
  runner().start(exec_of(1, {"sleep", "1000"}));
  runner().stop({{1}, {1}, true});
  EXPECT_EQ(server().reports().wait_for(1).state, AttemptState::Killed);
}

}  // namespace gantry::runner
