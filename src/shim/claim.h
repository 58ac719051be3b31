// The attempt file of this shim: claim, lock and exit record in one (docs/format/attempt.md).
#pragma once

#include <string>

#include "shim/protocol.h"

namespace gantry::shim {

class Claim {
 public:
  Claim() = default;
  ~Claim() { release(); }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  // True if this process, and no other ever, may execute the attempt: it made the file, holds its
  // lock and has written the header.
  bool take(const StartRequest& request);

  // Appends the record; false if the disk does not take it now (nothing is left of it then).
  bool record(const ExitRecord& record);

  void release();  // the lock: from now on recovery may read the record

 private:
  bool append(std::string_view payload);

  int fd_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace gantry::shim
