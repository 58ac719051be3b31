// Backfills: a workflow for a list of dates, as the store keeps them. All dates are in the commit
// that makes the backfill; a date's run is in the commit that gives the date its number, so there
// is at most one run per (backfill, date), whenever the server is killed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "base/value.h"
#include "model/states.h"

namespace gantry::limits {
inline constexpr std::size_t kBackfillDatesMax = 10'000;
inline constexpr int kBackfillParallelMax = 1'000;     // open runs of one at once
inline constexpr std::size_t kBackfillsOpenMax = 100;  // that have not ended
}  // namespace gantry::limits

namespace gantry::model {

enum class BackfillState : std::uint8_t { Running, Paused, Finished, Cancelled };
std::string_view name_of(BackfillState state);  // "running" ...
std::optional<BackfillState> backfill_state_of(std::string_view name);

enum class DateFate : std::uint8_t {
  Pending,
  Running,  // its run is open, perhaps still queued
  Succeeded,
  Failed,
  Cancelled,  // the run, or the date before it had one
  Skipped,    // was run before, or is a day off: known when the backfill was made
  Refused,    // its run could not be made: params, expressions
};
inline constexpr std::size_t kDateFates = 7;
std::string_view name_of(DateFate fate);  // "pending" ...
std::optional<DateFate> date_fate_of(std::string_view name);
bool is_final(DateFate fate);

struct BackfillDate {
  CivilDate date;
  DateFate fate = DateFate::Pending;
  RunNo run;            // of Skipped: the run of before, if there was one
  std::string message;  // of Skipped and Refused, for people
  std::string message_zh = {};
  bool operator==(const BackfillDate&) const = default;
};

// A run that was made for a date.
struct DateRun {
  CivilDate date;
  RunNo run;
  RunState state = RunState::Queued;
  bool operator==(const DateRun&) const = default;
};

// What was asked for never changes, but for the state.
struct BackfillRow {
  BackfillId id;
  WorkflowId workflow;
  std::string workflow_name;
  std::string trigger;  // whose params and times of day count; empty = none
  ValueMap params;      // before those of the trigger
  std::int32_t parallel = 1;
  std::string created_by;
  std::string key;    // idempotency key; empty = none
  std::string asked;  // a hash of the request, to know it again by its key; may be empty
  Instant created_at;
  BackfillState state = BackfillState::Running;
  std::string note;                 // who paused or cancelled it, or why it was paused
  std::string note_zh;              // empty: as `note`
  std::optional<Instant> ended_at;  // no date is open; Cancelled may wait for its runs
  bool operator==(const BackfillRow&) const = default;
};

}  // namespace gantry::model
