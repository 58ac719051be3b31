// Where the lines of an attempt's log come from.
#pragma once

#include <functional>
#include <string>

#include "model/change.h"
#include "runner/log_reader.h"

namespace gantry::api {

// At most `lines_max` lines from line `from` on (1, 2, 3 ...; beyond the end: none). The page's
// next.line is where the next one begins. A log that does not exist (yet) is an empty page. Any
// thread; blocks on the disk.
using ReadLog = std::function<Result<runner::LogPage>(
    const model::AttemptRow&, const std::string& task, std::int64_t from, std::size_t lines_max)>;

// The files below data_dir/logs. Remembers where the last pages ended, so that reading a log page
// by page costs no more than reading it once.
ReadLog read_log_files(std::string data_dir);

}  // namespace gantry::api
