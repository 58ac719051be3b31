// Runner: carries out the commands that touch processes. Reports come back as AttemptReport
// through the callback, repeated until acknowledged; a report may come twice, the core ignores
// what it knows. An attempt is executed at most once, whatever crashes: docs/format/attempt.md.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/command.h"

namespace gantry::runner {

using ReportSink = std::function<void(model::AttemptReport)>;  // any thread; must not block

class Runner {
 public:
  virtual ~Runner() = default;

  // Hands a start to the runner and returns without waiting for the process. The start must be
  // committed. Called once per attempt id, by the engine thread only, as are the others.
  virtual void start(const model::StartAttempt& command) = 0;

  // SIGTERM to the tree now, SIGKILL after the grace of the attempt (at once with skip_grace).
  virtual void stop(const model::StopAttempt& command) = 0;

  // For every attempt that the store holds as running when the engine starts: either it is
  // adopted (a report comes when it ends), or a report of how it ended, or NotStarted (the claim
  // was won by the void record: it never ran and never will), or Interrupted comes at once.
  virtual void recover(const std::vector<model::AttemptRow>& running) = 0;

  // The report is committed: it need not be repeated, its shim may go.
  virtual void acknowledge(AttemptId id, RunNo run) = 0;

  // The run is closed: its attempt directory is deleted.
  virtual void close_run(RunNo run) = 0;
};

}  // namespace gantry::runner
