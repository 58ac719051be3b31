// Where the lines of an attempt's log come from: its file, by the index of its lines.
#pragma once

#include <functional>
#include <string>

#include "model/change.h"
#include "runner/log_indexes.h"
#include "runner/log_reader.h"

namespace gantry::api {

using LogPathOf = std::function<std::string(const model::AttemptRow&, const std::string& task)>;
LogPathOf log_paths(std::string data_dir);

// Any thread; blocks on the disk. A log that does not exist (yet) is empty. What the query says of
// `finished` is decided here, by the attempt.
class LogSource {
 public:
  explicit LogSource(LogPathOf path_of) : path_of_(std::move(path_of)) {}

  struct Log {
    const model::AttemptRow& attempt;
    const std::string& task;
  };
  Result<runner::LogPage> read(const Log& log, runner::LogQuery query);
  Result<runner::LogPage> read_back(const Log& log, runner::LogQuery query);
  // From a place that an earlier page or find() gave; costs no index.
  Result<runner::LogPage> read_on(const Log& log, const runner::LogPlace& place,
                                  runner::LogQuery query);
  // A place at or before line `from` and before all lines since `since`.
  Result<runner::LogPlace> find(const Log& log, const runner::LogQuery& query);
  Result<runner::LogPlace> end(const Log& log);  // behind the last whole line

 private:
  Result<std::shared_ptr<const runner::LogIndex>> index(const Log& log);

  const LogPathOf path_of_;
  runner::LogIndexes indexes_;
};

}  // namespace gantry::api
