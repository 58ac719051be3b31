// Events: what should have become of each, by rules of its own, against what is on record (I6).
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/change.h"

namespace gantry::sim {

// The conditions that the workload writes.
inline constexpr const char* kEvenNumber = "event.n % 2 == 0";
inline constexpr const char* kEvenRun = "event.run % 2 == 0";

class Events {
 public:
  using Workflows = std::map<WorkflowId, model::WorkflowRow>;

  // Somebody hands one in, with this number in it.
  void handed(const std::string& key, std::int64_t number) { handed_[key] = number; }
  // A run has ended; does anyone listen to that?
  void ended(const std::string& workflow, const std::string& key, model::RunState state,
             const Workflows& workflows);
  void made(const model::RunOrigin& origin);

  // What follows complains.
  std::vector<std::string> recorded(const model::EventRow& row, const Workflows& workflows);
  std::vector<std::string> check_batch();
  std::vector<std::string> check_end() const;
  bool is_recorded(EventId id) const { return decided_.contains(id) || open_.contains(id); }
  std::size_t count() const { return decided_.size(); }
  bool has_open() const { return !open_.empty(); }

 private:
  struct Meeting {
    std::set<std::string> have;
    bool met = false;
  };
  // The fates that the rules allow.
  std::set<model::Fate> fates_of(const model::EventRow& row, const model::WorkflowRow& workflow,
                                 const model::Trigger& trigger);
  bool matches(const model::EventRow& row, const model::Trigger& trigger) const;
  bool meets(const model::EventRow& row, const model::WorkflowRow& workflow,
             const model::Trigger& trigger, bool stands_still, bool& again);
  std::string check_source(const model::EventRow& row) const;
  std::string check_fate(const model::EventRow& row, const model::TriggerFate& fate,
                         const std::set<model::Fate>& wanted);

  std::map<std::string, std::int64_t> handed_;
  std::map<std::string, model::RunState> ends_;  // that somebody listened to, by RUN/PHASE
  std::set<std::string> unsaid_;                 // of these, in the batch being looked at
  std::set<EventId> open_;
  std::set<EventId> decided_;
  std::set<std::string> keys_;              // of those on record
  std::map<RunNo, model::RunOrigin> runs_;  // that say an event made them
  std::set<RunNo> told_;                    // by an event
  std::map<std::tuple<WorkflowId, std::string, std::string>, Meeting> meetings_;
};

}  // namespace gantry::sim
