// Logs of real tasks: what is kept, what is masked, what happens on a full disk.
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "runner/runner_fixture.h"
#include "shim/protocol.h"

namespace gantry::runner {

using model::AttemptState;

namespace {

class TaskLogTest : public RunnerTest {};

}  // namespace

TEST_F(TaskLogTest, OutputCanBeFollowed) {
  const auto command = script_of(1, "echo first; while [ ! -e go ]; do sleep 0.01; done");
  runner().start(command);
  EXPECT_TRUE(eventually([&] { return text_of(command) == "first\n"; }));
  ASSERT_TRUE(write_file_durably(options_.data_dir + "/workspaces/1/go", "").ok());
  server().reports().wait_for(1);
}

TEST_F(TaskLogTest, ALoudTaskKeepsHeadAndTail) {
  options_.log_head_bytes = 1 << 20;
  options_.log_tail_bytes = 64 << 10;
  const auto command = script_of(1, "seq 1 300000");
  const auto report = report_of_start(command);
  EXPECT_EQ(report.state, AttemptState::Succeeded);
  const std::string log = log_of(command);
  EXPECT_LE(log.size(), (1u << 20) + (64u << 10) + 300);
  EXPECT_EQ(report.log_bytes, static_cast<std::int64_t>(log.size()));
  EXPECT_NE(log.find(" stdout F 1\n"), std::string::npos);
  EXPECT_TRUE(log.ends_with(" stdout F 300000\n"));
  EXPECT_NE(log.find(" system F "), std::string::npos);
  // What is not in the log was counted: 37 bytes before each line, and what seq prints.
  const std::int64_t all = 300'000 * 37 + 1'988'895;
  EXPECT_NEAR(static_cast<double>(report.log_dropped_bytes + report.log_bytes),
              static_cast<double>(all), 300);  // the note
}

TEST_F(TaskLogTest, ALineWithoutEndTakesNoMemory) {
  options_.log_head_bytes = 1 << 20;
  options_.log_tail_bytes = 64 << 10;
  const auto command =
      script_of(1, "head -c 200000000 /dev/zero | tr '\\0' x; echo; grep VmHWM /proc/$PPID/status");
  const auto report = report_of_start(command);
  ASSERT_EQ(report.state, AttemptState::Succeeded) << report.error_tail;
  const std::string text = text_of(command);
  const auto at = text.rfind("VmHWM:");
  ASSERT_NE(at, std::string::npos);
  EXPECT_LT(std::atoll(text.c_str() + at + 6), 32 << 10);  // KiB, also with a sanitizer
  EXPECT_GT(report.log_dropped_bytes, 190'000'000);
}

TEST_F(TaskLogTest, SecretsAreMaskedWhereverATaskPutsThem) {
  const std::string secret = "s3cr3t-päss\"word";
  put_secret("TOKEN", secret + "\n");
  auto command = exec_of(1, {"python3", "-c", R"(
import base64, json, os, sys, time, urllib.parse
s = os.environ['TOKEN']
raw = s.encode()
out = sys.stdout.buffer
for cut in range(1, len(raw)):
    out.write(b'[' + raw[:cut]); out.flush()
    time.sleep(0.001)
    out.write(raw[cut:] + b']\n'); out.flush()
print('b64', base64.b64encode(b'user:' + raw).decode(), base64.b64encode(raw).decode())
print('url', urllib.parse.quote(s), urllib.parse.quote_plus(s))
print('json', json.dumps(s), json.dumps(s, ensure_ascii=False))
print('x' * 16380 + s)
open(os.environ['GANTRY_OUTPUT'], 'w').write('key=' + s + '\n' + json.dumps({'k': s}) + '\n')
sys.stdout.flush()
sys.stderr.write('failed with ' + s)
sys.exit(1)
)"});
  command.secrets = {"TOKEN"};
  const auto report = report_of_start(command);
  const std::string text = text_of(command);
  EXPECT_EQ(report.error_tail, "failed with ***");
  EXPECT_EQ(text.find("s3cr3t"), std::string::npos);
  EXPECT_EQ(text.find("czNjcjN0"), std::string::npos);  // its base64
  std::size_t masked = 0;
  for (auto at = text.find("[***]\n"); at != std::string::npos; at = text.find("[***]\n", at + 1))
    ++masked;
  EXPECT_EQ(masked, secret.size() - 1);
  EXPECT_EQ(to_json(report.outputs), R"({"key":"***","k":"***"})");
  EXPECT_NE(text.find("x***\n"), std::string::npos);
}

TEST_F(TaskLogTest, SecretsInErrorsOfTheStartAreMasked) {
  put_secret("TOKEN", "s3cr3t-word");
  auto command = exec_of(1, {"./s3cr3t-word"});
  command.secrets = {"TOKEN"};
  EXPECT_EQ(report_of_start(command).error_tail.find("s3cr3t"), std::string::npos);
}

TEST_F(TaskLogTest, AFullDiskHoldsUpNoTaskAndTheRecordWaitsForRoom) {
  if (::geteuid() != 0) GTEST_SKIP() << "mounting a small file system needs root";
  const std::string disk = options_.data_dir;
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "no file system can be mounted here: " << errno_error("mount").message;
  options_.log_head_bytes = 64 << 20;
  const auto command = script_of(1, "seq 1 200000; echo ended > " + root_ +
                                        "/witness; "
                                        "echo a=1 > $GANTRY_OUTPUT || true");
  runner().start(command);
  ASSERT_TRUE(eventually([&] { return exists(root_ + "/witness"); }));
  // The log has filled the disk; what else there was is taken by somebody else.
  const int ballast = ::open((disk + "/ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string block(4096, 'x');
  while (::write(ballast, block.data(), block.size()) > 0) {
  }
  ::close(ballast);
  ASSERT_EQ(::unlink((disk + "/ballast").c_str()), 0);
  const auto report = server().reports().wait_for(1);
  EXPECT_EQ(report.state, AttemptState::Succeeded) << report.error_tail;
  EXPECT_GT(report.log_dropped_bytes, 1'000'000);
  // Every line that is in the log is whole.
  const std::string log = log_of(command);
  EXPECT_TRUE(log.ends_with("\n"));
  stop_server();
  ASSERT_EQ(::umount2(disk.c_str(), MNT_DETACH), 0);
}

TEST_F(TaskLogTest, NoRoomForTheClaimMeansNotStarted) {
  if (::geteuid() != 0) GTEST_SKIP() << "mounting a small file system needs root";
  const std::string disk = options_.data_dir;
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "no file system can be mounted here: " << errno_error("mount").message;
  ASSERT_EQ(report_of_start(exec_of(1, {"/bin/true"})).state, AttemptState::Succeeded);
  const int ballast = ::open((disk + "/ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string block(512, 'x');
  while (::write(ballast, block.data(), block.size()) > 0) {
  }
  ::close(ballast);
  runner().start(exec_of(2, {"touch", root_ + "/ran"}));
  ASSERT_TRUE(eventually([&] { return exists(attempt_file(2)); }));
  ASSERT_EQ(::unlink((disk + "/ballast").c_str()), 0);
  const auto report = server().reports().wait_for(2);
  const bool ran = report.state == AttemptState::Succeeded;  // there may have been just the room
  EXPECT_TRUE(ran || report.state == AttemptState::NotStarted);
  EXPECT_EQ(exists(root_ + "/ran"), ran);
  stop_server();
  ASSERT_EQ(::umount2(disk.c_str(), MNT_DETACH), 0);
}

}  // namespace gantry::runner
