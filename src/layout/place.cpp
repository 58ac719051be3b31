// Where nodes lie in their layers: as near as their order and sizes allow to the mean of their
// neighbours. Of one layer that is the isotonic regression of the wanted places ("pool adjacent
// violators"), which is exact; the layers are done in turns.
#include <algorithm>

#include "layout/ranks.h"

namespace gantry::layout {

namespace {
constexpr int kTurns = 6;

struct Block {
  double sum = 0;
  double count = 0;
  std::size_t size = 0;
  double mean() const { return sum / count; }
};

// The nearest that never falls, in the sense of least squares.
std::vector<double> isotonic(const std::vector<double>& wanted) {
  std::vector<Block> blocks;
  for (const double value : wanted) {
    blocks.push_back({value, 1, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back() = {blocks.back().sum + last.sum, blocks.back().count + last.count,
                       blocks.back().size + last.size};
    }
  }
  std::vector<double> out;
  for (const Block& block : blocks) out.insert(out.end(), block.size, block.mean());
  return out;
}

class Placer {
 public:
  Placer(const Ranked& ranked, const Graph& graph)
      : ranked_(ranked), graph_(graph), across_(ranked.layer.size()) {}

  std::vector<double> run() {
    for (const auto& layer : ranked_.layers) pack(layer);
    const std::size_t count = ranked_.layers.size();
    for (int turn = 0; turn < kTurns; ++turn)
      for (std::size_t i = 0; i < count; ++i) {
        const bool down = turn % 2 == 0;
        move(ranked_.layers[down ? i : count - 1 - i], down ? ranked_.up : ranked_.down);
      }
    return std::move(across_);
  }

 private:
  double width(Node node) const {
    return node < graph_.nodes.size() ? graph_.nodes[node].across : 0;
  }

  // From the first to the `i`th, if all lie as close as they may.
  std::vector<double> distances(const std::vector<Node>& layer) const {
    std::vector<double> out;
    double at = 0;
    for (std::size_t i = 0; i < layer.size(); ++i) {
      if (i > 0) at += (width(layer[i - 1]) + width(layer[i])) / 2 + graph_.gap_across;
      out.push_back(at);
    }
    return out;
  }

  // Around 0.
  void pack(const std::vector<Node>& layer) {
    const auto distance = distances(layer);
    for (std::size_t i = 0; i < layer.size(); ++i)
      across_[layer[i]] = distance[i] - distance.back() / 2;
  }

  void move(const std::vector<Node>& layer, const std::vector<std::vector<Node>>& neighbours) {
    const auto distance = distances(layer);
    std::vector<double> wanted;
    for (std::size_t i = 0; i < layer.size(); ++i) {
      double sum = 0;
      for (const Node other : neighbours[layer[i]]) sum += across_[other];
      const auto count = static_cast<double>(neighbours[layer[i]].size());
      wanted.push_back((count == 0 ? across_[layer[i]] : sum / count) - distance[i]);
    }
    const auto placed = isotonic(wanted);
    for (std::size_t i = 0; i < layer.size(); ++i) across_[layer[i]] = placed[i] + distance[i];
  }

  const Ranked& ranked_;
  const Graph& graph_;
  std::vector<double> across_;
};
}  // namespace

std::vector<double> place_across(const Ranked& ranked, const Graph& graph) {
  return Placer(ranked, graph).run();
}

}  // namespace gantry::layout
