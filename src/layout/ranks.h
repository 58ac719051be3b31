// The steps of a layered drawing, on a graph that has a node in every layer that an edge passes.
#pragma once

#include <cstdint>
#include <vector>

#include "layout/layered.h"

namespace gantry::layout {

struct Ranked {
  std::vector<std::size_t> layer;          // of each node; the caller's come first
  std::vector<std::vector<Node>> layers;   // each in its order
  std::vector<std::vector<Node>> up;       // neighbours one layer before
  std::vector<std::vector<Node>> down;     // ... after
  std::vector<std::vector<Node>> through;  // of each edge: its nodes from begin to end
  std::vector<bool> is_backwards;          // of each edge
};

// Longest paths from what nothing comes before. Edges that would need too many nodes on their way
// have none: they are straight.
Ranked rank(const Graph& graph);

// Changes the order of layers.
void reduce_crossings(Ranked& ranked);
std::uint64_t count_crossings(const Ranked& ranked);

// The place of each node across.
std::vector<double> place_across(const Ranked& ranked, const Graph& graph);

}  // namespace gantry::layout
