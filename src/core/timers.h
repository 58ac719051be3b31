// The timers of all workflows in the order in which they are due. Derived from the rows of
// workflows and triggers; a schedule that does not parse (lint refused it before) is never due.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "base/ids.h"
#include "base/time.h"
#include "model/change.h"
#include "model/event.h"
#include "schedule/schedule.h"

namespace gantry::core {

// Nothing if the trigger is no timer or does not parse. The workflow's name takes part in what
// spreads timers (jitter).
std::optional<schedule::Schedule> compile(const std::string& workflow,
                                          const model::Trigger& trigger);

// The last instant that the schedule names strictly before `at`; nothing if there was none in the
// eight years before.
std::optional<Instant> last_before(schedule::Schedule schedule, Instant at);

// The working days that the trigger counts. An error if it names a calendar that is not there.
Result<std::optional<schedule::WorkingDays>> days_of(const model::Trigger& trigger,
                                                     const model::Calendars& calendars);

struct Timer {
  schedule::Schedule schedule;
  Instant cursor;               // firings whose `at` is up to here are dealt with
  Instant watched;              // since when nothing held it (disabled, paused)
  std::optional<Instant> next;  // the `at` of the next
};

// A timer whose calendar is unknown is not there: it never fires on days it should not, and
// catches up when the calendar comes.
class Timers {
 public:
  // Of timers that are put from now on.
  void know(model::Calendars calendars) { calendars_ = std::move(calendars); }
  const model::Calendars& calendars() const { return calendars_; }
  // A timer that was not there is watched from `now` on.
  void put(const model::WorkflowRow& row, const std::map<std::string, model::TriggerRow>& cursors,
           Instant now);
  void move(WorkflowId workflow, const std::string& trigger, Instant cursor);
  // A timer that waits for something else (its plan) is not offered until released.
  void hold(WorkflowId workflow);
  void release(WorkflowId workflow);

  Instant earliest() const;  // Instant::max() if none
  struct Due {
    WorkflowId workflow;
    std::string trigger;
  };
  std::optional<Due> due(Instant now) const;
  const Timer* find(WorkflowId workflow, const std::string& trigger) const;

 private:
  using Key = std::pair<WorkflowId, std::string>;
  void index(const Key& key, const Timer& timer);
  void unindex(const Key& key, const Timer& timer);

  model::Calendars calendars_;
  std::map<Key, Timer> timers_;
  std::set<std::tuple<Instant, WorkflowId, std::string>> order_;
  std::set<WorkflowId> held_;
};

}  // namespace gantry::core
