// Join rules: when a task with N upstream tasks runs, from counts alone. The table is that of
// docs/format/workflow.md, "Join rules". Deciding early never changes the result, only its moment.
#pragma once

#include <cstdint>

#include "model/states.h"

namespace gantry::core {

// How many upstream tasks there are (n) and how many are settled in each way.
struct Upstream {
  std::uint32_t n = 0;
  std::uint32_t succeeded = 0;
  std::uint32_t skipped = 0;
  std::uint32_t failed = 0;  // also interrupted and cancelled
  std::uint32_t upstream_failed = 0;
  bool operator==(const Upstream&) const = default;

  std::uint32_t settled() const { return succeeded + skipped + failed + upstream_failed; }
};

enum class Decision : std::uint8_t { Wait, Run, Skip, UpstreamFailed };

Decision decide(model::JoinRule rule, const Upstream& up);

// What a settled task is to those that need it.
enum class Settled : std::uint8_t { Succeeded, Skipped, Failed, UpstreamFailed };
Settled settled_as(model::TaskState state, bool allow_failure);

}  // namespace gantry::core
