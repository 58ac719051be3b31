// Reading and deciding attempt files from the server's side: docs/format/attempt.md. What is
// decided here is written into the file under its lock, so it stays decided.
#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "shim/protocol.h"

namespace gantry::runner {

enum class Fate {
  Absent,  // nobody has claimed it (only if not asked to claim it)
  Alive,   // its shim holds the lock
  Ended,   // there is a record (also Void and Lost)
  Lost,    // the shim is gone without a record
};

struct AttemptFate {
  Fate fate = Fate::Absent;
  std::optional<shim::ExitRecord> record;     // of Ended
  std::optional<shim::AttemptHeader> header;  // if there is one
};

struct FateOptions {
  // Make the file if it is absent, so that the attempt will never be executed.
  bool claim = false;
  // The attempt was started since the machine booted. If not, a file that is absent or empty says
  // nothing: it may have been lost with the power. Then the record is Lost instead of Void.
  bool same_boot = true;
};

// Fails if the disk can not be read or written now: ask again later.
Result<AttemptFate> find_fate(const std::string& path, AttemptId id, FateOptions options);

// The record in the file, whoever holds the lock.
Result<std::optional<shim::ExitRecord>> read_record(const std::string& path);

// The file of an attempt below the directory of all attempts.
std::string attempt_path(const std::string& attempts_dir, RunNo run, AttemptId id);

}  // namespace gantry::runner
