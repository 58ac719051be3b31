// Where the lines of a log begin: sparse, so that it stays small for a log of any size, and made
// from the lines themselves, so that it can always be thrown away.
//
// An index is of one state of a growing file and is not altered: extended() makes the next one. It
// is never believed unseen: a file that is shorter than what was indexed, or that has another line
// where the last one was, is indexed anew.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "runner/log_file.h"

namespace gantry::runner {

struct LogMark {
  LogPlace place;
  Instant latest;  // the largest stamp of all lines before it
};

class LogIndex {
 public:
  // The index of what the file holds now. Blocks on the disk: reads what `known` does not cover.
  static Result<std::shared_ptr<const LogIndex>> extended(std::shared_ptr<const LogIndex> known,
                                                          int fd);

  // The form of the file beside a finished log (docs/format/log.md).
  std::string encode() const;
  // Null if it is torn, of another version, or of another state of the log.
  static std::shared_ptr<const LogIndex> decode(std::string_view bytes, int fd);

  const LogPlace& end() const { return end_; }         // behind the last whole line
  const LogState& state() const { return state_; }     // of the file when it was read
  LogPlace mark_of_line(std::int64_t line) const;      // the last mark at or before it
  LogPlace mark_of_offset(std::int64_t offset) const;  // the same
  LogPlace mark_of_time(Instant since) const;          // every line before it is older
  // The later one of the marks of a line and of a time.
  LogPlace place_for(std::int64_t line, const std::optional<Instant>& since) const;
  LogPlace marks_before(LogPlace place, std::size_t count) const;  // so many marks further up
  std::size_t size_bytes() const { return sizeof(LogIndex) + marks_.size() * sizeof(LogMark); }

 private:
  Status read_on(int fd);
  void add_line(std::string_view line);
  Result<bool> still_holds(int fd, const LogState& now) const;
  Status remember_last_line(int fd);

  std::vector<LogMark> marks_;
  LogPlace end_;
  LogState state_;
  std::string latest_;  // stamp; compares as the times do
  std::int64_t last_line_offset_ = 0;
  std::string last_line_;  // its first bytes
};

}  // namespace gantry::runner
