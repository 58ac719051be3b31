// Fuse: kills a server between two of its calls to the outside world. Every commit, command and
// answer passes the fuse; the n-th is the last one (or the first that does not happen), and
// whatever the dead server still tries has no effect. So each boundary can be hit, one by one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runner/runner.h"
#include "store/memory_store.h"

namespace gantry::testing {

class Fuse {
 public:
  // The n-th call from now (1 = the next) is the end: it still happens if `after`.
  void arm(std::int64_t nth, bool after) {
    left_ = nth;
    after_ = after;
  }
  void renew() {
    left_ = 0;
    dead_ = false;
  }
  bool armed() const { return left_ > 0; }
  bool dead() const { return dead_; }
  std::int64_t calls() const { return calls_; }

  // Before a call: false if it must not happen. After it: leave().
  bool enter() {
    if (dead_) return false;
    ++calls_;
    if (left_ == 0 || --left_ > 0) return true;
    dead_ = true;
    return after_;
  }

 private:
  std::int64_t left_ = 0;
  std::int64_t calls_ = 0;
  bool after_ = false;
  bool dead_ = false;
};

// What a server sees of the store. `on_durable` is told of every batch that has become durable,
// whether the server learns of it or not.
class FusedStore : public store::Store {
 public:
  FusedStore(Fuse& fuse, store::MemoryStore& store) : fuse_(fuse), store_(store) {}
  std::function<void(const store::Batch&)> on_durable;

  Result<store::Epoch> open_epoch() override {
    if (!fuse_.enter()) return dead();
    return store_.open_epoch();
  }
  Result<store::Recovery> load(const store::FoldChange& fold) override {
    if (!fuse_.enter()) return dead();
    return store_.load(fold);
  }
  Status commit(const store::Batch& batch) override {
    if (!fuse_.enter()) return dead();
    const Status status = store_.commit(batch);
    const auto last =
        store_.disk()->use([](store::MemoryState& s) { return s.recovery.last_batch; });
    if (last == batch.number && on_durable) on_durable(batch);
    if (fuse_.dead()) return dead();
    return status;
  }
  Result<std::int64_t> last_batch() override { return store_.last_batch(); }
  Result<bool> tidy() override {
    if (fuse_.dead()) return dead();
    return store_.tidy();
  }
  Result<store::RetentionStep> retain(const store::RetentionCut& cut) override {
    if (fuse_.dead()) return dead();
    return store_.retain(cut);
  }
  Status raise_incarnation() override { return store_.raise_incarnation(); }
  Result<std::unique_ptr<store::Reader>> new_reader() override {
    ++readers_;
    return store_.new_reader();
  }
  std::int64_t readers() const { return readers_; }  // ever made

 private:
  static Error dead() { return error(Code::Unavailable, "the server is dead"); }
  Fuse& fuse_;
  store::MemoryStore& store_;
  std::int64_t readers_ = 0;
};

// What a server sees of the runner.
class FusedRunner : public runner::Runner {
 public:
  FusedRunner(Fuse& fuse, runner::Runner& runner) : fuse_(fuse), runner_(runner) {}

  void start(const model::StartAttempt& command) override {
    if (fuse_.enter()) runner_.start(command);
  }
  void stop(const model::StopAttempt& command) override {
    if (fuse_.enter()) runner_.stop(command);
  }
  void recover(const std::vector<model::AttemptRow>& running) override {
    for (const model::AttemptRow& row : running)
      if (fuse_.enter()) runner_.recover({row});
  }
  void acknowledge(AttemptId id, RunNo run) override {
    if (fuse_.enter()) runner_.acknowledge(id, run);
  }
  void close_run(RunNo run) override {
    if (fuse_.enter()) runner_.close_run(run);
  }

 private:
  Fuse& fuse_;
  runner::Runner& runner_;
};

}  // namespace gantry::testing
