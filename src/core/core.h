// Core: the scheduler as a deterministic state machine. It reads no clock, does no I/O, draws no
// random number and iterates only in sorted order: the same events give the same changes.
//
//   apply(event, now, effects)  decides; every change it emits is folded at once
//   fold(change)                the only mutator; recovery is folding the rows of the store
//
// The engine commits effects.changes before it performs effects.commands. Single threaded.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/time.h"
#include "core/listeners.h"
#include "core/plan.h"
#include "core/state.h"
#include "core/surroundings.h"
#include "core/timers.h"
#include "model/command.h"
#include "model/event.h"

namespace gantry::core {

struct Limits {
  int local_slots = 16;              // processes of foreground tasks at once
  std::map<std::string, int> pools;  // slots by name; a pool that is not named here has none
  std::size_t open_runs_max = limits::kOpenRunsMax;
  // So many tasks of higher priority may queue behind a waiting task and yet start before it.
  std::int64_t passed_max = 256;
  std::size_t event_bytes_max = limits::kOpenEventBytesMax;  // in memory, with open runs
};

// Backfills leave a quarter to others.
constexpr int local_slots_for(const Limits& limits, bool backfill) {
  constexpr int kKeptShare = 4;
  return limits.local_slots - (backfill ? limits.local_slots / kKeptShare : 0);
}

struct WakeAt {
  Instant wall = Instant::max();
  Steady steady = Steady::max();
};

class Core {
 public:
  explicit Core(Limits limits);

  // Total: never fails. Appends to `effects`.
  void apply(const model::Event& event, Now now, model::Effects& effects);

  // The earliest instants at which TimePassed would do something.
  WakeAt wake_at() const;

  void fold(const model::Change& change);
  void set_counters(const Counters& counters) { state_.counters = counters; }

  // The calendars of timers, before anything is folded. Later they come as an event.
  void know(model::Calendars calendars);
  // What else expressions may ask of the world. The same.
  void know(model::PeoplePtr people, Value vars);

  // Versions of open runs whose plans are missing: after recovery the engine provides them.
  std::vector<VersionId> missing_plans() const;
  // All of them at once: before the last one is here nobody knows which slots are in use.
  void resume(const std::vector<model::WorkflowProvided>& versions, Now now,
              model::Effects& effects);

  const State& state() const { return state_; }
  const Limits& limits() const { return limits_; }
  // Of a pool, as they are now: set by a person, else configured; none: nobody said.
  std::optional<int> slots_of(const std::string& pool) const;

  // Where the number of the run being worked on is written, 0 when none is. For poison
  // protection: the engine points it into a page that survives a crash.
  void watch_current_run(std::int64_t* place) { current_run_ = place; }

 private:
  class Turn;  // one apply(): now, effects and the work lists (turn.h)

  // Notices that the clock was set: what lies in between was not watched.
  void look_at_clock(Now now);

  // Requests that wait for the plan of a version. Not acknowledged, so they may be lost.
  struct Loading {
    std::vector<model::RunRequested> requests;
    std::vector<model::BackfillRequested> backfills;
    std::optional<WorkflowId> timer_of;  // its timers are held until then
  };

  // Retries that wait for their run, then for the plan of its version. The same is true of them.
  struct Retries {
    std::vector<model::RetryRequested> requests;
    std::shared_ptr<const model::ClosedRun> closed;  // null until it is loaded
  };

  // Events that wait for the plans of those who listen. An open one is in the state, too; the
  // others are not acknowledged, so they may be lost.
  struct Parked {
    std::shared_ptr<const model::EventRow> row;
    model::ReplyTo reply;
    std::set<VersionId> hopeless;  // can not be loaded
  };

  Limits limits_;
  State state_;
  // Derived from the state or from versions, never compared:
  std::map<VersionId, std::shared_ptr<const Plan>> plans_;
  std::map<VersionId, Loading> loading_;
  std::map<RunNo, Retries> retries_;
  std::vector<Parked> parked_;
  std::set<BackfillId> unfinished_;   // go on in the next turn
  std::set<BackfillId> crowded_out_;  // go on when a run ends: there are too many
  std::deque<Parked> postponed_;      // ends of runs for the next turn; all are open in the state
  Timers timers_;
  Surroundings around_;
  Listeners listeners_;
  Instant watched_;  // since when nothing held all timers
  std::optional<Now> last_now_;
  std::int64_t* current_run_ = nullptr;
};

}  // namespace gantry::core
