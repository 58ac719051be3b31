// Events from outside and of other workflows' runs, as the store keeps them: what happened, and
// what became of it for each trigger that listened. An event, its fates and the runs it made are in
// one commit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "base/value.h"

namespace gantry::limits {
inline constexpr std::size_t kEventBytesMax = 1u << 20;        // of what comes with one
inline constexpr std::size_t kOpenEventBytesMax = 512u << 20;  // in memory, of all open runs
inline constexpr std::size_t kEventNameBytesMax = 200;
inline constexpr std::int64_t kEventChainMax = 32;       // runs that start each other by their ends
inline constexpr std::int64_t kEventBreadthMax = 1'000;  // of them side by side, from one run
inline constexpr std::size_t kEndFatesPerTurn = 100;     // the rest in the turns that follow
inline constexpr std::ptrdiff_t kMeetingsMax = 1'000;    // dates that a trigger on workflows knows
inline constexpr Duration kEventsKeptMin = days(7);
}  // namespace gantry::limits

namespace gantry::model {

enum class EventFrom : std::uint8_t { Emit, Webhook, File, Workflow };
std::string_view name_of(EventFrom from);  // "emit", "webhook", "file", "workflow"
std::optional<EventFrom> event_from_of(std::string_view name);

enum class Fate : std::uint8_t {
  Run,       // it made one
  Filtered,  // `match` was false
  Skipped,   // by the concurrency of the workflow
  Refused,   // the params do not fit, the workflow is disabled ...
  Waiting,   // of `all`: the others are still to come
  Nobody,    // no trigger listens, no task waits
  Woke,      // a task of a run waited for it
};
std::string_view name_of(Fate fate);  // "run", "filtered" ...
std::optional<Fate> fate_of(std::string_view name);

struct TriggerFate {
  WorkflowId workflow;
  std::string workflow_name;
  std::string trigger;  // its id; of Woke: the name of the task, as of one that filters
  Fate fate = Fate::Run;
  RunNo run;                   // of Run and Woke; of a task that waits
  std::string reason;          // of the others, for people
  std::string reason_zh = {};  // the same in Chinese; empty: it is not there
  bool operator==(const TriggerFate&) const = default;
};

struct EventRow {
  EventId id;
  EventFrom from = EventFrom::Emit;
  std::string name;  // what triggers listen to: of the event, hook, workflow or trigger
  std::vector<std::string> keys;  // unique for `from` and `name`: delivery ids, files
  Instant at;
  std::string actor;
  Value payload;         // `event` in expressions
  bool is_open = false;  // the fates are not decided yet; only of Workflow
  std::vector<TriggerFate> fates;
  bool operator==(const EventRow&) const = default;
};

// Which of the workflows that a trigger waits for have ended as it wants, on one date.
struct MeetingRow {
  WorkflowId workflow;
  std::string trigger;
  CivilDate date;  // of the runs; of a trigger without `same: date` the first of 1970
  std::vector<std::string> have;  // names, in order
  bool is_met = false;            // it has fired
  bool is_over = false;           // the row goes
  bool operator==(const MeetingRow&) const = default;
};

// How the fates are kept; DataLoss for what is none.
std::string encode_fates(const std::vector<TriggerFate>& fates);
Result<std::vector<TriggerFate>> decode_fates(std::string_view text);

}  // namespace gantry::model
