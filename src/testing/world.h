// World: the machine on which attempts run, without processes. It keeps the claim contract of
// docs/format/attempt.md: one file per attempt is claim and record, whoever creates it first wins.
// It outlives servers: connect() and disconnect() stand for a server's start and death. Nothing
// happens by itself: whoever holds the World claims, ends and delivers.
//
// What must never happen is collected in complaints(). One thread.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runner/runner.h"

namespace gantry::testing {

class World : public runner::Runner {
 public:
  enum class Phase {
    Handed,     // the start has reached the runner, nothing is claimed
    Executing,  // its shim holds the claim
    Recorded,   // it has ended and its record is written
    Voided,     // the server claimed it first: it was never executed and never will be
    Lost,       // it was claimed, its shim is gone without a record
  };
  struct Attempt {
    model::StartAttempt start;
    Phase phase = Phase::Handed;
    model::AttemptReport report;  // of the last three phases
    bool stop_asked = false;
    bool hard_stop = false;
    bool acknowledged = false;
  };

  // Called when a start or stop has been handed over; may be empty.
  std::function<void(AttemptId)> on_start;
  std::function<void(AttemptId)> on_stop;
  std::function<void(AttemptId)> on_acknowledge;

  void connect(runner::ReportSink sink) { sink_ = std::move(sink); }
  void disconnect() { sink_ = nullptr; }
  bool connected() const { return static_cast<bool>(sink_); }

  // Handed -> Executing; false if the claim is taken.
  bool claim(AttemptId id);
  // Executing -> Recorded. The report is delivered by deliver().
  void end(AttemptId id, model::AttemptReport report);
  // Executing -> Lost: somebody killed the shim.
  void lose(AttemptId id);
  // Handed -> Voided: the zygote died with the request.
  void drop(AttemptId id);
  // Sends what is known of an attempt that is over to the server, if there is one. Any number of
  // times.
  void deliver(AttemptId id);
  void deliver_all();  // everything that is not acknowledged
  // The machine went down: nothing executes any more, no record counts.
  void reboot();

  const Attempt* find(AttemptId id) const;
  // Executing or handed, of this run and task; null if there is none.
  const Attempt* live(RunNo run, const std::string& task) const;
  const std::map<AttemptId, Attempt>& attempts() const { return attempts_; }
  const std::set<AttemptId>& alive() const { return alive_; }
  const std::vector<std::string>& complaints() const { return complaints_; }

  void start(const model::StartAttempt& command) override;
  void stop(const model::StopAttempt& command) override;
  void recover(const std::vector<model::AttemptRow>& running) override;
  void acknowledge(AttemptId id, RunNo run) override;
  void close_run(RunNo run) override;

 private:
  void finish(Attempt& attempt, Phase phase, model::AttemptReport report);

  runner::ReportSink sink_;
  std::map<AttemptId, Attempt> attempts_;
  std::set<AttemptId> alive_;           // handed or executing
  std::set<AttemptId> unacknowledged_;  // over
  std::vector<std::string> complaints_;
};

}  // namespace gantry::testing
