// A workflow in virtual time: the production core decides, nothing is executed. What each attempt
// does is scripted; time passes from one event to the next, so that a week takes milliseconds.
// Deterministic: the same definition, script and beginning give the same report.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/core.h"
#include "simulate/outcomes.h"

namespace gantry::simulate {

struct Settings {
  Instant from;         // when it begins
  core::Limits limits;  // slots and pools
  core::Surroundings around;
};

// One change of a state, as people would watch it. Of a run: `task` is empty.
struct Moment {
  Instant at;
  RunNo run;
  std::string task;
  std::string state;
  std::string reason;   // empty: none
  std::string message;  // for people
  int attempt = 0;      // of a task that runs
};

struct SimulatedRun {
  std::shared_ptr<const model::RunOrigin> origin;
  model::RunRow row;  // the last
};

struct Report {
  std::vector<Moment> moments;
  std::map<RunNo, SimulatedRun> runs;
  Instant ended_at;
  bool stuck = false;                       // an open run that nothing will ever end
  bool cut_short = false;                   // by kStepsMax or kSpanMax
  std::vector<std::string> why_en, why_zh;  // of stuck: what the open runs wait for
};

inline constexpr int kStepsMax = 2'000'000;
inline constexpr Duration kSpanMax = days(3660);

class Simulation {
 public:
  Simulation(std::shared_ptr<const model::Definition> definition, Outcomes outcomes,
             Settings settings);

  // One run that somebody asks for, to its end; timers do not count. InvalidArgument: the params.
  Result<Report> run_once(const ValueMap& params);
  // The runs that timers make until then, at most so many.
  Result<Report> watch_timers(Instant until, int runs_max);

 private:
  struct Ending {
    model::StartAttempt start;
    model::AttemptReport report;
  };
  using When = std::pair<Instant, std::int64_t>;  // then in the order of starting

  Status define(bool with_triggers);
  Status apply(const model::Event& event);
  void note(const model::Change& change);
  void forget_queued(RunNo run, const std::string& task);
  Status obey(const model::Command& command);
  void start(const model::StartAttempt& start);
  Status stop(const model::StopAttempt& stop);
  std::optional<Instant> next_instant() const;
  Result<bool> step(Instant until);  // false: nothing is left to happen by then
  void explain_standstill();
  bool has_open_runs() const { return !core_.state().runs.empty(); }
  const model::Task* find_task(const std::string& name) const;

  std::shared_ptr<const model::Definition> definition_;
  Outcomes outcomes_;
  Settings settings_;
  core::Core core_;
  Now now_;
  std::map<When, Ending> endings_;
  std::int64_t started_ = 0;
  int steps_ = 0;
  std::map<RunNo, std::map<std::string, std::string>> shown_;  // the last state told
  Report report_;
};

}  // namespace gantry::simulate
