// RunWatch: tells who waits for the end of a run that it has come. The engine feeds it the changes
// of every commit; a watch that began before that commit is called, exactly once.
//
// To wait without losing the end: watch first, then look into the store. Either the store shows
// the end already, or its commit is still to come and calls the watch.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>

#include "base/ids.h"
#include "base/mutex.h"
#include "model/change.h"

namespace gantry::api {

class RunWatch {
 public:
  using OnClosed = std::function<void()>;
  struct Ticket {
    RunNo run;
    std::uint64_t no = 0;
  };

  Ticket watch(RunNo run, OnClosed on_closed);  // any thread
  void forget(const Ticket& ticket);            // any thread; nothing if it was called already

  // engine::Options::on_commit. Calls the watches of the runs that were closed, on this thread,
  // so they must not block.
  void on_commit(std::span<const model::Change> changes);

  std::size_t size() const;

 private:
  mutable Mutex mutex_;
  std::map<RunNo, std::map<std::uint64_t, OnClosed>> watches_ GUARDED_BY(mutex_);
  std::uint64_t last_no_ GUARDED_BY(mutex_) = 0;
};

}  // namespace gantry::api
