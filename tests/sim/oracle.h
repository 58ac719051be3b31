// Oracle: says whether what a server did was right, from outside of the core. It sees what became
// durable, every command, every answer, and the truth of the World, and knows the rules from the
// documents (docs/format/workflow.md), in its own naive words:
//
//   at once   write then act: nothing is started, stopped, answered or acknowledged before the
//             commit that holds it; no settled task changes; limits are never exceeded; a task
//             begins only when its join rule says so; recorded ends are the true ones (I2-I5)
//   timers    made and missed firings together are exactly those of the schedule (I6)
//   events    each is decided once, for all who listen, as the rules say (I6)
//   backfills each date has at most one run, so many at once, and the fate of its run; none that
//   may
//             go on stands still
//   at end    every accepted run is terminal and closed (I1), final states are those that the
//             rules give from the attempts and the upstream tasks, history has no gap (I8)
#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "backfills.h"
#include "core/core.h"
#include "events.h"
#include "firings.h"
#include "store/memory_store.h"
#include "testing/sim_clock.h"
#include "testing/world.h"

namespace gantry::sim {

struct TaskFacts {
  model::TaskRow row;
  std::vector<AttemptId> attempts;
};

struct RunFacts {
  std::shared_ptr<const model::RunOrigin> origin;
  std::shared_ptr<const model::Definition> definition;
  model::RunRow row;
  std::map<TaskRef, TaskFacts> tasks;
  int ends = 0;  // how often it became terminal
  bool closed = false;
  bool timed_out = false;
  bool cancelled_in_main = false;    // asked for before finally began
  std::int64_t disturbed_batch = 0;  // of the first cancel or the timeout
  std::int64_t failed_batch = 0;     // of the first failure that `fail_fast` is about
  std::set<std::string> again;       // of a retry: the tasks that have to run again

  const model::Task& spec(TaskIndex task) const { return definition->workflow.tasks[task.value]; }
  model::TaskState state(TaskRef task) const;
  bool is_foreach(TaskRef task) const;  // all of it, not one of its items
  // The tasks of a group, the items of a foreach; nothing if it is neither.
  std::vector<TaskRef> parts(TaskRef task) const;
  std::optional<TaskRef> whole(TaskRef part) const;
  // What a task is to one that needs it, and to what it is a part of.
  char letter(TaskRef task, TaskIndex dependent) const;
  char letter_as_part(TaskRef task) const;
  std::vector<char> upstream(TaskRef task) const;
};

class Oracle {
 public:
  Oracle(const core::Limits& limits, const testing::World& world, const testing::SimClock& clock)
      : limits_(limits), world_(world), clock_(clock), pool_limits_(limits.pools) {}

  // A batch is durable.
  void observe(const store::Batch& batch);
  // A command has reached the world.
  void started(AttemptId id);
  void acknowledged(AttemptId id);
  void answered_run(RunNo run);  // with ok
  void answered_event(EventId event);
  void answered_backfill(BackfillId backfill);
  // Somebody hands in an event, with this number in it.
  void handed(const std::string& key, std::int64_t number) { events_.handed(key, number); }
  // A wrapped command has left a record: it has to become one run, and just one.
  void wrapped(const std::string& key, model::AttemptState end) { wraps_[key] = end; }
  // The server was up and had nothing due at this wall time.
  void timers_settled(Instant wall);
  // ... and nothing was on its way to it: what is recorded as running or to be stopped has been
  // started or stopped.
  void check_quiet();
  void check_backfills();

  // Everything has ended.
  void check_end(const store::MemoryState& disk);

  std::size_t open_runs() const { return open_.size(); }
  const std::set<RunNo>& open() const { return open_; }
  const RunFacts& run(RunNo no) const { return runs_.at(no); }
  const std::map<WorkflowId, model::WorkflowRow>& workflows() const { return workflows_; }
  const std::set<RunNo>& closed() const { return closed_; }
  bool held() const;  // anything is paused
  bool has_open_events() const { return events_.has_open(); }
  const Backfills& backfills() const { return backfills_; }
  bool failed() const { return !complaints_.empty(); }
  const std::vector<std::string>& complaints() const { return complaints_; }
  std::int64_t attempts() const { return static_cast<std::int64_t>(attempts_.size()); }
  std::int64_t retries() const { return retries_; }
  std::int64_t events() const { return static_cast<std::int64_t>(events_.count()); }
  std::int64_t runs() const { return static_cast<std::int64_t>(runs_.size()); }

 private:
  void put(const model::VersionStored& c);
  void put(const model::WorkflowChanged& c);
  void put(const model::TriggerMoved& c);
  void put(const model::FiringsMissed& c);
  void put(const model::RunCreated& c);
  void put(const model::RunChanged& c);
  void put(const model::TaskChanged& c);
  void put(const model::AttemptChanged& c);
  void put(const model::RunClosed& c);
  void put(const model::RunReopened& c);
  void put(const model::ServerChanged& c);
  void put(const model::PoolLimitChanged& c);
  void put(const model::CredentialChanged&) {}
  void put(const model::AuditNoted&) {}
  void put(const model::EventRecorded& c);
  void put(const model::MeetingChanged&) {}
  void put(const model::BackfillBegun& c) { backfills_.begun(c); }
  void put(const model::BackfillChanged& c) { note(backfills_.changed(c.row)); }
  void put(const model::BackfillDateChanged& c) { note(backfills_.changed(c)); }
  bool is_held(WorkflowId workflow) const;  // it makes no runs for dates

  void check_time(const store::TimeMark& mark);
  void check_wait(const RunFacts& run, const model::TaskRow& row);
  void check_slots();
  void check_pool(const model::Task& task);
  void begun(const model::AttemptRow& row);
  void check_retried(const RunFacts& run);
  void check_part_retried(const RunFacts& run, TaskRef part, bool again);
  void check_previous(const RunFacts& run);
  void check_conflict(RunNo made);
  void check_skipped(WorkflowId workflow, const char* what);
  void ended(const model::AttemptRow& row);
  void check_begun(AttemptId id);
  void check_final(const RunFacts& run);
  void check_wrap(const RunFacts& run);
  void check_task(const RunFacts& run, TaskRef task);
  void check_left_out(const RunFacts& run, TaskRef whole);
  void check_whole(const RunFacts& run, TaskRef whole);
  void check_items_begun(const RunFacts& run, TaskRef item);
  void check_verdict(const RunFacts& run);
  void check_history(const store::MemoryState& disk);
  template <typename... Args>
  void complain(const char* format, const Args&... args) {
    complaints_.push_back(fmt::format(fmt::runtime(format), args...));
  }
  void note(std::vector<std::string> complaints) {
    for (std::string& complaint : complaints) note(std::move(complaint));
  }
  void note(std::string complaint) {
    if (!complaint.empty()) complaints_.push_back(std::move(complaint));
  }

  const core::Limits limits_;
  const testing::World& world_;
  const testing::SimClock& clock_;
  std::map<VersionId, std::shared_ptr<const model::Definition>> versions_;
  std::map<WorkflowId, model::WorkflowRow> workflows_;
  std::map<RunNo, RunFacts> runs_;
  std::set<RunNo> open_;
  std::set<RunNo> closed_;
  std::int64_t retries_ = 0;
  std::vector<RunNo> retried_;    // in the batch being observed
  std::vector<RunNo> replacing_;  // in that batch: others should make way for them
  model::ServerRow the_server_;
  std::map<std::string, int> pool_limits_;  // that are in force now
  std::map<AttemptId, model::AttemptRow> attempts_;
  std::map<AttemptId, model::AttemptReport> truths_;  // as the World had them at the commit
  std::set<RunNo> accepted_;
  std::map<std::string, model::AttemptState> wraps_;  // by id
  std::set<std::string> taken_;                       // of these, those that are runs
  std::vector<AttemptId> begun_;                      // in the batch being observed
  std::set<AttemptId> running_;
  Firings firings_;
  Events events_;
  Backfills backfills_;
  std::optional<store::TimeMark> mark_;
  Duration elapsed_at_mark_;
  std::int64_t batch_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace gantry::sim
