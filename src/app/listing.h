// What several commands share: reading runs from the server and drawing them.
#pragma once

#include <string>

#include "app/client.h"
#include "app/commands.h"
#include "app/run_view.h"

namespace gantry::app {

struct RunOutcome {
  std::int64_t number = 0;
  std::string state;
  std::string url;
};

// Starts a run and waits for its end, drawing it live on a terminal, else a line per change.
Result<RunOutcome> trigger_and_wait(const Context& context, const Home& home,
                                    const TriggerOptions& options);
// Draws it until it has ended.
Result<RunOutcome> wait_for_run(const Context& context, Client& client, std::int64_t number);

// The run with its tasks, for drawing.
Result<RunPicture> read_picture(Client& client, const std::string& run);

// Redraws a picture in place on a terminal; elsewhere prints one line per task that settled.
class LiveView {
 public:
  explicit LiveView(const Terminal& terminal) : terminal_(terminal) {}
  void show(const RunPicture& run, Instant now);
  void finish(const RunPicture& run, Instant now);

 private:
  void redraw(const RunPicture& run, Instant now);
  void print_news(const RunPicture& run);
  Terminal terminal_;
  int drawn_lines_ = 0;
  std::map<std::string, std::string> told_;  // task -> the state and attempt last printed
};

}  // namespace gantry::app
