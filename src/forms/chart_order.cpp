#include "forms/chart_order.h"

#include <algorithm>

#include "base/limits.h"
#include "forms/chart_limits.h"

namespace gantry::forms {

namespace {
// How many subgraphs each node lies in; nothing if they contain each other or too many.
std::optional<std::vector<int>> depths_of(const Chart& chart, Diagnostics& problems) {
  constexpr int kUnknown = -1;
  constexpr std::size_t kPathMax = limits::kSubgraphDepthMax + 1;
  std::vector<int> depths(chart.nodes.size(), kUnknown);
  std::vector<NodeIndex> path;
  for (NodeIndex i = 0; i < chart.nodes.size(); ++i) {
    NodeIndex at = i;
    for (; at != kNoNode && depths[at] == kUnknown && path.size() <= kPathMax;
         at = chart.nodes[at].group)
      path.push_back(at);
    const bool is_endless = at != kNoNode && depths[at] == kUnknown;
    int depth = at == kNoNode ? -1 : depths[at];
    for (; !path.empty(); path.pop_back()) depths[path.back()] = ++depth;
    if (!is_endless && depths[i] <= limits::kSubgraphDepthMax) continue;
    problems.add(spec::TooDeep, chart.nodes[i].place,
                 refuse({"'{}' lies in more than {} subgraphs, or in one that lies in itself",
                         "“{}”所在的子图超过 {} 层，或子图包含了自身"},
                        chart.nodes[i].id, limits::kSubgraphDepthMax));
    return std::nullopt;
  }
  return depths;
}

class Lifting {
 public:
  Lifting(const Chart& chart, const std::vector<int>& depths) : chart_(chart), depths_(depths) {}

  // The two that lie in the same subgraph; equal ones if one of them contains the other.
  std::pair<NodeIndex, NodeIndex> siblings(NodeIndex a, NodeIndex b) const {
    while (depths_[a] > depths_[b]) a = chart_.nodes[a].group;
    while (depths_[b] > depths_[a]) b = chart_.nodes[b].group;
    while (a != b && chart_.nodes[a].group != chart_.nodes[b].group) {
      a = chart_.nodes[a].group;
      b = chart_.nodes[b].group;
    }
    return {a, b};
  }

 private:
  const Chart& chart_;
  const std::vector<int>& depths_;
};

std::vector<FlowEdge> lifted(const Chart& chart, const std::vector<int>& depths,
                             Diagnostics& problems) {
  const Lifting lifting(chart, depths);
  std::vector<FlowEdge> edges;
  edges.reserve(chart.edges.size());
  for (std::uint32_t i = 0; i < chart.edges.size() && !problems.full(); ++i) {
    const ChartEdge& edge = chart.edges[i];
    const auto [from, to] = lifting.siblings(edge.from, edge.to);
    if (from != to) {
      edges.push_back({from, to, i});
    } else if (edge.from == edge.to) {
      problems.add(spec::NeedsSelf, edge.place,
                   refuse({"'{}' leads to itself", "“{}”指向自身"}, chart.nodes[from].id));
    } else {
      problems.add(spec::NeedsCycle, edge.place,
                   refuse({"an edge joins the subgraph '{}' with what lies in it",
                           "连线把子图“{}”与它内部的节点相连"},
                          chart.nodes[from].id));
    }
  }
  return edges;
}

// Edges by the node they begin at.
struct Outgoing {
  explicit Outgoing(std::size_t nodes, const std::vector<FlowEdge>& edges) : starts(nodes + 1) {
    for (const FlowEdge& edge : edges) ++starts[edge.from + 1];
    for (std::size_t i = 0; i < nodes; ++i) starts[i + 1] += starts[i];
    auto next = starts;
    indices.resize(edges.size());
    for (std::uint32_t i = 0; i < edges.size(); ++i) indices[next[edges[i].from]++] = i;
  }
  std::vector<std::uint32_t> starts;
  std::vector<std::uint32_t> indices;
};

// Depth first, from where nothing leads to: an edge to a node on the way here leads back.
class Walk {
 public:
  Walk(const Chart& chart, const std::vector<FlowEdge>& edges)
      : chart_(chart),
        edges_(edges),
        out_(chart.nodes.size(), edges),
        marks_(chart.nodes.size(), Mark::New),
        is_back_(edges.size(), false) {}

  void walk() {
    std::vector<bool> has_before(chart_.nodes.size(), false);
    for (const FlowEdge& edge : edges_) has_before[edge.to] = true;
    for (NodeIndex i = 0; i < chart_.nodes.size(); ++i)
      if (!has_before[i]) visit(i);
    for (NodeIndex i = 0; i < chart_.nodes.size(); ++i) visit(i);
    std::reverse(done_.begin(), done_.end());
  }
  bool is_back(std::size_t edge) const { return is_back_[edge]; }
  std::vector<NodeIndex> forward() && { return std::move(done_); }

 private:
  enum class Mark : std::uint8_t { New, OnTheWay, Done };
  struct Step {
    NodeIndex node;
    std::uint32_t next;  // of out_.indices
  };

  void visit(NodeIndex first) {
    if (marks_[first] != Mark::New) return;
    enter(first);
    while (!way_.empty()) {
      Step& step = way_.back();
      if (step.next == out_.starts[step.node + 1]) {
        marks_[step.node] = Mark::Done;
        done_.push_back(step.node);
        way_.pop_back();
        continue;
      }
      const std::uint32_t edge = out_.indices[step.next++];
      const NodeIndex to = edges_[edge].to;
      if (marks_[to] == Mark::OnTheWay) is_back_[edge] = true;
      if (marks_[to] == Mark::New) enter(to);
    }
  }
  void enter(NodeIndex node) {
    marks_[node] = Mark::OnTheWay;
    way_.push_back({node, out_.starts[node]});
  }

  const Chart& chart_;
  const std::vector<FlowEdge>& edges_;
  const Outgoing out_;
  std::vector<Mark> marks_;
  std::vector<bool> is_back_;
  std::vector<Step> way_;
  std::vector<NodeIndex> done_;
};
}  // namespace

std::optional<ChartOrder> order_of(const Chart& chart,
                                   const std::function<bool(NodeIndex)>& is_approval,
                                   Diagnostics& problems) {
  const auto depths = depths_of(chart, problems);
  if (!depths) return std::nullopt;
  const std::vector<FlowEdge> edges = lifted(chart, *depths, problems);
  Walk walk(chart, edges);
  walk.walk();
  ChartOrder order;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const FlowEdge& edge = edges[i];
    if (!walk.is_back(i)) {
      order.edges.push_back(edge);
    } else if (is_approval(edge.from)) {
      order.back.push_back(edge);
    } else if (!problems.full()) {
      problems.add(spec::NeedsCycle, chart.edges[edge.drawn].place,
                   refuse({"this edge from '{}' back to '{}' closes a cycle; only an approval may "
                           "lead back",
                           "从“{}”回到“{}”的连线形成循环；只有审批可以退回"},
                          chart.nodes[edge.from].id, chart.nodes[edge.to].id));
    }
  }
  order.forward = std::move(walk).forward();
  return order;
}

}  // namespace gantry::forms
