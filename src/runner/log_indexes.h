// The indexes of the logs that were looked at last, within a budget of memory. That of a finished,
// large log is kept beside it, so that it is made once.
//
// Any thread; blocks on the disk, never on another caller's reading.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "runner/log_index.h"
#include "runner/log_limits.h"

namespace gantry::runner {

class LogIndexes {
 public:
  explicit LogIndexes(std::size_t bytes_max = limits::kLogIndexCacheBytes)
      : bytes_max_(bytes_max) {}

  // Of what the log holds now; null if there is no log. `finished`: nothing will be appended.
  Result<std::shared_ptr<const LogIndex>> get(const std::string& path, bool finished);

  std::size_t size_bytes() const;

 private:
  using Used = std::list<std::string>;  // paths, the last used first
  struct Entry {
    std::shared_ptr<const LogIndex> index;
    Used::iterator used;
  };
  std::shared_ptr<const LogIndex> find(const std::string& path) const;
  void keep(const std::string& path, std::shared_ptr<const LogIndex> index);

  const std::size_t bytes_max_;
  mutable Mutex mutex_;
  std::map<std::string, Entry> entries_ GUARDED_BY(mutex_);
  Used used_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
};

// "a.1.1.log" -> "a.1.1.log.index".
std::string log_index_path(const std::string& log_path);

}  // namespace gantry::runner
