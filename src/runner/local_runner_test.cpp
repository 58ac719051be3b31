// Attempts that end by themselves, with real processes.
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

}  // namespace gantry::runner
