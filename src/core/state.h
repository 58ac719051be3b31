// State: everything the engine decides from. Plain data with equality, so that a test can compare
// a recovered state with the one that was lost. Only Core::fold changes it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/join.h"
#include "model/change.h"

namespace gantry::core {

class Plan;

struct TaskRun {
  Upstream upstream;  // derived from the rows of the upstream tasks; beside the state, its twin
  model::TaskRow row;
  bool operator==(const TaskRun&) const = default;
};

// How many tasks of one section (tasks, finally), group or foreach are not settled, and how the
// settled ones are. Of a section those at the top, of a group those right in it.
struct Tally {
  std::uint32_t open = 0;  // foreground tasks that are not settled
  std::uint32_t open_background = 0;
  std::uint32_t succeeded = 0;
  std::uint32_t skipped = 0;
  std::uint32_t failed = 0;  // failed, interrupted or upstream_failed, not allowed to
  std::uint32_t cancelled = 0;
  bool operator==(const Tally&) const = default;
};

// A group or a foreach, derived from the rows in it.
struct Container {
  Tally tally;
  std::size_t size = 0;     // of a foreach: its items
  std::size_t next = 0;     // of a foreach: no item before it is pending
  std::size_t pending = 0;  // of a foreach: items that are
  bool operator==(const Container&) const = default;
};

struct Run {
  std::shared_ptr<const model::RunOrigin> origin;
  model::RunRow row;
  std::vector<TaskRun> tasks;  // by TaskIndex, outside of items; empty until the plan is attached
  // The tasks of each item, from its foreach on, by the foreach and the item.
  std::map<TaskRef, std::vector<TaskRun>> items;
  std::map<TaskRef, Container> containers;
  std::vector<model::TaskRow> early_rows;  // rows folded before that (recovery)
  Tally main;
  Tally finally;
  std::size_t outputs_bytes = 0;     // of all tasks, derived
  std::shared_ptr<const Plan> plan;  // null until attached
};
bool operator==(const Run& a, const Run& b);

// Where a live attempt belongs.
struct LiveAttempt {
  model::AttemptRow row;
  bool operator==(const LiveAttempt&) const = default;
};

// A task that waits for a slot. The order is that of starting: priority, then age.
struct QueueEntry {
  std::int64_t rank = 0;  // -priority
  std::int64_t queue_no = 0;
  RunNo run;
  TaskRef task;
  auto operator<=>(const QueueEntry&) const = default;
};

using TaskQueue = std::set<QueueEntry>;

struct PoolUse {
  int used = 0;
  TaskQueue queue;
  bool operator==(const PoolUse&) const = default;
};

// The runs of a workflow that share its concurrency limit.
struct Lane {
  std::set<RunNo> open;    // runs that hold a concurrency slot
  std::set<RunNo> queued;  // runs that wait for one, or for their plan
  bool operator==(const Lane&) const = default;
};

// The runs of a backfill have a lane of their own, whose limit is that of the backfill.
struct LaneKey {
  std::string key;        // concurrency key
  BackfillId backfill{};  // 0 = live runs
  auto operator<=>(const LaneKey&) const = default;
};
LaneKey lane_of(const model::RunOrigin& origin);

// A backfill that has not ended.
struct Backfill {
  model::BackfillRow row;
  std::vector<model::BackfillDate> dates;
  std::map<RunNo, std::size_t> open;  // places of the dates that run; derived
  std::size_t next = 0;               // none before it is pending; derived
  bool operator==(const Backfill&) const = default;
};

struct WorkflowState {
  model::WorkflowRow row;
  std::map<std::string, model::TriggerRow> cursors;  // by trigger id
  std::map<LaneKey, Lane> lanes;                     // none is empty
  // The open runs that timers made, by trigger id; none is empty.
  std::map<std::string, std::set<RunNo>> timed;
  bool operator==(const WorkflowState&) const = default;
};

struct Counters {
  std::int64_t incarnation = 1;
  std::int64_t last_run = 0;
  std::int64_t last_attempt = 0;
  std::int64_t last_workflow = 0;
  std::int64_t last_version = 0;
  std::int64_t last_queue_no = 0;
  std::int64_t last_event = 0;
  std::int64_t last_backfill = 0;
  bool operator==(const Counters&) const = default;
};

// By trigger and date, so that those of a trigger lie together.
struct MeetingKey {
  WorkflowId workflow;
  std::string trigger;
  std::int64_t day = 0;  // since 1970
  auto operator<=>(const MeetingKey&) const = default;
};

// What came with open runs. The runs of an event share it.
struct EventUse {
  std::int64_t runs = 0;
  std::size_t bytes = 0;
  bool operator==(const EventUse&) const = default;
};

struct State {
  Counters counters;
  std::map<WorkflowId, WorkflowState> workflows;
  std::map<std::string, WorkflowId, std::less<>> workflow_ids;
  std::map<RunNo, Run> runs;
  std::map<AttemptId, LiveAttempt> attempts;
  std::map<std::string, PoolUse> pools;  // also the queues of tasks without one: queue_of()
  int local_slots_used = 0;
  std::set<std::tuple<Steady, RunNo, TaskRef>> task_wakes;
  std::set<std::tuple<Instant, RunNo, TaskRef>> wall_wakes;
  std::map<std::string, std::set<std::pair<RunNo, TaskRef>>> event_waits;  // by the event's name
  std::set<std::pair<Steady, RunNo>> run_timeouts;
  model::ServerRow server;
  std::map<BackfillId, Backfill> backfills;
  std::map<std::string, model::PoolLimitRow> pool_limits;  // that a person set; all have slots
  std::map<EventId, model::EventRow> open_events;
  std::map<EventId, EventUse> event_use;  // derived from the runs, as is the sum
  std::size_t event_bytes = 0;
  std::map<MeetingKey, model::MeetingRow> meetings;
  bool operator==(const State&) const = default;
};

}  // namespace gantry::core
