// Stack: store, runner and engine wired together, as `serve` and `run` both need them. Made and
// ended on the main thread; members are declared in the order in which they depend on each other.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/versions.h"
#include "base/clock.h"
#include "base/workers.h"
#include "engine/blame.h"
#include "engine/engine.h"
#include "net/loop.h"
#include "runner/local_runner.h"
#include "store/sqlite_store.h"
#include "store/store_lock.h"

namespace gantry::app {

struct StackOptions {
  std::string data;     // the folder all is written to; exists
  std::string secrets;  // the folder secrets are read from
  core::Limits limits;
  std::function<model::Calendars()> calendars;              // any thread; none: there are none
  std::function<model::SurroundingsLoaded()> surroundings;  // of expressions; the same
  std::string public_url;  // for the links that tasks are given; empty: none are
  int reader_threads = 4;
  bool tasks_end_with_us = false;                                                 // `gantry run`
  std::function<void(std::span<const model::Change>, Position first)> on_commit;  // engine::Options
  std::function<void(Position last)> on_recovered;                                // too
};

class Stack {
  struct Key {};

 public:
  Stack(Key, StackOptions options, store::StoreLock lock,
        std::unique_ptr<store::SqliteStore> store);  // only open() has a Key
  static Result<std::unique_ptr<Stack>> open(StackOptions options);
  ~Stack();

  // Recovers, then starts the engine thread. The loop must run (or be about to) for reports.
  Status start();
  void stop();  // engine, workers; tasks run on unless they end with us

  engine::Engine& engine() { return *engine_; }
  store::Store& store() { return *store_; }  // for jobs on the engine thread
  net::Loop& loop() { return loop_; }
  Workers& workers() { return workers_; }
  const Clock& clock() const { return clock_; }
  Result<std::unique_ptr<store::Reader>> new_reader() { return store_->new_reader(); }

 private:
  Status open_runner();
  Status close_left_runs();

  const StackOptions options_;
  SystemClock clock_;
  store::StoreLock lock_;
  std::unique_ptr<store::SqliteStore> store_;
  net::Loop loop_;
  Workers workers_;
  StoredVersions versions_;
  std::unique_ptr<engine::Blame> blame_;
  std::unique_ptr<runner::LocalRunner> runner_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace gantry::app
