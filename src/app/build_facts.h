// Which program this is. Nothing in it differs between two builds of the same commit.
#pragma once

#include <string_view>

namespace gantry::app {

struct BuildFacts {
  std::string_view commit;  // 12 digits, "-modified" behind it; "unknown" outside a checkout
  std::string_view date;    // of the commit, or SOURCE_DATE_EPOCH: YYYY-MM-DD in UTC, or "unknown"
  std::string_view type;    // of CMake: RelWithDebInfo, Debug
  std::string_view compiler;  // with its version
};

extern const BuildFacts kBuildFacts;

}  // namespace gantry::app
