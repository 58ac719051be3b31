// Reads the logs that shims write (docs/format/log.md), also while they grow. A log that is not
// there is empty: a task without output has none. Text is as the task wrote it: repair_utf8() it
// before it is shown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"

namespace gantry::runner {

enum class LogStream : std::uint8_t { Stdout, Stderr, System };  // System: said by Gantry
std::string_view name_of(LogStream stream);

struct LogLine {
  std::int64_t number = 0;  // 1, 2, 3 ...
  Instant at;
  LogStream stream = LogStream::Stdout;
  bool part = false;  // the line goes on in the next one of the stream, or had no end
  std::string text;
};

// Where reading goes on. Keep it to follow a log: what is appended comes with the next page.
struct LogPlace {
  std::int64_t line = 1;
  std::int64_t offset = 0;  // of that line in the file, in bytes
};

struct LogPage {
  std::vector<LogLine> lines;
  LogPlace next;
  bool at_end = true;  // there was nothing more when it was read
};

// At most lines_max lines and about limits::kLogPageBytes from `from` on. A line that is still
// being written comes with a later page.
Result<LogPage> read_log(const std::string& path, LogPlace from, std::size_t lines_max);

// The place of a line by its number; beyond the end: the end.
Result<LogPlace> find_log_line(const std::string& path, std::int64_t number);

// The last lines.
Result<LogPage> tail_log(const std::string& path, std::size_t lines_max);

}  // namespace gantry::runner
