#include "layout/layered.h"

#include <algorithm>

#include "layout/ranks.h"

namespace gantry::layout {

namespace {
// Where each layer begins; the last entry is where all end.
std::vector<double> begins_of(const Ranked& ranked, const Graph& graph) {
  std::vector<double> deepest(ranked.layers.size());
  for (Node node = 0; node < graph.nodes.size(); ++node) {
    double& deep = deepest[ranked.layer[node]];
    deep = std::max(deep, graph.nodes[node].along);
  }
  std::vector<double> begins{0};
  for (std::size_t i = 0; i < deepest.size(); ++i)
    begins.push_back(begins.back() + deepest[i] + (i + 1 < deepest.size() ? graph.gap_along : 0));
  return begins;
}

class Drawing {
 public:
  Drawing(const Graph& graph, const Ranked& ranked)
      : graph_(graph),
        ranked_(ranked),
        begins_(begins_of(ranked, graph)),
        across_(place_across(ranked, graph)) {}

  Layout draw() {
    shift_to_zero();
    out_.size.along = begins_.back();
    for (Node node = 0; node < graph_.nodes.size(); ++node) {
      out_.nodes.push_back({middle(node), across_[node]});
      out_.layers.push_back(ranked_.layer[node]);
      out_.size.across = std::max(out_.size.across, across_[node] + graph_.nodes[node].across / 2);
    }
    for (std::size_t i = 0; i < graph_.edges.size(); ++i) out_.edges.push_back(line_of(i));
    return std::move(out_);
  }

 private:
  void shift_to_zero() {
    double least = graph_.nodes.empty() ? 0 : across_[0];
    for (Node node = 0; node < across_.size(); ++node) {
      const double half = node < graph_.nodes.size() ? graph_.nodes[node].across / 2 : 0;
      least = std::min(least, across_[node] - half);
    }
    for (double& at : across_) at -= least;
    out_.size.across = 0;
    for (const double at : across_) out_.size.across = std::max(out_.size.across, at);
  }

  // Of the layer; its nodes are centred in it.
  double middle(Node node) const {
    const std::size_t layer = ranked_.layer[node];
    const double gap = layer + 1 < ranked_.layers.size() ? graph_.gap_along : 0;
    return (begins_[layer] + begins_[layer + 1] - gap) / 2;
  }

  std::vector<Point> line_of(std::size_t edge) const {
    const std::vector<Node>& through = ranked_.through[edge];
    std::vector<Point> line;
    for (const Node node : through) line.push_back({middle(node), across_[node]});
    if (line.empty()) return line;
    line.front().along += graph_.nodes[through.front()].along / 2;
    line.back().along -= graph_.nodes[through.back()].along / 2;
    if (ranked_.is_backwards[edge]) std::reverse(line.begin(), line.end());
    return line;
  }

  const Graph& graph_;
  const Ranked& ranked_;
  const std::vector<double> begins_;
  std::vector<double> across_;
  Layout out_;
};
}  // namespace

Layout lay_out(const Graph& graph) {
  if (graph.nodes.empty()) return {{}, {}, {}, {0, 0}};
  Ranked ranked = rank(graph);
  reduce_crossings(ranked);
  return Drawing(graph, ranked).draw();
}

}  // namespace gantry::layout
