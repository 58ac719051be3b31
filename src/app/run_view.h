// The picture of one run on a terminal: a pure function from what is known of the run to lines.
// Used live by `run` and `trigger --wait`, once by `tree`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/terminal.h"
#include "base/time.h"
#include "model/states.h"

namespace gantry::app {

struct TaskPicture {
  std::string name;
  model::TaskState state = model::TaskState::Pending;
  bool allow_failure = false;
  bool background = false;
  bool is_finally = false;
  std::vector<std::size_t> needs;  // places in RunPicture::tasks
  int depth = 0;                   // longest way from a root
  int attempts = 0;
  int tries_max = 1;
  int exit_code = -1;
  model::Reason reason = model::Reason::None;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  std::string message;
};

struct RunPicture {
  std::int64_t number = 0;
  std::string workflow;
  std::string title;
  std::string state = "queued";
  std::string message;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  std::vector<TaskPicture> tasks;  // in the order of the file
};

// At most `height` lines (0: as many as it takes), none wider than the terminal. If there are more
// tasks than lines, what is going on or went wrong is shown and the rest is counted.
std::vector<std::string> draw_run(const RunPicture& run, const Terminal& terminal, int height,
                                  Instant now);

// From the needs; tasks may stand before what they need.
void set_depths(std::vector<TaskPicture>& tasks);

// "succeeded" in the reader's language.
std::string state_text(std::string_view state, Lang lang);
std::string cause_text(std::string_view cause, Lang lang);  // "timer", "定时"
std::string short_duration(Duration duration);              // "3.2s", "1m05s", "2h03m"

}  // namespace gantry::app
