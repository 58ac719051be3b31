#include "base/workers.h"

#include "base/check.h"

namespace gantry {

Workers::Workers(int threads, std::size_t queue_max) : queue_max_(queue_max) {
  CHECK(threads > 0);
  threads_.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() { stop(); }

bool Workers::post(Job job) {
  const MutexLock lock(mutex_);
  if (stopping_ || jobs_.size() >= queue_max_) return false;
  jobs_.push_back(std::move(job));
  changed_.notify_one();
  return true;
}

void Workers::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

std::size_t Workers::waiting() const {
  const MutexLock lock(mutex_);
  return jobs_.size();
}

void Workers::work() {
  for (;;) {
    Job job;
    {
      const MutexLock lock(mutex_);
      changed_.wait(mutex_, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace gantry
