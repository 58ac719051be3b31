// The folders below data: what belongs to no run any more, and what goes with what retention takes.
#pragma once

#include <string>

#include "api/housekeeping.h"
#include "app/config.h"
#include "store/store.h"

namespace gantry::app {

struct SweepReport {
  api::Removed logs, workspaces, attempts, versions;  // deleted, or would be in a dry run
  std::int64_t log_bytes = 0;                         // of all logs that stay
  RunNo logs_up_to;  // the logs of runs up to here are beyond the limit in bytes

  std::int64_t folders() const {
    return logs.count + workspaces.count + attempts.count + versions.count;
  }
};

// Deletes what belongs to no run any more: logs that their run says are removed, workspaces past
// their time, everything of runs that are gone, versions that were never stored. A dry run deletes
// nothing and counts also what would follow the rows that retention would take. Blocks: for a
// worker.
Result<SweepReport> sweep_files(const std::string& data, store::Reader& reader,
                                const RetentionRules& rules, Instant now, bool dry_run = false);

store::RetentionCut cut_of(const RetentionRules& rules, Instant now, RunNo logs_up_to);

// Deletes the files of what a step took, and counts them.
void delete_files(const std::string& data, const store::RetentionStep& step,
                  api::Collected& collected);

}  // namespace gantry::app
