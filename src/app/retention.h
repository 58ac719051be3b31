// Retention: old runs, logs and workspaces go by themselves, in small steps that commits hardly
// notice. Rows go first, in the engine's thread, then the files: what a crash leaves between the
// two is found by the next sweep over the folders.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "app/stack.h"
#include "app/sweep.h"
#include "base/mutex.h"

namespace gantry::app {

// What would go, and nothing else: for a worker.
Result<api::Collected> survey(const std::string& data, store::Reader& reader,
                              const RetentionRules& rules, Instant now);

// A whole round on a store that no server uses.
Result<api::Collected> collect_offline(const std::string& data, store::SqliteStore& store,
                                       const RetentionRules& rules, Instant now);

// One round at a time: at the start, then every hour, and when somebody asks. Made before the loop
// runs, ended after engine and workers have stopped.
class Retention {
 public:
  Retention(Stack& stack, std::string data, RetentionRules rules);
  ~Retention();
  void begin();  // loop thread

  // A round that begins now, or after the one that is under way. `done` as of api::Collect.
  void collect(bool dry_run, api::OnCollected done);

  // Nothing goes while somebody holds it: a backup copies the files of the rows it has.
  std::shared_ptr<void> hold();
  int holds() const { return *holds_; }

 private:
  struct Round;
  struct Ticket;
  using RoundPtr = std::shared_ptr<Round>;

  void begin_round();
  void sweep(const RoundPtr& round);
  void step(const RoundPtr& round);
  void step_later(const RoundPtr& round, Duration pause);
  void finish_step(const RoundPtr& round, const store::RetentionStep& step);
  void end_round(const RoundPtr& round, const Status& outcome);

  Stack& stack_;
  const std::string data_;
  const RetentionRules rules_;
  std::shared_ptr<std::atomic<int>> holds_ = std::make_shared<std::atomic<int>>(0);
  Mutex mutex_;
  bool at_it_ GUARDED_BY(mutex_) = false;
  std::vector<api::OnCollected> waiting_ GUARDED_BY(mutex_);  // for the next round
  net::Handle hourly_, soon_;                                 // of the loop thread
};

}  // namespace gantry::app
