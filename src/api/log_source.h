// Where the lines of an attempt's log come from.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/change.h"

namespace gantry::api {

struct LogLine {
  Instant at;
  std::string stream;  // "stdout", "stderr", or "gantry" for what the server says
  std::string text;    // without the line end; any bytes
};

struct LogPage {
  std::vector<LogLine> lines;
  std::int64_t next = 0;  // where the next page begins
  bool at_end = true;     // nothing more is there at the moment
};

// At most `lines_max` lines from `from`, which is 0 or the `next` of an earlier page of this
// attempt. A log that does not exist (yet) is an empty page. Any thread; blocks on the disk.
using ReadLog =
    std::function<Result<LogPage>(const model::AttemptRow&, std::int64_t from, int lines_max)>;

}  // namespace gantry::api
