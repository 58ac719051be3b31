// Backfills: what may become of their dates, by rules of its own, against what is on record.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/change.h"

namespace gantry::sim {

class Backfills {
 public:
  using Complaints = std::vector<std::string>;

  void begun(const model::BackfillBegun& c);
  // `held`: neither its workflow nor the server lets it make runs.
  Complaints made(const model::RunOrigin& origin, bool held);
  void ended(RunNo run, model::RunState state);
  Complaints changed(const model::BackfillRow& row);
  Complaints changed(const model::BackfillDateChanged& c);
  Complaints check_batch();
  // Nothing is on its way to the server: those that are not held have as many runs as they may.
  Complaints check_quiet(const std::set<WorkflowId>& held) const;
  Complaints check_end() const;

  std::vector<BackfillId> open() const;
  bool is_known(BackfillId id) const { return backfills_.contains(id); }
  const std::vector<model::BackfillDate>& dates(BackfillId id) const {
    return backfills_.at(id).dates;
  }
  std::int64_t decided() const;  // dates

 private:
  struct Backfill {
    model::BackfillRow row;
    std::vector<model::BackfillDate> dates;
    std::set<RunNo> busy;
    bool has_pending() const;
  };

  std::map<BackfillId, Backfill> backfills_;
  std::map<std::pair<BackfillId, CivilDate>, RunNo> runs_;  // that were made
  std::map<RunNo, model::RunState> ends_;                   // of the first phase
  std::set<RunNo> unnamed_;                                 // made in this batch, without a date
  std::set<RunNo> untold_;                                  // ended in it, of which no date tells
};

}  // namespace gantry::sim
