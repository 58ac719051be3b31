// WrapProcess: runs one command in the foreground as if nothing stood before it. Its input is ours,
// its output goes on to ours and into the log, signals are handed on, its exit status is returned.
// Whatever fails around it (pipes, log, disk), the command runs.
//
// One thread; alters the signal mask and SIGPIPE of the process, which is to end soon after.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/event.h"

namespace gantry::app {

struct WrapProcessOptions {
  std::vector<std::string> command;
  std::string log_path;                 // empty: no log
  std::vector<std::string> secrets;     // masked in the log
  bool quiet = false;                   // its output goes to the log only
  std::optional<Duration> timeout;      // then SIGTERM to it and all its processes,
  Duration grace;                       // and SIGKILL after this
  bool mends_file_size_signal = false;  // SIGXFSZ is ignored here, but not for the command
};

struct WrapOutcome {
  model::AttemptReport report;
  int exit_code = 0;  // for our caller: the command's, 128 + n for a signal
};

// `before_others_go_on`: when the command has ended, but processes it left behind still hold its
// output, a process of ours goes on passing that on. This runs in that process first.
WrapOutcome run_wrapped(const WrapProcessOptions& options,
                        const std::function<void()>& before_others_go_on);

}  // namespace gantry::app
