// From a chart and its front matter to the tree that YAML would give: nodes are tasks, edges are
// `needs`, decisions are `switch`, subgraphs are groups. The rules: docs/format/flowchart.md.
#pragma once

#include "forms/chart.h"
#include "spec/yaml_tree.h"

namespace gantry::forms {

// `front`: the front matter, a map of `tree`. Nothing: errors were reported.
std::optional<spec::NodeId> meaning_of(const Chart& chart, std::optional<spec::NodeId> front,
                                       spec::Tree& tree, Diagnostics& problems);

}  // namespace gantry::forms
