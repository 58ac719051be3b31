// Firings: what timers should have fired, by a list of their own, against what they did (I6).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/change.h"
#include "schedule/schedule.h"

namespace gantry::sim {

class Firings {
 public:
  // A trigger is seen for the first time, by a server whose clock says `now`.
  void begin(WorkflowId workflow, const model::Trigger& trigger, Instant now);
  // The following return a complaint, empty if there is none.
  std::string made(WorkflowId workflow, const std::string& trigger, Instant scheduled_at,
                   Instant now);
  std::string missed(const model::MissedRow& row, Instant now);
  // Nothing is due at `wall`: everything up to the latest such time must have been made or missed.
  void settled(Instant wall);
  std::vector<std::string> check_end() const;
  std::size_t count() const;

 private:
  struct Timer {
    schedule::Schedule schedule;
    Instant begun;
    Instant settled;
    std::set<Instant> made;
    std::set<Instant> missed;
    model::CatchUp rule;
  };
  static std::string check_made(const Timer& timer, const std::string& trigger, Instant at,
                                Instant now);
  static std::string check_missed(const Timer& timer, const model::MissedRow& row, Instant now);

  using Key = std::pair<WorkflowId, std::string>;
  std::map<Key, Timer> timers_;
};

}  // namespace gantry::sim
