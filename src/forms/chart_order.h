// The edges of a chart as they bind tasks: each between two of one level, without cycles, and apart
// from them those that lead back from an approval.
#pragma once

#include <functional>
#include <vector>

#include "forms/chart.h"

namespace gantry::forms {

struct FlowEdge {
  NodeIndex from = 0;
  NodeIndex to = 0;
  std::uint32_t drawn = 0;  // of Chart::edges
};

struct ChartOrder {
  std::vector<FlowEdge> edges;     // as drawn
  std::vector<FlowEdge> back;      // from approvals
  std::vector<NodeIndex> forward;  // every node, before those that follow it
};

// Nothing if the subgraphs can not be told apart. Cycles are reported, at the edge that closes one.
std::optional<ChartOrder> order_of(const Chart& chart,
                                   const std::function<bool(NodeIndex)>& is_approval,
                                   Diagnostics& problems);

}  // namespace gantry::forms
