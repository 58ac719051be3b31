// What a request wants of a log: its query parameters as a query of the reader.
#pragma once

#include "api/backend.h"
#include "runner/log_reader.h"

namespace gantry::api {

struct LogAsk {
  runner::LogQuery query;
  std::int64_t tail = 0;  // the last lines only; 0: not asked for
  bool back = false;      // the lines before query.before
  bool as_text = false;   // as a file, not as objects
  bool with_stamps = false;
  bool follow = false;
};

// InvalidArgument if parameters do not go together. query.stop ends a reading that takes longer
// than limits::kLogScanTime from now on.
Result<LogAsk> log_ask(const Backend& backend, const Call& call);
// Only what selects lines by their content.
Result<runner::LogFilter> log_filter(const Call& call);
std::function<bool()> stop_after_scan_time(const Backend& backend);

}  // namespace gantry::api
