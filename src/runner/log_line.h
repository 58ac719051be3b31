// One line of a log as it stands in the file (docs/format/log.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace gantry::runner {

enum class LogStream : std::uint8_t { Stdout, Stderr, System };  // System: said by Gantry
std::string_view name_of(LogStream stream);
std::optional<LogStream> log_stream_named(std::string_view name);

inline constexpr std::size_t kLogStampBytes = 27;  // "2026-11-22T10:00:00.000000Z"
inline constexpr std::size_t kLogLineHeadBytes = kLogStampBytes + 10;  // " stdout F "

struct LogLine {
  std::int64_t number = 0;  // 1, 2, 3 ...: of the lines in the file
  Instant at;
  LogStream stream = LogStream::Stdout;
  bool part = false;  // the line goes on in the next one of the stream, or had no end
  std::string text;   // as the task wrote it: repair_utf8() it before it is shown
};

// `line` is without its line end. What is not a line of ours (a file that was damaged) is a line
// of Gantry at the time 0, with all of its text.
LogLine parse_log_line(std::string_view line, std::int64_t number);
std::string format_log_line(const LogLine& line);  // with its line end

// Whether it has the form of a line of ours, and its stamp: stamps compare as the times do.
inline bool has_log_stamp(std::string_view line) {
  return line.size() >= kLogLineHeadBytes && line[kLogStampBytes - 1] == 'Z' &&
         line[kLogStampBytes] == ' ';
}
inline std::string_view log_stamp(std::string_view line) { return line.substr(0, kLogStampBytes); }

}  // namespace gantry::runner
