// The order of nodes in their layers, by sweeps: each node goes to the mean place of its neighbours
// in the layer before (or after), as long as that leaves fewer crossings.
#include <algorithm>

#include "layout/ranks.h"

namespace gantry::layout {

namespace {
constexpr int kSweepsMax = 12;
constexpr int kWithoutGainMax = 4;  // sweeps

std::vector<std::size_t> places_of(const Ranked& ranked) {
  std::vector<std::size_t> place(ranked.layer.size());
  for (const auto& layer : ranked.layers)
    for (std::size_t i = 0; i < layer.size(); ++i) place[layer[i]] = i;
  return place;
}

// One that has no neighbours stays where it is.
void sort_layer(std::vector<Node>& layer, const std::vector<std::vector<Node>>& neighbours,
                std::vector<std::size_t>& place) {
  std::vector<std::pair<double, Node>> wanted;
  for (const Node node : layer) {
    double sum = 0;
    for (const Node other : neighbours[node]) sum += static_cast<double>(place[other]);
    const auto count = static_cast<double>(neighbours[node].size());
    wanted.emplace_back(count == 0 ? static_cast<double>(place[node]) : sum / count, node);
  }
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < layer.size(); ++i) {
    layer[i] = wanted[i].second;
    place[layer[i]] = i;
  }
}

void sweep(Ranked& ranked, bool down, std::vector<std::size_t>& place) {
  const std::size_t count = ranked.layers.size();
  for (std::size_t i = 1; i < count; ++i)
    sort_layer(ranked.layers[down ? i : count - 1 - i], down ? ranked.up : ranked.down, place);
}

// Of the ends of edges in the order of their begins, how many pairs are the wrong way round.
std::uint64_t inversions(const std::vector<std::size_t>& ends, std::size_t width) {
  std::vector<std::uint64_t> tree(width + 1);  // Fenwick: how many so far, by place
  std::uint64_t count = 0, seen = 0;
  for (const std::size_t end : ends) {
    std::uint64_t before = 0;
    for (std::size_t i = end + 1; i > 0; i &= i - 1) before += tree[i];
    count += seen++ - before;
    for (std::size_t i = end + 1; i <= width; i += i & (~i + 1)) ++tree[i];
  }
  return count;
}
}  // namespace

std::uint64_t count_crossings(const Ranked& ranked) {
  const auto place = places_of(ranked);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i + 1 < ranked.layers.size(); ++i) {
    std::vector<std::size_t> ends;
    for (const Node node : ranked.layers[i]) {
      const std::size_t begin = ends.size();
      for (const Node to : ranked.down[node]) ends.push_back(place[to]);
      std::sort(ends.begin() + static_cast<std::ptrdiff_t>(begin), ends.end());
    }
    count += inversions(ends, ranked.layers[i + 1].size());
  }
  return count;
}

void reduce_crossings(Ranked& ranked) {
  auto place = places_of(ranked);
  auto best = ranked.layers;
  std::uint64_t least = count_crossings(ranked);
  for (int i = 0, without_gain = 0; i < kSweepsMax && least > 0; ++i) {
    sweep(ranked, i % 2 == 0, place);
    const std::uint64_t now = count_crossings(ranked);
    if (now < least) {
      least = now;
      best = ranked.layers;
      without_gain = 0;
    } else if (++without_gain == kWithoutGainMax) {
      break;
    }
  }
  ranked.layers = std::move(best);
}

}  // namespace gantry::layout
