// FakeRunner: a Runner without processes. What each attempt of a task does is scripted; reports go
// to the sink like those of real shims, and are the test's to hold back, repeat or make late.
// Header only: it is linked by tests of several folders. Thread safe.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "runner/runner.h"

namespace gantry::testing {

// How one attempt goes.
struct Outcome {
  model::AttemptState state = model::AttemptState::Succeeded;
  model::Reason reason = model::Reason::None;
  std::int32_t exit_code = 0;
  Value outputs = {};
  std::string error_tail = {};
  bool hold = false;          // runs until finish() or a stop
  bool ignores_stop = false;  // runs on when it is stopped, until finish()
};

inline Outcome succeeds() { return {}; }
inline Outcome fails(int exit_code, std::string error_tail = {}) {
  return {.state = model::AttemptState::Failed,
          .reason = model::Reason::Exit,
          .exit_code = exit_code,
          .error_tail = std::move(error_tail)};
}
inline Outcome runs_on() { return {.hold = true}; }

class FakeRunner : public runner::Runner {
 public:
  // Before the first command: where reports go, for instance to Engine::report.
  void connect(runner::ReportSink sink) { sink_ = std::move(sink); }

  // The n-th attempt of the task (in any run) takes the n-th outcome, later ones the last. A task
  // without a script succeeds at once.
  void script(const std::string& task, std::vector<Outcome> outcomes) {
    const MutexLock lock(mutex_);
    scripts_[task] = {std::move(outcomes), 0};
  }

  // Ends a held attempt of this task in this run; false if there is none.
  bool finish(RunNo run, const std::string& task, const Outcome& outcome = succeeds()) {
    const auto found = take(
        [&](const model::StartAttempt& start) { return start.run == run && start.task == task; });
    if (found) report(found->id, outcome);
    return found.has_value();
  }

  // A report of one's own: late, twice, of an attempt that nobody knows.
  void report(AttemptId id, const Outcome& outcome) {
    model::AttemptReport report;
    report.id = id;
    report.state = outcome.state;
    report.reason = outcome.reason;
    report.exit_code = outcome.exit_code;
    report.outputs = outcome.outputs;
    report.error_tail = outcome.error_tail;
    sink_(std::move(report));
  }

  std::vector<model::StartAttempt> started() const {
    const MutexLock lock(mutex_);
    return started_;
  }
  std::vector<model::StopAttempt> stopped() const {
    const MutexLock lock(mutex_);
    return stopped_;
  }
  std::vector<AttemptId> acknowledged() const {
    const MutexLock lock(mutex_);
    return acknowledged_;
  }
  std::vector<RunNo> closed() const {
    const MutexLock lock(mutex_);
    return closed_;
  }
  std::size_t live() const {
    const MutexLock lock(mutex_);
    return live_.size();
  }
  // Waits until `count` attempts of the task were started.
  void wait_started(const std::string& task, std::ptrdiff_t count = 1) const {
    const MutexLock lock(mutex_);
    changed_.wait(mutex_, [&] {
      return std::count_if(started_.begin(), started_.end(),
                           [&](const auto& start) { return start.task == task; }) >= count;
    });
  }

  void start(const model::StartAttempt& command) override {
    const Outcome outcome = begin(command);
    if (!outcome.hold) report(command.id, outcome);
  }
  void stop(const model::StopAttempt& command) override {
    {
      const MutexLock lock(mutex_);
      stopped_.push_back(command);
    }
    const auto found = take([&](const model::StartAttempt& start) {
      return start.id == command.id && !stubborn_.contains(start.id);
    });
    if (found)
      report(found->id, {.state = model::AttemptState::Killed,
                         .reason = model::Reason::Cancelled,
                         .exit_code = -1});
  }
  // What still runs is adopted; what the runner never saw was never started.
  void recover(const std::vector<model::AttemptRow>& running) override {
    for (const model::AttemptRow& row : running)
      if (!is_live(row.id)) report(row.id, {.state = model::AttemptState::NotStarted});
  }
  void acknowledge(AttemptId id, RunNo) override {
    const MutexLock lock(mutex_);
    acknowledged_.push_back(id);
  }
  void close_run(RunNo run) override {
    const MutexLock lock(mutex_);
    closed_.push_back(run);
  }

 private:
  struct Script {
    std::vector<Outcome> outcomes;
    std::size_t next = 0;
  };

  Outcome begin(const model::StartAttempt& command) {
    const MutexLock lock(mutex_);
    started_.push_back(command);
    changed_.notify_all();
    Outcome outcome;
    if (const auto found = scripts_.find(command.task); found != scripts_.end()) {
      Script& script = found->second;
      outcome = script.outcomes[std::min(script.next++, script.outcomes.size() - 1)];
    }
    if (outcome.hold) live_[command.id] = command;
    if (outcome.ignores_stop) stubborn_[command.id] = true;
    return outcome;
  }

  bool is_live(AttemptId id) const {
    const MutexLock lock(mutex_);
    return live_.contains(id);
  }

  template <typename Wanted>
  std::optional<model::StartAttempt> take(Wanted wanted) {
    const MutexLock lock(mutex_);
    for (auto at = live_.begin(); at != live_.end(); ++at) {
      if (!wanted(at->second)) continue;
      auto found = std::move(at->second);
      live_.erase(at);
      return found;
    }
    return std::nullopt;
  }

  runner::ReportSink sink_;
  mutable Mutex mutex_;
  mutable Condition changed_;
  std::map<std::string, Script> scripts_ GUARDED_BY(mutex_);
  std::map<AttemptId, model::StartAttempt> live_ GUARDED_BY(mutex_);
  std::map<AttemptId, bool> stubborn_ GUARDED_BY(mutex_);
  std::vector<model::StartAttempt> started_ GUARDED_BY(mutex_);
  std::vector<model::StopAttempt> stopped_ GUARDED_BY(mutex_);
  std::vector<AttemptId> acknowledged_ GUARDED_BY(mutex_);
  std::vector<RunNo> closed_ GUARDED_BY(mutex_);
};

}  // namespace gantry::testing
