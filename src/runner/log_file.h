// The file of a log, read in chunks of whole lines, also while it grows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace gantry::runner {

// A line's number and where it begins in the file, in bytes. Keep it to go on reading: what is
// appended comes then.
struct LogPlace {
  std::int64_t line = 1;
  std::int64_t offset = 0;
  bool operator==(const LogPlace&) const = default;
};

// What tells one state of a file from another.
struct LogState {
  std::int64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const LogState&) const = default;
};

// Lines of the file from some offset on.
struct LogChunk {
  std::string lines;         // whole, each with its line end
  std::int64_t bytes = 0;    // how much of the file they are; 0: no whole line is there (yet)
  bool end_of_file = false;  // nothing that is whole follows
};

// An invalid descriptor if there is no log (yet).
Result<Fd> open_log(const std::string& path);
Result<LogState> log_state(int fd);
// The bytes at `offset`, at most `size`; fewer only at the end.
Result<std::string> read_log_bytes(int fd, std::int64_t offset, std::size_t size);

// About `size` bytes of lines. A line that is still being written does not count; of a log that is
// `finished` nothing is still being written, so the rest without a line end is its last line. A
// line longer than the shim ever writes (damage) is cut, and says how much is not shown.
Result<LogChunk> read_log_chunk(int fd, std::int64_t offset, std::size_t size, bool finished);

std::int64_t count_line_ends(std::string_view text);

}  // namespace gantry::runner
