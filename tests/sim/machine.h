// The parts of a simulation: an agenda of things that happen, and the machine they happen to.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "oracle.h"
#include "simulation.h"
#include "testing/sim_server.h"
#include "workload.h"

namespace gantry::sim {

enum class Happening {
  Request,
  Emit,  // an event is handed in
  Cancel,
  Decide,    // a person looks at what waits for a decision
  Retry,     // of a run that has ended
  Wrap,      // a command under gantry wrap has ended, its record lies there
  TakeIn,    // the server looks for such records
  Hold,      // pauses, disables, or ends that
  Backfill,  // a workflow is to run for past dates
  Steer,     // of a backfill
  Pool,      // a person sets the slots of a pool, or takes that back
  NewVersion,
  Claim,      // a shim takes its claim
  End,        // a process ends
  Deliver,    // a report reaches the server
  RepeatAll,  // runners repeat what is not acknowledged
  LoseShim,
  Crash,  // the fuse is lit
  Boot,
  Reboot,
  ClockSet,
  CommitFault,
  Step,  // the engine has something to do, or gets round to what has arrived
};

class Machine {
 public:
  explicit Machine(std::uint64_t seed);
  Machine(std::uint64_t seed, const Death& death);  // short, with this fault only
  Outcome run();

 private:
  struct Entry {
    Happening what;
    std::int64_t subject;  // an attempt, a workflow; 0 = none
  };

  // machine.cpp: the agenda
  void plan(Duration from_now, Happening what, std::int64_t subject = 0);
  void run_until(Duration end);
  void happen(const Entry& entry);
  void step_server();
  bool drained();
  void drain();
  void check_store();
  Outcome outcome();

  // machine_backfills.cpp
  void ask(const std::function<model::Event(model::ReplyTo)>& make);
  std::vector<model::BackfillDate> draw_dates();
  void begin_backfill();
  void steer();
  void steer(BackfillId id, model::Steer what, std::optional<CivilDate> date, bool running);
  void end_backfills();

  // happenings.cpp
  void request();
  void emit_event();
  void cancel();
  void decide();
  void retry();
  void wrap();
  void take_in();
  void take_in(const std::string& key);
  bool has_run_of(const std::string& key);
  void hold();
  void hold(const model::HoldRequested& request);
  void set_pool();
  void set_pool(const std::string& name, std::optional<int> slots);
  void release_all();
  void load_version(std::int64_t workflow, bool enabled);
  void handed(AttemptId id);
  void asked_to_stop(AttemptId id);
  void claim(AttemptId id);
  void end(AttemptId id);
  void over(AttemptId id);
  void deliver(AttemptId id);
  void light_fuse();
  void died();
  void boot();
  void reboot();
  void set_clock();
  void plan_faults();
  Duration soon(Duration mean);

  template <typename... Args>
  void trace(const char* format, const Args&... args) {
    fmt::format_to(std::back_inserter(trace_), "{:.6f} {} ",
                   static_cast<double>(clock_.elapsed().us) / 1e6, format_instant(clock_.wall()));
    fmt::format_to(std::back_inserter(trace_), fmt::runtime(format), args...);
    trace_ += '\n';
  }
  void trace_batch(const store::Batch& batch);

  const std::uint64_t seed_;
  Death death_;
  Duration length_ = hours(24);
  Rng rng_;
  Faults faults_;
  const core::Limits limits_;
  testing::SimClock clock_;
  testing::World world_;
  testing::SimServer server_;
  Oracle oracle_;
  std::map<std::pair<Duration, std::int64_t>, Entry> agenda_;  // by time, then by order
  std::int64_t planned_ = 0;
  std::vector<std::string> names_;
  std::map<std::string, std::vector<model::Trigger>> triggers_;
  std::map<AttemptId, model::AttemptReport> ends_;     // how those that execute will end
  std::map<std::string, model::AttemptReport> spool_;  // records of wrapped commands, by id
  std::set<std::string> taking_;                       // of these, with the engine
  std::set<std::int64_t> unanswered_;
  std::int64_t questions_ = 0;
  int versions_ = 0;
  int wraps_ = 0;
  std::int64_t emitted_ = 0;
  bool step_planned_ = false;
  bool draining_ = false;
  std::int64_t crashes_ = 0;
  std::int64_t turns_ = 0;
  std::vector<std::string> checked_;
  std::string trace_;
};

}  // namespace gantry::sim
