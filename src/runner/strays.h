// Processes that are left of attempts whose shim was killed. Each process of a task inherits the
// environment variable kMarkerName with a value that no other attempt of this machine has.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"

namespace gantry::runner {

inline constexpr const char* kMarkerName = "GANTRY_ATTEMPT_ID";

// The identity of a data directory, so that two servers do not take each other's tasks for theirs.
std::string data_identity(const std::string& data_dir);
std::string marker_value(AttemptId id, const std::string& identity);

// One walk over all processes: SIGKILL to those that carry one of the marker values. Tells of each
// value whether a process was found; to be repeated until there is none.
std::vector<bool> kill_strays(const std::vector<std::string>& values);

}  // namespace gantry::runner
