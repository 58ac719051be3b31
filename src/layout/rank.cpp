#include <algorithm>

#include "layout/ranks.h"

namespace gantry::layout {

namespace {
constexpr std::size_t kBendsMax = 200'000;  // of all edges together

enum class Seen : std::uint8_t { No, OnPath, Done };

// Which edges lead back to a node on the path to them. With a stack of its own: chains are long.
std::vector<bool> find_backwards(const Graph& graph,
                                 const std::vector<std::vector<std::size_t>>& out) {
  std::vector<bool> backwards(graph.edges.size());
  std::vector<Seen> seen(graph.nodes.size(), Seen::No);
  std::vector<std::pair<Node, std::size_t>> path;
  for (Node root = 0; root < graph.nodes.size(); ++root) {
    if (seen[root] != Seen::No) continue;
    path.emplace_back(root, 0);
    seen[root] = Seen::OnPath;
    while (!path.empty()) {
      auto& [node, next] = path.back();
      if (next == out[node].size()) {
        seen[node] = Seen::Done;
        path.pop_back();
        continue;
      }
      const std::size_t edge = out[node][next++];
      const Node to = graph.edges[edge].to;
      if (seen[to] == Seen::OnPath) backwards[edge] = true;
      if (seen[to] != Seen::No) continue;
      seen[to] = Seen::OnPath;
      path.emplace_back(to, 0);
    }
  }
  return backwards;
}

Edge forwards(const Graph& graph, const Ranked& ranked, std::size_t edge) {
  const Edge& e = graph.edges[edge];
  return ranked.is_backwards[edge] ? Edge{e.to, e.from} : e;
}

bool is_drawn(const Edge& edge) { return edge.from != edge.to; }

// Kahn's order, each node after the last of those before it.
std::vector<std::size_t> longest_paths(const Graph& graph, const Ranked& ranked) {
  const std::size_t count = graph.nodes.size();
  std::vector<std::vector<Node>> after(count);
  std::vector<std::size_t> waits(count), layer(count);
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const Edge edge = forwards(graph, ranked, i);
    if (!is_drawn(edge)) continue;
    after[edge.from].push_back(edge.to);
    ++waits[edge.to];
  }
  std::vector<Node> ready;
  for (Node node = 0; node < count; ++node)
    if (waits[node] == 0) ready.push_back(node);
  for (std::size_t next = 0; next < ready.size(); ++next)
    for (const Node to : after[ready[next]]) {
      layer[to] = std::max(layer[to], layer[ready[next]] + 1);
      if (--waits[to] == 0) ready.push_back(to);
    }
  return layer;
}

Node add_node(Ranked& ranked, std::size_t layer) {
  ranked.layer.push_back(layer);
  ranked.up.emplace_back();
  ranked.down.emplace_back();
  return ranked.layer.size() - 1;
}

void add_edge(const Graph& graph, Ranked& ranked, std::size_t index, std::size_t& bends) {
  const Edge edge = forwards(graph, ranked, index);
  std::vector<Node>& through = ranked.through[index];
  if (!is_drawn(edge)) return;
  through.push_back(edge.from);
  const std::size_t span = ranked.layer[edge.to] - ranked.layer[edge.from];
  if (bends + span - 1 > kBendsMax) {
    through.push_back(edge.to);
    return;
  }
  bends += span - 1;
  for (std::size_t i = 1; i < span; ++i)
    through.push_back(add_node(ranked, ranked.layer[edge.from] + i));
  through.push_back(edge.to);
  for (std::size_t i = 1; i < through.size(); ++i) {
    ranked.down[through[i - 1]].push_back(through[i]);
    ranked.up[through[i]].push_back(through[i - 1]);
  }
}
}  // namespace

Ranked rank(const Graph& graph) {
  Ranked ranked;
  std::vector<std::vector<std::size_t>> out(graph.nodes.size());
  for (std::size_t i = 0; i < graph.edges.size(); ++i)
    if (is_drawn(graph.edges[i])) out[graph.edges[i].from].push_back(i);
  ranked.is_backwards = find_backwards(graph, out);
  ranked.layer = longest_paths(graph, ranked);
  ranked.up.resize(graph.nodes.size());
  ranked.down.resize(graph.nodes.size());
  ranked.through.resize(graph.edges.size());
  std::size_t bends = 0;
  for (std::size_t i = 0; i < graph.edges.size(); ++i) add_edge(graph, ranked, i, bends);
  for (Node node = 0; node < ranked.layer.size(); ++node) {
    if (ranked.layers.size() <= ranked.layer[node]) ranked.layers.resize(ranked.layer[node] + 1);
    ranked.layers[ranked.layer[node]].push_back(node);
  }
  return ranked;
}

}  // namespace gantry::layout
