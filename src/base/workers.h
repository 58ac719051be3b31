// Workers: a fixed number of threads that take jobs from one bounded queue, oldest first: the
// "readers (N)" of ARCHITECTURE.md. For what may block: reading the store, files, rendering.
//
// A full queue refuses (the edge answers 503); nothing waits to hand a job in. Jobs must not throw.
// post() from any thread, also from a job.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace gantry {

class Workers {
 public:
  using Job = std::function<void()>;

  Workers(int threads, std::size_t queue_max);
  ~Workers();  // stop()
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // False if the queue is full or stop() was called; the job is then dropped without running.
  bool post(Job job);

  // Refuses new jobs, finishes those that wait, joins. Not from a job.
  void stop();

  int threads() const { return static_cast<int>(threads_.size()); }
  std::size_t waiting() const;  // jobs that no thread has taken yet

 private:
  void work();

  const std::size_t queue_max_;
  mutable Mutex mutex_;
  Condition changed_;
  std::deque<Job> jobs_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace gantry
