#include "runner/log_line.h"

#include <fmt/format.h>

namespace gantry::runner {

std::string_view name_of(LogStream stream) {
  switch (stream) {
    case LogStream::Stdout: return "stdout";
    case LogStream::Stderr: return "stderr";
    case LogStream::System: return "system";
  }
  return "";
}

std::optional<LogStream> log_stream_named(std::string_view name) {
  for (const LogStream stream : {LogStream::Stdout, LogStream::Stderr, LogStream::System})
    if (name == name_of(stream)) return stream;
  return std::nullopt;
}

LogLine parse_log_line(std::string_view line, std::int64_t number) {
  LogLine out;
  out.number = number;
  const bool stamped = has_log_stamp(line);
  const auto at = parse_instant(stamped ? log_stamp(line) : std::string_view());
  if (!at.ok()) {
    out.stream = LogStream::System;
    out.text = line;
    return out;
  }
  out.at = *at;
  out.stream = log_stream_named(line.substr(kLogStampBytes + 1, 6)).value_or(LogStream::System);
  out.part = line[kLogLineHeadBytes - 2] == 'P';
  out.text = line.substr(kLogLineHeadBytes);
  return out;
}

std::string format_log_line(const LogLine& line) {
  return fmt::format("{} {} {} {}\n", format_instant(line.at), name_of(line.stream),
                     line.part ? 'P' : 'F', line.text);
}

}  // namespace gantry::runner
