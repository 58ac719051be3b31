// The log of one attempt: lines in the format of docs/format/log.md. The file is made when the
// first line is written. The first head_bytes are kept, and of what follows the last tail_bytes,
// with a line between them that says how much was dropped. What the disk does not take is dropped
// and counted: the task is never held up by its log. Memory: at most tail_bytes + some 300 KiB.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::shim {

struct LogCaps {
  std::size_t head_bytes = 0;
  std::size_t tail_bytes = 0;
  std::size_t line_bytes = 0;  // longer lines are stored in parts
};

enum class Stream : std::uint8_t { Out = 0, Err = 1 };

class TaskLog {
 public:
  TaskLog(std::string path, LogCaps caps);
  ~TaskLog();
  TaskLog(const TaskLog&) = delete;
  TaskLog& operator=(const TaskLog&) = delete;

  // `bytes` arrived at `wall`. Lines are kept in memory until flush() or until there are many.
  void append(Stream stream, std::string_view bytes, std::int64_t wall);
  bool wants_flush() const { return !buffer_.empty(); }
  void flush();
  void close(std::int64_t wall);  // the ends of unfinished lines, then the tail

  std::int64_t bytes() const { return file_bytes_; }       // in the file
  std::int64_t dropped_bytes() const { return dropped_; }  // lines (with stamps) that are not

 private:
  void add_line(std::string_view head, std::string_view text);
  void keep_in_tail(std::string_view bytes);
  void write_tail(std::int64_t wall);
  void add_notice(std::int64_t wall, std::string_view text);
  bool write_out(std::string_view bytes);
  void cut_torn_line(std::string_view written);

  std::string path_;
  LogCaps caps_;
  int fd_ = -1;
  std::string partial_[2];  // an unfinished line per stream, shorter than line_bytes
  std::string buffer_;
  std::int64_t head_used_ = 0;
  std::int64_t file_bytes_ = 0;
  std::int64_t dropped_ = 0;
  std::int64_t unreported_ = 0;  // dropped by the disk since the last notice
  bool full_ = false;            // the head is: lines go to the tail
  std::vector<char> tail_;       // a ring
  std::size_t tail_at_ = 0;
  std::int64_t tail_seen_ = 0;  // bytes that went into the ring
};

}  // namespace gantry::shim
