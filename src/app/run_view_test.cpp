#include "app/run_view.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace gantry::app {
namespace {

using model::TaskState;

const Instant kStart{1'000'000'000'000};

TaskPicture task(const std::string& name, TaskState state) {
  TaskPicture out;
  out.name = name;
  out.state = state;
  if (state != TaskState::Pending) out.started_at = kStart;
  if (is_terminal(state)) out.ended_at = kStart + milliseconds(1500);
  return out;
}

RunPicture run_of(std::vector<TaskPicture> tasks) {
  RunPicture run;
  run.number = 7;
  run.workflow = "a/b";
  run.state = "running";
  run.started_at = kStart;
  run.tasks = std::move(tasks);
  return run;
}

Terminal terminal(int width) {
  Terminal out;
  out.width = width;
  return out;
}

TEST(RunView, OneLinePerTaskWithStateAndTime) {
  auto failed = task("load", TaskState::Failed);
  failed.depth = 1;
  failed.exit_code = 3;
  failed.attempts = 2;
  failed.tries_max = 4;
  failed.message = "no such file\nsecond line";
  const auto lines = draw_run(run_of({task("extract", TaskState::Succeeded), failed}),
                              terminal(120), 0, kStart + seconds(2));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "a/b #7  running  2.0s");
  EXPECT_EQ(lines[1], "✓ extract    1.5s");
  EXPECT_EQ(lines[2], "✗   load     1.5s  failed, attempt 2 of 4, exit status 3: no such file");
}

TEST(RunView, ATimeoutIsTold) {
  auto late = task("load", TaskState::Failed);
  late.reason = model::Reason::Timeout;
  EXPECT_EQ(draw_run(run_of({late}), terminal(120), 0, kStart + seconds(2))[1],
            "✗ load    1.5s  failed, timeout");
}

TEST(RunView, NoLineIsWiderThanTheTerminal) {
  auto wide = task("一个名字很长的任务一个名字很长的任务一个名字很长的任务", TaskState::Failed);
  wide.message = std::string(200, 'x');
  for (int width = 10; width < 120; ++width)
    for (const std::string& line : draw_run(run_of({wide}), terminal(width), 10, kStart))
      EXPECT_LE(display_width(line), width) << line;
}

TEST(RunView, MoreTasksThanLinesShowsWhatMattersAndCountsTheRest) {
  std::vector<TaskPicture> tasks;
  for (int i = 0; i < 300; ++i)
    tasks.push_back(task("t" + std::to_string(i), TaskState::Succeeded));
  tasks[250] = task("bad", TaskState::Failed);
  tasks[100] = task("busy", TaskState::Running);
  const auto lines = draw_run(run_of(tasks), terminal(80), 10, kStart);
  ASSERT_EQ(lines.size(), 10u);
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  EXPECT_NE(all.find("bad"), std::string::npos);
  EXPECT_NE(all.find("busy"), std::string::npos);
  EXPECT_NE(lines.back().find("298 succeeded"), std::string::npos) << lines.back();
}

TEST(RunView, NamesCanNotSendEscapeSequences) {
  const auto lines =
      draw_run(run_of({task("a\x1b[2Jb", TaskState::Running)}), terminal(80), 0, kStart);
  EXPECT_EQ(lines[1].find('\x1b'), std::string::npos);
}

TEST(RunView, SpeaksChinese) {
  Terminal chinese = terminal(80);
  chinese.lang = Lang::Zh;
  auto failed = task("load", TaskState::Failed);
  failed.exit_code = 3;
  const auto lines = draw_run(run_of({failed}), chinese, 0, kStart);
  EXPECT_NE(lines[0].find("运行中"), std::string::npos);
  EXPECT_NE(lines[1].find("失败，退出码 3"), std::string::npos) << lines[1];
}

TEST(RunView, ShortDurations) {
  EXPECT_EQ(short_duration(milliseconds(3240)), "3.2s");
  EXPECT_EQ(short_duration(seconds(65)), "1m05s");
  EXPECT_EQ(short_duration(hours(2) + minutes(3)), "2h03m");
}

}  // namespace
}  // namespace gantry::app
