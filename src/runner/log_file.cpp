#include "runner/log_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "runner/log_limits.h"

namespace gantry::runner {

namespace {

constexpr std::size_t kDamagedLineBytes = 64u << 10;  // shown of a line that is none of ours

// Where the line end is at or after `offset`; the end of the file if there is none.
Result<std::int64_t> find_line_end(int fd, std::int64_t offset) {
  for (;;) {
    TRY(const std::string bytes, read_log_bytes(fd, offset, limits::kLogChunkBytes));
    const std::size_t end = bytes.find('\n');
    if (end != std::string::npos) return offset + static_cast<std::int64_t>(end);
    offset += static_cast<std::int64_t>(bytes.size());
    if (bytes.size() < limits::kLogChunkBytes) return offset;
  }
}

Result<LogChunk> read_damaged_line(int fd, std::int64_t offset, std::string begin, bool finished) {
  TRY(const std::int64_t end, find_line_end(fd, offset));
  TRY(const std::string last, read_log_bytes(fd, end, 1));
  LogChunk chunk;
  chunk.end_of_file = last.empty();
  if (last.empty() && !finished) return chunk;
  const std::size_t shown = std::min(begin.size(), kDamagedLineBytes);
  const std::int64_t hidden = end - offset - static_cast<std::int64_t>(shown);
  chunk.lines = begin.substr(0, shown) +
                fmt::format(" [{} bytes of this damaged line are not shown]\n", hidden);
  chunk.bytes = end - offset + static_cast<std::int64_t>(last.size());
  return chunk;
}

}  // namespace

Result<Fd> open_log(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid() && errno != ENOENT && errno != ENOTDIR) return errno_error("cannot open " + path);
  return fd;
}

Result<LogState> log_state(int fd) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) return errno_error("cannot look at the log");
  return LogState{found.st_size, std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 +
                                     std::int64_t{found.st_mtim.tv_nsec}};
}

Result<std::string> read_log_bytes(int fd, std::int64_t offset, std::size_t size) {
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

Result<LogChunk> read_log_chunk(int fd, std::int64_t offset, std::size_t size, bool finished) {
  LogChunk chunk;
  TRY(chunk.lines, read_log_bytes(fd, offset, size));
  chunk.end_of_file = chunk.lines.size() < size;
  const std::size_t whole = chunk.lines.rfind('\n') + 1;  // 0 if there is none
  if (chunk.end_of_file && finished && whole < chunk.lines.size()) {
    chunk.bytes = static_cast<std::int64_t>(chunk.lines.size());
    chunk.lines += '\n';
    return chunk;
  }
  if (whole == 0 && !chunk.end_of_file) {
    if (size < limits::kLogChunkBytes)
      return read_log_chunk(fd, offset, limits::kLogChunkBytes, finished);
    return read_damaged_line(fd, offset, std::move(chunk.lines), finished);
  }
  chunk.lines.resize(whole);
  chunk.bytes = static_cast<std::int64_t>(whole);
  return chunk;
}

// Eight bytes at a time: numbering the lines of a large log must not cost more than reading it.
std::int64_t count_line_ends(std::string_view text) {
  constexpr std::uint64_t kLineEnds = 0x0A0A0A0A0A0A0A0A;
  constexpr std::uint64_t kLow = 0x7F7F7F7F7F7F7F7F;
  std::int64_t count = 0;
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    word ^= kLineEnds;  // a line end is a zero byte now
    count += std::popcount(~(((word & kLow) + kLow) | word | kLow));
    text.remove_prefix(sizeof word);
  }
  for (const char c : text) count += c == '\n' ? 1 : 0;
  return count;
}

}  // namespace gantry::runner
