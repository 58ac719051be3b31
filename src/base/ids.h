// Strong integer identifiers: a RunNo can not be passed where an AttemptId is wanted.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace gantry {

template <typename Tag, typename Integer = std::int64_t>
struct Id {
  Integer value = 0;
  auto operator<=>(const Id&) const = default;
};

using RunNo = Id<struct RunNoTag>;            // the number of a run, 1, 2, 3 ... in one store
using WorkflowId = Id<struct WorkflowIdTag>;  // the store's key of a workflow name
using VersionId = Id<struct VersionIdTag>;    // the store's key of a version
using Position = Id<struct PositionTag>;      // place in the global history, 1, 2, 3 ...
using BackfillId = Id<struct BackfillIdTag>;  // 1, 2, 3 ... in one store
using EventId = Id<struct EventIdTag>;        // the same
using WorkerId = Id<struct WorkerIdTag, std::int32_t>;     // the local runner is 1
using TaskIndex = Id<struct TaskIndexTag, std::uint32_t>;  // index into a version's task list

// Unique for all time: the store's incarnation (raised by a restore) in the high 20 bits, a
// counter in the low 44, so that a restored store never reuses an id that a shim still holds.
using AttemptId = Id<struct AttemptIdTag>;
constexpr int kAttemptCounterBits = 44;

constexpr WorkerId kLocalWorker{1};

}  // namespace gantry

template <typename Tag, typename Integer>
struct std::hash<gantry::Id<Tag, Integer>> {
  std::size_t operator()(gantry::Id<Tag, Integer> id) const noexcept {
    return std::hash<Integer>()(id.value);
  }
};
