// Reads the logs that shims write (docs/format/log.md), also while they grow. A log that is not
// there is empty: a task without output has none.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runner/log_index.h"
#include "runner/log_line.h"
#include "runner/log_pattern.h"

namespace gantry::runner {

struct LogFilter {
  std::optional<Instant> since;  // this or later
  std::optional<LogStream> stream;
  std::shared_ptr<const LogPattern> pattern;

  bool takes_all() const { return !since && !stream && !pattern; }
  bool takes(const LogLine& line) const;
};

struct LogQuery {
  static constexpr std::int64_t kNoLine = std::numeric_limits<std::int64_t>::max();

  std::int64_t from = 1;          // the first line
  std::int64_t before = kNoLine;  // only lines before this one
  std::size_t lines_max = 0;
  LogFilter filter = {};
  bool finished = false;  // nothing will be appended
  // Asked now and then: true ends the reading where it is. Bounds the time of a search.
  std::function<bool()> stop = [] { return false; };
};

struct LogPage {
  std::vector<LogLine> lines;
  LogPlace next;              // what was not looked at begins here
  std::int64_t previous = 1;  // what was not looked at ends before this line; 1: nothing is left
  bool at_end = true;         // there was nothing after `next` when it was read
};

// The first lines from a place on that match, at most about limits::kLogPageBytes of them. `index`
// makes numbering faster and may be null.
Result<LogPage> read_log(const std::string& path, LogPlace place, const LogQuery& query,
                         const LogIndex* index = nullptr);
// The same from line query.from on.
Result<LogPage> read_log(const std::string& path, const LogIndex& index, const LogQuery& query);

// The last lines before query.before that match, in their order.
Result<LogPage> read_log_back(const std::string& path, const LogIndex& index,
                              const LogQuery& query);

// The last lines of a log that nobody writes any more, for those who look once.
Result<LogPage> tail_log(const std::string& path, std::size_t lines_max);

}  // namespace gantry::runner
