// A bounded queue from many threads to one. Full means refused: the caller answers 503 or, if it
// may wait (a runner report that is repeated until acknowledged), tries again later.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"

namespace gantry {

template <typename T>
class Inbox {
 public:
  explicit Inbox(std::size_t capacity) : capacity_(capacity) {}

  // False if full or closed.
  bool push(T item) {
    const MutexLock lock(mutex_);
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    ready_.notify_one();
    return true;
  }

  // For what must not be refused (reports of finished attempts): bounded by what is running.
  bool push_always(T item) {
    const MutexLock lock(mutex_);
    if (closed_) return false;
    items_.push_back(std::move(item));
    ready_.notify_one();
    return true;
  }

  void wake() {
    const MutexLock lock(mutex_);
    woken_ = true;
    ready_.notify_one();
  }

  // After close() pushes are refused; what is queued can still be drained.
  void close() {
    const MutexLock lock(mutex_);
    closed_ = true;
    ready_.notify_all();
  }

  // Everything that has arrived; waits at most `wait` for the first item (none: for ever). A wait
  // of more than an hour ends after an hour: the standard library can not count all Durations.
  std::vector<T> drain(std::optional<Duration> wait) {
    std::vector<T> out;
    const MutexLock lock(mutex_);
    const auto available = [this] { return !items_.empty() || closed_ || woken_; };
    if (!wait)
      ready_.wait(mutex_, available);
    else
      ready_.wait_for(mutex_, std::chrono::microseconds(std::clamp(*wait, Duration{}, hours(1)).us),
                      available);
    woken_ = false;
    out.swap(items_);
    return out;
  }

  bool closed() const {
    const MutexLock lock(mutex_);
    return closed_;
  }

 private:
  const std::size_t capacity_;
  mutable Mutex mutex_;
  Condition ready_;
  std::vector<T> items_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
  bool woken_ GUARDED_BY(mutex_) = false;
};

}  // namespace gantry
