// Retention: takes old runs with all that belongs to them, marks old logs as removed, and counts
// the history records that went, so that the checker can tell them from lost ones. Bounded work per
// step: commits wait for one step at most.
#pragma once

#include "store/sqlite_database.h"
#include "store/store.h"

namespace gantry::store {

inline constexpr int kRetentionLook = 500;   // runs looked at per step
inline constexpr int kRetentionDrop = 100;   // runs taken per step
inline constexpr int kRetentionOther = 200;  // records about no run taken per step

class SqliteRetention {
 public:
  // Call inside a write transaction; after a rollback, begin_again().
  Result<RetentionStep> step(Database& db, const RetentionCut& cut);
  void begin_again() { after_ = 0; }

 private:
  Result<bool> look_at_runs(Database& db, const RetentionCut& cut, RetentionStep& step);

  std::int64_t after_ = 0;  // runs up to here were looked at in this round
};

}  // namespace gantry::store
