// Store: the durable truth. One writer (the engine thread) commits batches of changes; any number
// of readers look at committed state. docs/format/store.md describes the tables.
//
// Contract, tested for every implementation by tests/store/contract.cpp:
//  - commit() makes all of a batch durable or none of it, with its history records, in one
//    transaction; it returns ok only after the data would survive a power cut.
//  - A batch carries a number one above the last. If an answer was lost, last_batch() after
//    reopening says whether the batch is in. Committing a number twice is AlreadyExists, leaving
//    one out FailedPrecondition.
//  - Only the holder of the current epoch can commit. open_epoch() takes the lead from any earlier
//    holder, whose commits fail from then on with FailedPrecondition.
//  - After a failed commit nothing may be acknowledged: the engine rebuilds its state by load().
//    ResourceExhausted: the disk is full. Unavailable: I/O failed. DataLoss: the store is damaged.
//  - After a failed fsync the operating system may have forgotten data it took; the store then
//    refuses everything (Unavailable) until open_epoch(), load() or last_batch() reopened it.
//  - RunCreated of a run that exists and RunClosed of one that is closed change nothing;
//  RunChanged,
//    RunReopened and the changes of its tasks and attempts need a run that was created, else
//    Internal. RunReopened brings the rows of all tasks; history and attempts of before stay.
//
// Threads: all of Store belongs to the engine thread; readers come from new_reader() (any thread)
// and each belongs to one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/change.h"
#include "store/reader.h"

namespace gantry::store {

struct Epoch {
  std::int64_t value = 0;
  bool operator==(const Epoch&) const = default;
};

// Where time stood at a commit, for Gantry's steady time over restarts and reboots.
struct TimeMark {
  Instant wall;
  Steady steady;
  std::string boot_id;
  Duration since_boot;
  bool operator==(const TimeMark&) const = default;
};

struct Batch {
  Epoch epoch;
  std::int64_t number = 0;
  TimeMark mark;
  std::span<const model::Change> changes;
};

// What a restarted engine begins from.
struct Recovery {
  std::int64_t incarnation = 1;
  std::int64_t last_batch = 0;
  std::optional<TimeMark> mark;  // of the last commit; none in a fresh store
  RunNo last_run;                // the highest number ever given
  std::int64_t last_attempt_counter = 0;
  WorkflowId last_workflow;
  VersionId last_version;
  std::int64_t last_queue_no = 0;
  EventId last_event;
  BackfillId last_backfill;
  Position last_position;  // of the history; each change of a commit takes the next one, in order
};

struct RetentionStep {
  std::vector<RunNo> runs;   // are gone; their files are the caller's to delete
  std::vector<RunNo> logs;   // say that their logs were removed; to delete likewise
  std::int64_t records = 0;  // of history that went
  std::int64_t audit = 0;    // audit records that went
  bool more = false;         // also when nothing was taken, for the disk has not caught up
};

using FoldChange = std::function<void(const model::Change&)>;

class Store {
 public:
  virtual ~Store() = default;

  // Takes the lead. Every later commit of an older epoch fails.
  virtual Result<Epoch> open_epoch() = 0;

  // Counters, then the server's row, limits of pools and every row of workflows, triggers and open
  // runs (those without RunClosed) as the change that put it there, in an order that can be folded:
  // the server (if it is not as new), limits, workflows, triggers, then per run RunCreated,
  // RunChanged, its tasks, its attempts that run; meetings, open events and backfills that
  // have not ended (BackfillBegun with the rows as they are).
  virtual Result<Recovery> load(const FoldChange& fold) = 0;

  virtual Status commit(const Batch& batch) = 0;
  virtual Result<std::int64_t> last_batch() = 0;

  // Housekeeping that keeps the hot tables small: packs the history of closed runs. Bounded work
  // per call; true if more is left. Called by the engine when idle.
  virtual Result<bool> tidy() = 0;

  // One bounded step of retention, durable when it returns: rows first, then the caller deletes the
  // files, so that nothing is ever missing without a row that says so. Open runs stay. Looks at
  // every old run once per round; `more` is false at the end of a round.
  virtual Result<RetentionStep> retain(const RetentionCut& cut) = 0;

  // A restored copy never reuses ids of the original: raises the incarnation.
  virtual Status raise_incarnation() = 0;

  virtual Result<std::unique_ptr<Reader>> new_reader() = 0;
};

}  // namespace gantry::store
