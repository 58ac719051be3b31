#include "forms/exclusive.h"

#include <algorithm>

namespace gantry::forms {

namespace {
using Guard = std::uint32_t;

// Under which decisions something runs: a tree, each node of which adds "of this decision one of
// these arms was taken" to its parent. A second pointer far up keeps every walk logarithmic (Myers,
// "An applicative random-access stack", 1983).
class Guards {
 public:
  static constexpr Guard kAlways = 0;

  Guards() { rows_.push_back({}); }

  Guard add(Guard parent, NodeIndex decision, std::vector<std::uint32_t> arms) {
    const Row& up = rows_[parent];
    const Row& far = rows_[up.far];
    const bool same_leap = up.depth - far.depth == far.depth - rows_[far.far].depth;
    rows_.push_back(
        {parent, same_leap ? far.far : parent, up.depth + 1, decision, std::move(arms)});
    return static_cast<Guard>(rows_.size() - 1);
  }

  struct Fork {
    Guard common = kAlways;
    Guard a = kAlways, b = kAlways;  // right below it; equal to it where there is nothing below
  };
  Fork fork(Guard a, Guard b) const {
    const Guard low_a = raised(a, rows_[b].depth), low_b = raised(b, rows_[a].depth);
    if (low_a == low_b) return {low_a, below(a, low_a), below(b, low_b)};
    Guard x = low_a, y = low_b;
    while (rows_[x].up != rows_[y].up) {
      const bool leap = rows_[x].far != rows_[y].far;
      x = leap ? rows_[x].far : rows_[x].up;
      y = leap ? rows_[y].far : rows_[y].up;
    }
    return {rows_[x].up, x, y};
  }

  bool are_exclusive(const Fork& fork) const {
    if (fork.a == fork.common || fork.b == fork.common) return false;
    const Row &a = rows_[fork.a], &b = rows_[fork.b];
    return a.decision == b.decision && std::none_of(a.arms.begin(), a.arms.end(), [&](auto arm) {
             return std::binary_search(b.arms.begin(), b.arms.end(), arm);
           });
  }
  bool is_above(Guard a, Guard b) const { return raised(b, rows_[a].depth) == a; }
  NodeIndex decision(Guard guard) const { return rows_[guard].decision; }
  const std::vector<std::uint32_t>& arms(Guard guard) const { return rows_[guard].arms; }

 private:
  struct Row {
    Guard up = kAlways;
    Guard far = kAlways;
    std::uint32_t depth = 0;
    NodeIndex decision = kNoNode;
    std::vector<std::uint32_t> arms;  // sorted
  };

  Guard raised(Guard guard, std::uint32_t depth) const {
    while (rows_[guard].depth > depth)
      guard = rows_[rows_[guard].far].depth >= depth ? rows_[guard].far : rows_[guard].up;
    return guard;
  }
  Guard below(Guard guard, Guard above) const {
    return guard == above ? above : raised(guard, rows_[above].depth + 1);
  }

  std::vector<Row> rows_;
};

class ArmJoins {
 public:
  ArmJoins(const ChartOrder& order, const Arms& arms)
      : order_(order), arms_(arms), of_nodes_(order.forward.size()), joins_(order.forward.size()) {}

  std::vector<bool> find() {
    const auto incoming = edges_by_end();
    std::size_t at = 0;
    std::vector<std::size_t> starts(order_.forward.size() + 1);
    for (NodeIndex node = 0; node < order_.forward.size(); ++node) {
      starts[node] = at;
      while (at < incoming.size() && order_.edges[incoming[at]].to == node) ++at;
    }
    starts.back() = incoming.size();
    for (const NodeIndex node : order_.forward)
      join(node, std::span(incoming).subspan(starts[node], starts[node + 1] - starts[node]));
    return std::move(joins_);
  }

 private:
  // All pairs are compared up to here; beyond, each with what the ones before it have in common.
  static constexpr std::size_t kPairsMax = 24;

  std::vector<std::uint32_t> edges_by_end() const {
    std::vector<std::uint32_t> out(order_.edges.size());
    for (std::uint32_t i = 0; i < out.size(); ++i) out[i] = i;
    std::stable_sort(out.begin(), out.end(), [this](std::uint32_t a, std::uint32_t b) {
      return order_.edges[a].to < order_.edges[b].to;
    });
    return out;
  }

  Guard guard_of(std::uint32_t edge) {
    const NodeIndex from = order_.edges[edge].from;
    const std::uint32_t arm = arms_.of_edges[edge];
    return arm == kNoArm ? of_nodes_[from] : guards_.add(of_nodes_[from], from, {arm});
  }

  void join(NodeIndex node, std::span<const std::uint32_t> edges) {
    std::vector<Guard> incoming;
    for (const std::uint32_t edge : edges) incoming.push_back(guard_of(edge));
    std::sort(incoming.begin(), incoming.end());
    incoming.erase(std::unique(incoming.begin(), incoming.end()), incoming.end());
    joins_[node] = have_exclusive(incoming);
    if (incoming.empty()) return;
    Guard all = incoming[0];
    for (std::size_t i = 1; i < incoming.size(); ++i) all = merged(all, incoming[i], joins_[node]);
    of_nodes_[node] = all;
  }

  bool have_exclusive(const std::vector<Guard>& guards) {
    if (guards.size() <= kPairsMax) {
      for (std::size_t i = 0; i < guards.size(); ++i)
        for (std::size_t k = i + 1; k < guards.size(); ++k)
          if (guards_.are_exclusive(guards_.fork(guards[i], guards[k]))) return true;
      return false;
    }
    for (std::size_t i = 1; i < guards.size(); ++i)
      if (guards_.are_exclusive(guards_.fork(guards[i - 1], guards[i]))) return true;
    return false;
  }

  // What holds for a node that runs after `a` and `b` both, or after one of them (`any`).
  Guard merged(Guard a, Guard b, bool any) {
    if (guards_.is_above(a, b)) return any ? a : b;
    if (guards_.is_above(b, a)) return any ? b : a;
    const auto fork = guards_.fork(a, b);
    const NodeIndex decision = guards_.decision(fork.a);
    if (decision != guards_.decision(fork.b)) return fork.common;
    const auto &of_a = guards_.arms(fork.a), &of_b = guards_.arms(fork.b);
    std::vector<std::uint32_t> arms;
    if (any)
      std::set_union(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), std::back_inserter(arms));
    else
      std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                            std::back_inserter(arms));
    if (arms.empty() || arms.size() >= arms_.counts[decision]) return fork.common;
    return guards_.add(fork.common, decision, std::move(arms));
  }

  const ChartOrder& order_;
  const Arms& arms_;
  Guards guards_;
  std::vector<Guard> of_nodes_;
  std::vector<bool> joins_;
};
}  // namespace

std::vector<bool> joins_of_arms(const ChartOrder& order, const Arms& arms) {
  return ArmJoins(order, arms).find();
}

}  // namespace gantry::forms
