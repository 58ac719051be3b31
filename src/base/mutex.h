// A mutex that clang's -Wthread-safety understands. Mark members GUARDED_BY(mutex_).
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define GANTRY_TS(x) __attribute__((x))
#else
#define GANTRY_TS(x)
#endif
#define GUARDED_BY(m) GANTRY_TS(guarded_by(m))
#define REQUIRES(m) GANTRY_TS(requires_capability(m))

namespace gantry {

class GANTRY_TS(capability("mutex")) Mutex {
 public:
  void lock() GANTRY_TS(acquire_capability()) { mutex_.lock(); }
  void unlock() GANTRY_TS(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class GANTRY_TS(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& m) GANTRY_TS(acquire_capability(m)) : mutex_(m) { mutex_.lock(); }
  ~MutexLock() GANTRY_TS(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

using Condition = std::condition_variable_any;  // wait(mutex) on a Mutex held by the caller

}  // namespace gantry
