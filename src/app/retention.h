// Retention: old runs, logs and workspaces go by themselves, in small steps that commits hardly
// notice. Rows go first, in the engine's thread, then the files: what a crash leaves between the
// two is found by the next sweep over the folders.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/config.h"
#include "app/stack.h"

namespace gantry::app {

struct SweepReport {
  std::int64_t folders = 0;    // deleted, or would be in a dry run
  std::int64_t log_bytes = 0;  // of all logs that stay
  RunNo logs_up_to;            // the logs of runs up to here are beyond the limit in bytes
};

// Deletes what belongs to no run any more: logs that their run says are removed, workspaces past
// their time, everything of runs that are gone. Blocks: for a worker.
Result<SweepReport> sweep_files(const std::string& data, store::Reader& reader,
                                const RetentionRules& rules, Instant now, bool dry_run = false);

store::RetentionCut cut_of(const RetentionRules& rules, Instant now, RunNo logs_up_to);

// Deletes the files of what a step took.
void delete_files(const std::string& data, const store::RetentionStep& step);

// Runs a round at once and then every hour, in the server. Made before the loop runs, ended after
// engine and workers have stopped.
class Retention {
 public:
  Retention(Stack& stack, std::string data, RetentionRules rules);
  void begin();  // loop thread

 private:
  void begin_round();
  void sweep(int round);
  void step(int round, RunNo logs_up_to);
  void finish_step(int round, RunNo logs_up_to, const store::RetentionStep& step);

  Stack& stack_;
  const std::string data_;
  const RetentionRules rules_;
  std::atomic<int> round_{0};  // a round that was overtaken by the next one ends
  std::int64_t runs_ = 0;      // taken in this round; of the one worker that is at it
  std::int64_t logs_ = 0;
  net::Handle hourly_, soon_;  // of the loop thread
};

}  // namespace gantry::app
