#include "layout/flow.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/rng.h"
#include "base/text.h"
#include "base/utf8.h"

namespace gantry::layout {
namespace {

Flow flow_of(const std::vector<std::string>& names, std::vector<Edge> edges) {
  Flow flow;
  for (const std::string& name : names) flow.boxes.push_back({name, "", Shape::Task});
  flow.edges = std::move(edges);
  return flow;
}

std::string text_of(const Flow& flow, bool lines = true) {
  const auto text = to_text(flow, lines);
  return text.ok() ? "\n" + *text : text.error().message;
}

TEST(Flow, OfAWorkflow) {
  model::Workflow workflow;
  const auto add = [&](const std::string& name, std::vector<TaskIndex> needs) -> model::Task& {
    model::Task& task = workflow.tasks.emplace_back();
    task.name = name;
    task.needs = std::move(needs);
    task.action.kind = model::ActionKind::Run;
    return task;
  };
  add("a", {});
  add("b", {TaskIndex{0}});
  add("beat", {}).background = true;
  EXPECT_EQ(layout::flow_of(workflow).edges, (std::vector<Edge>{{0, 1}}));
  add("tidy", {}).is_finally = true;
  add("tell", {TaskIndex{3}}).is_finally = true;
  const Flow flow = layout::flow_of(workflow);
  EXPECT_EQ(flow.edges, (std::vector<Edge>{{0, 1}, {3, 4}, {1, 5}, {5, 3}}));
  EXPECT_EQ(flow.boxes[2].shape, Shape::Background);
  EXPECT_EQ(flow.boxes[5].shape, Shape::Finally);
}

TEST(FlowText, AChain) {
  EXPECT_EQ(text_of(flow_of({"a", "load", "c"}, {{0, 1}, {1, 2}})), R"(
 [a]
  ▼
[load]
  ▼
 [c]
)");
}

TEST(FlowText, ForkAndJoin) {
  const Flow flow = flow_of({"a", "b", "c", "d"}, {{0, 1}, {0, 2}, {1, 3}, {2, 3}});
  EXPECT_EQ(text_of(flow), R"(
   [a]
 ┌──┴──┐
 ▼     ▼
[b]   [c]
 └─┐ ┌─┘
   ▼ ▼
   [d]
)");
  EXPECT_EQ(text_of(flow, false), R"(
   [a]
 +--+--+
 v     v
[b]   [c]
 +-+ +-+
   v v
   [d]
)");
}

// Reads a drawing as a person does: from the middle of a box down its line, straight on where
// another one is crossed, every way where it parts, to the arrows.
class Reader {
 public:
  explicit Reader(const std::string& text) {
    for (const auto line : split(text, '\n')) {
      std::u32string& row = rows_.emplace_back();
      for (std::size_t i = 0; i < line.size();) {
        const CodePoint c = decode_utf8(line, i);
        row += c.value;
        i += static_cast<std::size_t>(c.size);
      }
    }
    for (std::size_t y = 0; y < rows_.size(); ++y)
      for (std::size_t x = 0; x < rows_[y].size(); ++x)
        if (rows_[y][x] == U'[') find_box(y, x);
  }

  std::set<std::pair<std::string, std::string>> edges() {
    for (const auto& [place, box] : boxes_) {
      from_ = box.name;
      const std::size_t x = (box.begin + box.end) / 2;
      const char32_t below = at(place.first + 1, x);
      if (below == U'▼' || (ways_of(below) & kUp) != 0) go(place.first + 1, x, kDown);
    }
    return edges_;
  }

 private:
  enum Way { kUp = 1, kRight = 2, kDown = 4, kLeft = 8 };
  struct Box {
    std::string name;
    std::size_t begin = 0, end = 0;  // columns of the brackets
  };

  char32_t at(std::size_t y, std::size_t x) const {
    return y < rows_.size() && x < rows_[y].size() ? rows_[y][x] : U' ';
  }

  void find_box(std::size_t y, std::size_t x) {
    Box box{"", x, rows_[y].find(U']', x)};
    for (std::size_t i = x + 1; i < box.end; ++i)
      if (rows_[y][i] != U' ') box.name += static_cast<char>(rows_[y][i]);
    boxes_[{y, x}] = box;
  }

  static int ways_of(char32_t c) {
    static const std::map<char32_t, int> kWays{{U'│', 5},  {U'─', 10}, {U'└', 3}, {U'┌', 6},
                                               {U'┐', 12}, {U'┘', 9},  {U'├', 7}, {U'┤', 13},
                                               {U'┬', 14}, {U'┴', 11}, {U'┼', 15}};
    const auto found = kWays.find(c);
    return found == kWays.end() ? 0 : found->second;
  }

  void go(std::size_t y, std::size_t x, Way way) {
    for (;;) {
      const char32_t c = at(y, x);
      if (c == U'▼') return arrive(y, x);
      if (c == U'│' || c == U'─') {
        EXPECT_FALSE(c == U'─' && way == kDown) << "an upright line is whole";
      } else {
        return part(y, x, way, ways_of(c));
      }
      if (way == kDown) ++y;
      if (way == kRight) ++x;
      if (way == kLeft) --x;
    }
  }

  void part(std::size_t y, std::size_t x, Way way, int ways) {
    if ((ways & kDown) != 0) go(y + 1, x, kDown);
    if ((ways & kRight) != 0 && way != kLeft) go(y, x + 1, kRight);
    if ((ways & kLeft) != 0 && way != kRight) go(y, x - 1, kLeft);
  }

  void arrive(std::size_t y, std::size_t x) {
    for (const auto& [place, box] : boxes_)
      if (place.first == y + 1 && box.begin <= x && x <= box.end) edges_.emplace(from_, box.name);
  }

  std::vector<std::u32string> rows_;
  std::map<std::pair<std::size_t, std::size_t>, Box> boxes_;
  std::string from_;
  std::set<std::pair<std::string, std::string>> edges_;
};

TEST(FlowText, WhatIsDrawnIsTheGraph) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    std::vector<std::string> names;
    std::vector<Edge> edges;
    std::set<std::pair<std::string, std::string>> wanted;
    const std::uint64_t count = 1 + rng.below(25);
    for (Node node = 0; node < count; ++node) {
      names.push_back("t" + std::to_string(node) + std::string(rng.below(4), 'x'));
      for (Node from = 0; from < node; ++from) {
        if (!rng.chance(1, 1 + node)) continue;
        edges.push_back({from, node});
        wanted.emplace(names[from], names[node]);
      }
    }
    const std::string text = text_of(flow_of(names, edges));
    EXPECT_EQ(Reader(text).edges(), wanted) << "seed " << seed << text;
  }
}

TEST(FlowText, WideNamesTakeTheirColumns) {
  EXPECT_EQ(text_of(flow_of({"部门审批", "付款"}, {{0, 1}})), R"(
[部门审批]
    ▼
  [付款]
)");
}

TEST(FlowText, TooManyBoxes) {
  EXPECT_NE(text_of(flow_of(std::vector<std::string>(3000, "x"), {})).find("3000 tasks"),
            std::string::npos);
}

TEST(FlowLanguages, NamesAreOnlyText) {
  Flow flow = flow_of({"a\"]<b>", "c"}, {{0, 1}});
  flow.boxes[1].title = "x & \"y\" </title><script>";
  flow.boxes[1].shape = Shape::Milestone;
  EXPECT_EQ(to_mermaid(flow),
            "flowchart LR\n  n0[\"a#quot;]<b>\"]\n"
            "  n1([\"x & #quot;y#quot; </title><script>\"])\n  n0 --> n1\n");
  EXPECT_EQ(to_dot(flow),
            "digraph workflow {\n  rankdir=LR;\n  n0 [label=\"a\\\"]<b>\", shape=box];\n"
            "  n1 [label=\"x & \\\"y\\\" </title><script>\", shape=box, style=rounded];\n"
            "  n0 -> n1;\n}\n");
  const std::string svg = to_svg(flow, "<x>");
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_NE(svg.find("<title>&lt;x&gt;</title>"), std::string::npos);
}

}  // namespace
}  // namespace gantry::layout
