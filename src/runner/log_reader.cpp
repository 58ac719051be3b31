#include "runner/log_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/fd.h"
#include "base/files.h"

namespace gantry::runner {

namespace {

constexpr std::size_t kChunkBytes = 256u << 10;
constexpr std::size_t kStampBytes = 27;               // "2026-11-22T10:00:00.000000Z"
constexpr std::size_t kHeadBytes = kStampBytes + 10;  // " stdout F "

// No descriptor if there is no log yet.
Result<Fd> open_log(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid() && errno != ENOENT && errno != ENOTDIR) return errno_error("cannot open " + path);
  return fd;
}

// The bytes at `offset`, at most `size`; fewer only at the end.
Result<std::string> read_at(int fd, std::int64_t offset, std::size_t size) {
  std::string out(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(fd, out.data() + done, size - done,
                              static_cast<off_t>(offset) + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("cannot read the log");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  out.resize(done);
  return out;
}

LogStream stream_of(std::string_view name) {
  if (name == "stderr") return LogStream::Stderr;
  return name == "stdout" ? LogStream::Stdout : LogStream::System;
}

// What is not a line of ours (a file that was damaged) is shown as it is.
LogLine parse_line(std::string_view line, std::int64_t number) {
  LogLine out;
  out.number = number;
  const auto at = parse_instant(line.substr(0, std::min(line.size(), kStampBytes)));
  if (line.size() < kHeadBytes || !at.ok()) {
    out.stream = LogStream::System;
    out.text = line;
    return out;
  }
  out.at = *at;
  out.stream = stream_of(line.substr(kStampBytes + 1, 6));
  out.part = line[kHeadBytes - 2] == 'P';
  out.text = line.substr(kHeadBytes);
  return out;
}

// Moves `place` behind the lines in `bytes`, at most to line `number`.
void skip_lines(std::string_view bytes, std::int64_t number, LogPlace& place) {
  std::size_t at = 0;
  while (place.line < number) {
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos) break;
    ++place.line;
    at = end + 1;
  }
  place.offset += static_cast<std::int64_t>(at);
}

}  // namespace

std::string_view name_of(LogStream stream) {
  switch (stream) {
    case LogStream::Stdout: return "stdout";
    case LogStream::Stderr: return "stderr";
    case LogStream::System: return "system";
  }
  return "";
}

Result<LogPage> read_log(const std::string& path, LogPlace from, std::size_t lines_max) {
  LogPage page;
  page.next = from;
  TRY(const Fd fd, open_log(path));
  if (!fd.valid()) return page;
  TRY(const std::string bytes, read_at(fd.get(), from.offset, limits::kLogPageBytes));
  std::string_view rest = bytes;
  while (page.lines.size() < lines_max) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    page.lines.push_back(parse_line(rest.substr(0, end), page.next.line++));
    page.next.offset += static_cast<std::int64_t>(end) + 1;
    rest.remove_prefix(end + 1);
  }
  if (page.lines.empty() && bytes.size() == limits::kLogPageBytes) {  // not ours, but get on
    page.lines.push_back(parse_line(bytes, page.next.line));
    page.next.offset += static_cast<std::int64_t>(bytes.size());
    rest = {};
  }
  page.at_end = bytes.size() < limits::kLogPageBytes && rest.find('\n') == std::string_view::npos;
  return page;
}

Result<LogPlace> find_log_line(const std::string& path, std::int64_t number) {
  LogPlace place;
  TRY(const Fd fd, open_log(path));
  if (!fd.valid()) return place;
  while (place.line < number) {
    TRY(const std::string bytes, read_at(fd.get(), place.offset, kChunkBytes));
    const LogPlace before = place;
    skip_lines(bytes, number, place);
    if (place.offset == before.offset) break;  // no whole line is left
  }
  return place;
}

Result<LogPage> tail_log(const std::string& path, std::size_t lines_max) {
  TRY(const LogPlace end, find_log_line(path, std::numeric_limits<std::int64_t>::max()));
  const auto first = std::max<std::int64_t>(1, end.line - static_cast<std::int64_t>(lines_max));
  TRY(const LogPlace from, find_log_line(path, first));
  return read_log(path, from, lines_max);
}

}  // namespace gantry::runner
