// StoreLock: whoever writes a store holds it for as long as it may write. A flock(2) on a file of
// its own: never on the database, whose locks SQLite owns. The kernel releases it with the process.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace gantry::store {

class StoreLock {
 public:
  // Creates `path` if absent. FailedPrecondition, naming the holder's pid, if it is taken.
  static Result<StoreLock> take(const std::string& path);

 private:
  explicit StoreLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace gantry::store
