// The decisions of a chart: which arm each of their edges belongs to, and the `switch` they become.
#pragma once

#include <string>
#include <vector>

#include "forms/chart_order.h"
#include "forms/exclusive.h"
#include "forms/growth.h"

namespace gantry::forms {

// What the front matter says of a node; each may be missing.
struct FrontTask {
  std::optional<spec::NodeId> map;
  std::optional<spec::NodeId> cases;
  std::optional<spec::NodeId> approval;
  bool has_switch = false;
};

struct Decision {
  struct Arm {
    std::string label;
    SourcePlace place;
    std::optional<spec::NodeId> when;  // nothing: otherwise, or a person chooses
    std::vector<NodeIndex> to;
  };
  NodeIndex node = 0;
  bool is_person = false;  // without cases a person chooses
  bool has_action = false;
  std::vector<Arm> arms;
};

// Of the node `node` with the edges `edges` of `order`; sets their arms.
Decision decision_of(NodeIndex node, const std::vector<std::uint32_t>& edges, const Chart& chart,
                     const ChartOrder& order, const FrontTask& front, const spec::Tree& tree,
                     Arms& arms, Diagnostics& problems);

// The value of `switch`; `names` are those of all nodes' tasks.
spec::NodeId switch_of(const Decision& decision, const std::vector<std::string>& names,
                       SourcePlace place, Growth& growth);
// The value of `todo` by which a person chooses: its outcomes are the labels.
spec::NodeId outcomes_of(const Decision& decision, SourcePlace place, Growth& growth);

bool is_action(std::string_view key);

}  // namespace gantry::forms
