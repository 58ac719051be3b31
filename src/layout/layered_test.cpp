#include "layout/layered.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/rng.h"
#include "layout/ranks.h"

namespace gantry::layout {
namespace {

Graph graph_of(std::size_t nodes, std::vector<Edge> edges) {
  Graph graph;
  graph.nodes.resize(nodes);
  graph.edges = std::move(edges);
  return graph;
}

Graph random_graph(Rng& rng, std::size_t nodes, bool with_cycles) {
  Graph graph = graph_of(nodes, {});
  for (Size& size : graph.nodes)
    size = {1 + static_cast<double>(rng.below(4)), 1 + static_cast<double>(rng.below(6))};
  for (Node to = 1; to < nodes; ++to)
    for (std::uint64_t i = rng.below(4); i > 0; --i) graph.edges.push_back({rng.below(to), to});
  if (with_cycles)
    for (int i = 0; i < 3; ++i) graph.edges.push_back({rng.below(nodes), rng.below(nodes)});
  return graph;
}

void expect_sound(const Graph& graph, const Layout& layout) {
  ASSERT_EQ(layout.nodes.size(), graph.nodes.size());
  ASSERT_EQ(layout.edges.size(), graph.edges.size());
  for (Node a = 0; a < graph.nodes.size(); ++a) {
    EXPECT_GE(layout.nodes[a].across, graph.nodes[a].across / 2 - 1e-6);
    EXPECT_LE(layout.nodes[a].across + graph.nodes[a].across / 2, layout.size.across + 1e-6);
    EXPECT_LE(layout.nodes[a].along + graph.nodes[a].along / 2, layout.size.along + 1e-6);
    for (Node b = 0; b < a; ++b) {
      if (layout.layers[a] != layout.layers[b]) continue;
      const double apart = std::abs(layout.nodes[a].across - layout.nodes[b].across);
      EXPECT_GE(apart + 1e-6,
                (graph.nodes[a].across + graph.nodes[b].across) / 2 + graph.gap_across);
    }
  }
}

TEST(Layered, AChainIsALine) {
  const Layout layout = lay_out(graph_of(4, {{0, 1}, {1, 2}, {2, 3}}));
  EXPECT_EQ(layout.layers, (std::vector<std::size_t>{0, 1, 2, 3}));
  for (const Point& node : layout.nodes) EXPECT_EQ(node.across, 0.5);
  EXPECT_EQ(layout.size.along, 7);
  EXPECT_EQ(layout.size.across, 1);
  EXPECT_EQ(layout.edges[0], (std::vector<Point>{{1, 0.5}, {2, 0.5}}));
}

TEST(Layered, NothingAndOne) {
  EXPECT_EQ(lay_out({}).nodes.size(), 0u);
  const Layout one = lay_out(graph_of(1, {{0, 0}}));
  EXPECT_EQ(one.nodes[0], (Point{0.5, 0.5}));
  EXPECT_TRUE(one.edges[0].empty()) << "an edge to itself is not drawn";
}

TEST(Layered, ALongEdgeBendsAroundWhatLiesBetween) {
  const Layout layout = lay_out(graph_of(3, {{0, 1}, {1, 2}, {0, 2}}));
  ASSERT_EQ(layout.edges[2].size(), 3u);
  EXPECT_NE(layout.edges[2][1].across, layout.nodes[1].across);
}

TEST(Layered, ACycleIsDrawnBackwards) {
  const Layout layout = lay_out(graph_of(3, {{0, 1}, {1, 2}, {2, 0}}));
  EXPECT_EQ(layout.layers, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_GT(layout.edges[2].front().along, layout.edges[2].back().along);
}

TEST(Layered, NothingOverlapsAndEdgesLeadOn) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    const bool with_cycles = seed % 3 == 0;
    const Graph graph = random_graph(rng, 1 + rng.below(60), with_cycles);
    const Layout layout = lay_out(graph);
    expect_sound(graph, layout);
    for (std::size_t i = 0; i < graph.edges.size(); ++i)
      if (!with_cycles) {
        EXPECT_LT(layout.layers[graph.edges[i].from], layout.layers[graph.edges[i].to]);
      }
    EXPECT_EQ(lay_out(graph).nodes, layout.nodes) << "the same graph, the same drawing";
  }
}

// By looking at each pair of edges.
std::uint64_t crossings_by_pairs(const Ranked& ranked) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i + 1 < ranked.layers.size(); ++i) {
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    const auto place = [&](std::size_t layer, Node node) {
      const auto& all = ranked.layers[layer];
      return static_cast<std::size_t>(std::find(all.begin(), all.end(), node) - all.begin());
    };
    for (const Node node : ranked.layers[i])
      for (const Node to : ranked.down[node]) edges.emplace_back(place(i, node), place(i + 1, to));
    for (const auto& a : edges)
      for (const auto& b : edges) count += a.first < b.first && a.second > b.second ? 1 : 0;
  }
  return count;
}

TEST(Crossings, AreCountedAndBecomeFewer) {
  std::uint64_t before = 0, after = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Rng rng(seed);
    Ranked ranked = rank(random_graph(rng, 2 + rng.below(40), false));
    EXPECT_EQ(count_crossings(ranked), crossings_by_pairs(ranked));
    const std::uint64_t now = count_crossings(ranked);
    reduce_crossings(ranked);
    EXPECT_EQ(count_crossings(ranked), crossings_by_pairs(ranked));
    EXPECT_LE(count_crossings(ranked), now);
    before += now;
    after += count_crossings(ranked);
  }
  EXPECT_LT(after * 2, before);
}

TEST(Crossings, ATreeHasNone) {
  Rng rng(5);
  std::vector<Edge> edges;
  for (Node node = 1; node < 200; ++node) edges.push_back({rng.below(node), node});
  Ranked ranked = rank(graph_of(200, edges));
  reduce_crossings(ranked);
  EXPECT_EQ(count_crossings(ranked), 0u);
}

// Each of a long chain leads to the last: the nodes on their way are bounded.
TEST(Layered, WhatIsHugeEnds) {
  constexpr std::size_t kNodes = 10'000;
  Graph graph = graph_of(kNodes, {});
  for (Node node = 0; node + 1 < kNodes; ++node) {
    graph.edges.push_back({node, node + 1});
    graph.edges.push_back({node, kNodes - 1});
  }
  const Ranked ranked = rank(graph);
  EXPECT_LT(ranked.layer.size(), 250'000u);
  EXPECT_EQ(lay_out(graph).nodes.size(), kNodes);
}

}  // namespace
}  // namespace gantry::layout
