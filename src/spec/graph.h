// The graph of `needs`: names to indices, cycles, who comes before whom. Linear in tasks and edges,
// and iterative: a chain of 100,000 tasks is no deeper than any other.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "spec/draft.h"
#include "spec/fields.h"

namespace gantry::spec {

// Fills Task::needs. Reports names used twice, unknown, own, of the other section and of background
// tasks, and joins without needs.
void resolve_needs(const Source& source, Draft& draft);

// Reports cycles, of those that share a task one. False if there is any.
bool check_cycles(const Source& source, const Draft& draft);

struct UpstreamQuery {
  std::uint32_t task = 0;
  std::uint32_t target = 0;
};
// For each query whether `target` is needed by `task`, directly or through others. The graph must
// have no cycle.
std::vector<bool> are_upstream(const model::Workflow& workflow,
                               const std::vector<UpstreamQuery>& queries);

}  // namespace gantry::spec
