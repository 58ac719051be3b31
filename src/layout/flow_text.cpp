// A flow in the lines of a terminal, from the top down. Between two layers each box has a level of
// its own for the line to those that follow it; where lines meet there is a corner or a joint,
// where one only passes another, the upright one is whole.
#include <algorithm>
#include <map>
#include <set>

#include "base/explain.h"
#include "base/utf8.h"
#include "layout/flow.h"
#include "layout/ranks.h"

namespace gantry::layout {

namespace {
constexpr std::size_t kCellsMax = 4'000'000;
constexpr int kGap = 3;  // columns between boxes

std::string label_of(const Box& box) {
  const std::string name = box.is_many ? box.name + " *" : box.name;
  switch (box.shape) {
    case Shape::Task: return "[" + name + "]";
    case Shape::Milestone: return "(" + name + ")";
    case Shape::Background: return "{" + name + "}";
    case Shape::Decision: return "<" + name + "?>";
    case Shape::Group: return "[[" + name + "]]";
    case Shape::Finally: return "<" + name + ">";
  }
  return {};
}

constexpr unsigned kUp = 1, kRight = 2, kDown = 4, kLeft = 8;
constexpr unsigned kUpright = kUp | kDown, kLevel = kLeft | kRight;

struct Cell {
  unsigned ways = 0;
  bool is_joint = false;
  std::string text;       // of a box
  bool is_taken = false;  // by the wide character before it
  bool is_arrow = false;
};

std::string_view line_in(const Cell& cell, bool lines) {
  static constexpr std::string_view kLines[] = {" ", "╵", "╶", "└", "╷", "│", "┌", "├",
                                                "╴", "┘", "─", "┴", "┐", "┤", "┬", "┼"};
  static constexpr std::string_view kAscii[] = {" ", "|", "-", "+", "|", "|", "+", "+",
                                                "-", "+", "-", "+", "+", "+", "+", "+"};
  if (cell.is_arrow) return lines ? "▼" : "v";
  const bool passes = (cell.ways & kUpright) == kUpright && !cell.is_joint;
  const unsigned ways = passes ? kUpright : cell.ways;
  return lines ? kLines[ways] : kAscii[ways];
}

// The line from a box to those that follow it.
struct Bus {
  int begin = 0, end = 0;  // columns
  Node from = 0;
  std::size_t level = 0;
};

class Text {
 public:
  Text(const Flow& flow, bool lines) : flow_(flow), lines_(lines) {
    Graph graph;
    graph.nodes.resize(flow.boxes.size());
    graph.edges = flow.edges;
    graph.gap_across = kGap;
    ranked_ = rank(graph);
    reduce_crossings(ranked_);
    for (Node node = 0; node < graph.nodes.size(); ++node)
      graph.nodes[node].across = width_of(node);
    take_columns(place_across(ranked_, graph));
  }

  Result<std::string> draw() {
    for (const auto& through : ranked_.through)
      if (through.size() == 2 && ranked_.layer[through[1]] != ranked_.layer[through[0]] + 1)
        return explain(Code::ResourceExhausted, {"its lines bend too often; an SVG shows it better",
                                                 "连线弯折过多；请改用 SVG"});
    for (std::size_t i = 0; i < ranked_.layers.size(); ++i) {
      row_of_layer_.push_back(rows_);
      buses_.push_back(buses_after(i));
      rows_ += 1 + (i + 1 < ranked_.layers.size() ? levels_of(buses_.back()) + 1 : 0);
    }
    if (rows_ * width() > kCellsMax)
      return explain(Code::ResourceExhausted,
                     {"it would take {} lines of {} characters; an SVG shows it better",
                      "需要 {} 行、每行 {} 个字符；请改用 SVG"},
                     rows_, width());
    cells_.assign(rows_, std::vector<Cell>(width()));
    for (std::size_t i = 0; i < ranked_.layers.size(); ++i) draw_layer(i);
    return text();
  }

 private:
  // Wide enough for its name, and for a column between each two lines that come in.
  int width_of(Node node) const {
    if (node >= flow_.boxes.size()) return 1;
    const int lines = 2 * static_cast<int>(ranked_.up[node].size()) - 1;
    return std::max(display_width(label_of(flow_.boxes[node])), lines);
  }
  int half_of(Node node) const { return (width_of(node) - 1) / 2; }
  int begin_of(Node node) const { return column_[node] - half_of(node); }
  std::size_t width() const {
    int most = 1;
    for (Node node = 0; node < column_.size(); ++node)
      most = std::max(most, begin_of(node) + width_of(node) + 1);
    return static_cast<std::size_t>(most);
  }

  // Whole columns, in which no box touches another, and no line that comes in lies in the column of
  // a box above that it does not come from.
  void take_columns(const std::vector<double>& across) {
    double least = 0;
    for (Node node = 0; node < across.size(); ++node)
      least = std::min(least, across[node] - width_of(node) / 2.0);
    column_.resize(across.size());
    ports_.resize(across.size());
    std::map<int, Node> above;  // those of the layer before that lead on, by column
    for (const auto& layer : ranked_.layers) {
      int free = 0;  // the first column that is
      for (const Node node : layer) {
        const int half = half_of(node);
        int column = std::max(static_cast<int>(across[node] - least + 0.5), free + half);
        while (!take_ports(node, column, above)) ++column;
        column_[node] = column;
        free = column - half + width_of(node) + (node < flow_.boxes.size() ? kGap : 1);
      }
      above.clear();
      for (const Node node : layer)
        if (!ranked_.down[node].empty()) above[column_[node]] = node;
    }
    move_to_the_margin();
  }

  void move_to_the_margin() {
    int least = column_.front();
    for (Node node = 0; node < column_.size(); ++node) least = std::min(least, begin_of(node));
    for (Node node = 0; node < column_.size(); ++node) {
      column_[node] -= least;
      for (auto& [from, port] : ports_[node]) port -= least;
    }
  }

  // The columns of the lines that come in, in the order of those they come from. False: one is
  // taken.
  bool take_ports(Node node, int column, const std::map<int, Node>& above) {
    std::vector<Node> from = ranked_.up[node];
    std::sort(from.begin(), from.end(), [this](Node a, Node b) { return column_[a] < column_[b]; });
    ports_[node].clear();
    int port = column - static_cast<int>(from.size()) + 1;
    for (const Node parent : from) {
      const auto taken = above.find(port);
      if (taken != above.end() && taken->second != parent) return false;
      ports_[node][parent] = port;
      port += 2;
    }
    return true;
  }

  std::vector<Bus> buses_after(std::size_t layer) const {
    std::vector<Bus> buses;
    for (const Node node : ranked_.layers[layer]) {
      Bus bus{column_[node], column_[node], node, 0};
      for (const Node to : ranked_.down[node]) {
        bus.begin = std::min(bus.begin, ports_[to].at(node));
        bus.end = std::max(bus.end, ports_[to].at(node));
      }
      if (bus.begin < bus.end) buses.push_back(bus);
    }
    std::sort(buses.begin(), buses.end(),
              [](const Bus& a, const Bus& b) { return a.begin < b.begin; });
    std::vector<int> ends;  // of each level
    for (Bus& bus : buses) {
      while (bus.level < ends.size() && ends[bus.level] + 1 >= bus.begin) ++bus.level;
      if (bus.level == ends.size()) ends.push_back(0);
      ends[bus.level] = bus.end;
    }
    return buses;
  }

  static std::size_t levels_of(const std::vector<Bus>& buses) {
    std::size_t levels = 0;
    for (const Bus& bus : buses) levels = std::max(levels, bus.level + 1);
    return levels;
  }

  Cell& at(std::size_t row, int column) { return cells_[row][static_cast<std::size_t>(column)]; }

  void draw_layer(std::size_t layer) {
    const std::size_t row = row_of_layer_[layer];
    for (const Node node : ranked_.layers[layer]) draw_node(row, node);
    if (layer + 1 == ranked_.layers.size()) return;
    std::map<Node, const Bus*> buses;
    for (const Bus& bus : buses_[layer]) buses[bus.from] = &bus;
    const std::size_t below = row_of_layer_[layer + 1];
    for (const Node node : ranked_.layers[layer]) {
      if (ranked_.down[node].empty()) continue;
      const auto bus = buses.find(node);
      if (bus == buses.end())
        upright(row + 1, below, column_[node]);
      else
        draw_bus(row + 1, below, *bus->second);
    }
    for (const Node node : ranked_.layers[layer + 1])
      for (const auto& [from, port] : ports_[node])
        at(below - 1, port).is_arrow = node < flow_.boxes.size();
  }

  void draw_node(std::size_t row, Node node) {
    if (node >= flow_.boxes.size()) {
      at(row, column_[node]).ways |= kUpright;
      return;
    }
    int column = begin_of(node);
    const std::string label = padded_label(node);
    for (std::size_t i = 0; i < label.size();) {
      const auto size = static_cast<std::size_t>(std::max(decode_utf8(label, i).size, 1));
      const std::string character = label.substr(i, size);
      i += size;
      const int columns = display_width(character);
      if (columns == 0) {
        if (column > 0) at(row, column - 1).text += character;
        continue;
      }
      at(row, column).text = character;
      if (columns == 2) at(row, column + 1).is_taken = true;
      column += columns;
    }
  }

  // Its name in the middle of its width.
  std::string padded_label(Node node) const {
    std::string label = label_of(flow_.boxes[node]);
    const auto missing = static_cast<std::size_t>(width_of(node) - display_width(label));
    label.insert(1, missing / 2, ' ');
    label.insert(label.size() - 1, missing - missing / 2, ' ');
    return label;
  }

  // From row `begin` up to the row before `end`.
  void upright(std::size_t begin, std::size_t end, int column) {
    for (std::size_t row = begin; row < end; ++row) at(row, column).ways |= kUpright;
  }

  void draw_bus(std::size_t begin, std::size_t below, const Bus& bus) {
    const std::size_t row = begin + bus.level;
    for (int column = bus.begin; column <= bus.end; ++column) {
      if (column > bus.begin) at(row, column).ways |= kLeft;
      if (column < bus.end) at(row, column).ways |= kRight;
    }
    upright(begin, row, column_[bus.from]);
    at(row, column_[bus.from]).ways |= kUp;
    at(row, column_[bus.from]).is_joint = true;
    for (const Node to : ranked_.down[bus.from]) {
      const int port = ports_[to].at(bus.from);
      at(row, port).ways |= kDown;
      at(row, port).is_joint = true;
      upright(row + 1, below, port);
    }
  }

  std::string text() const {
    std::string out;
    for (const auto& row : cells_) {
      std::string line;
      for (const Cell& cell : row) {
        if (cell.is_taken) continue;
        line += cell.text.empty() ? line_in(cell, lines_) : cell.text;
      }
      out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
  }

  const Flow& flow_;
  const bool lines_;
  Ranked ranked_;
  std::vector<int> column_;                 // of the middle of each node, where its line goes out
  std::vector<std::map<Node, int>> ports_;  // where lines come in, by where they come from
  std::vector<std::size_t> row_of_layer_;
  std::vector<std::vector<Bus>> buses_;  // after each layer
  std::size_t rows_ = 0;
  std::vector<std::vector<Cell>> cells_;
};
}  // namespace

Result<std::string> to_text(const Flow& flow, bool lines) {
  if (flow.boxes.empty()) return std::string();
  if (flow.boxes.size() <= kTextBoxesMax) return Text(flow, lines).draw();
  return explain(
      Code::ResourceExhausted,
      {"{} tasks are more than {}; an SVG shows them better", "{} 个任务超过 {} 个；请改用 SVG"},
      flow.boxes.size(), kTextBoxesMax);
}

}  // namespace gantry::layout
