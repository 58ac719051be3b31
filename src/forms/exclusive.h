// Which nodes of a chart join arms of a decision of which only one is taken.
#pragma once

#include <span>
#include <vector>

#include "forms/chart_order.h"

namespace gantry::forms {

// Of each edge of `order.edges`: the arm of its decision, or kNoArm. Of each node: how many arms.
inline constexpr std::uint32_t kNoArm = 0xFFFFFFFF;
struct Arms {
  std::vector<std::uint32_t> of_edges;
  std::vector<std::uint32_t> counts;
};

// True for nodes two of whose edges come from different arms of one decision.
std::vector<bool> joins_of_arms(const ChartOrder& order, const Arms& arms);

}  // namespace gantry::forms
