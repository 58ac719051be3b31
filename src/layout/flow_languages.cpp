// The languages of other programs: Mermaid (mermaid.js.org, "Flowcharts"), DOT (graphviz.org, "DOT
// Language"), SVG.
#include <fmt/format.h>

#include "base/utf8.h"
#include "layout/flow.h"

namespace gantry::layout {

namespace {
// With `instead` for each character of `from`.
std::string replaced(std::string_view text, std::string_view from,
                     const std::vector<std::string_view>& instead) {
  std::string out;
  for (const char c : text) {
    const std::size_t at = from.find(c);
    if (at == std::string_view::npos)
      out += c;
    else
      out += instead[at];
  }
  return out;
}

std::string label_of(const Box& box) {
  const std::string& label = box.title.empty() ? box.name : box.title;
  return box.is_many ? label + " ×n" : label;
}

std::string in_mermaid(const std::string& text) {
  return replaced(text, "\"#\n\r", {"#quot;", "#35;", " ", " "});
}
std::string in_dot(const std::string& text) {
  return replaced(text, "\"\\\n\r", {"\\\"", "\\\\", " ", " "});
}
std::string in_xml(const std::string& text) {
  std::string out;
  for (const char c : replaced(text, "&<>\"'", {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}))
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;  // XML 1.0 has none of them
  return out;
}

std::string mermaid_node(const Box& box) {
  const std::string text = "\"" + in_mermaid(label_of(box)) + "\"";
  switch (box.shape) {
    case Shape::Task: return "[" + text + "]";
    case Shape::Milestone: return "([" + text + "])";
    case Shape::Background: return "[/" + text + "/]";
    case Shape::Decision: return "{" + text + "}";
    case Shape::Group: return "[[" + text + "]]";
    case Shape::Finally: return "((" + text + "))";
  }
  return {};
}

std::string_view dot_shape(Shape shape) {
  switch (shape) {
    case Shape::Task: return "shape=box";
    case Shape::Milestone: return "shape=box, style=rounded";
    case Shape::Background: return "shape=box, style=dashed";
    case Shape::Decision: return "shape=diamond";
    case Shape::Group: return "shape=box, peripheries=2";
    case Shape::Finally: return "shape=circle";
  }
  return {};
}

std::string_view svg_class(Shape shape) {
  switch (shape) {
    case Shape::Task: return "task";
    case Shape::Milestone: return "milestone";
    case Shape::Background: return "background";
    case Shape::Decision: return "decision";
    case Shape::Group: return "group";
    case Shape::Finally: return "finally";
  }
  return {};
}
}  // namespace

std::string to_mermaid(const Flow& flow) {
  std::string out = "flowchart LR\n";
  for (std::size_t i = 0; i < flow.boxes.size(); ++i)
    out += fmt::format("  n{}{}\n", i, mermaid_node(flow.boxes[i]));
  for (const Edge& edge : flow.edges) out += fmt::format("  n{} --> n{}\n", edge.from, edge.to);
  return out;
}

std::string to_dot(const Flow& flow) {
  std::string out = "digraph workflow {\n  rankdir=LR;\n";
  for (std::size_t i = 0; i < flow.boxes.size(); ++i)
    out += fmt::format("  n{} [label=\"{}\", {}];\n", i, in_dot(label_of(flow.boxes[i])),
                       dot_shape(flow.boxes[i].shape));
  for (const Edge& edge : flow.edges) out += fmt::format("  n{} -> n{};\n", edge.from, edge.to);
  return out + "}\n";
}

namespace {
// Pixels.
constexpr double kCharacter = 7.5, kPadding = 24, kHeight = 30, kMargin = 16;

Layout laid_out(const Flow& flow) {
  Graph graph;
  for (const Box& box : flow.boxes)
    graph.nodes.push_back(
        {static_cast<double>(display_width(label_of(box))) * kCharacter + kPadding, kHeight});
  graph.edges = flow.edges;
  graph.gap_along = 56;
  graph.gap_across = 18;
  return lay_out(graph);
}

constexpr std::string_view kStyle = R"(<style>
text{font:13px system-ui,sans-serif;fill:#1f2328;text-anchor:middle;dominant-baseline:central}
rect{fill:#f6f8fa;stroke:#59636e}path{fill:none;stroke:#59636e}
.background{stroke-dasharray:4 3}.finally{fill:#ddf4ff}.decision{fill:#fff8c5}
.group{stroke-width:3}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#161b22;stroke:#8b949e}
path{stroke:#8b949e}.finally{fill:#0d2a45}.decision{fill:#3a2d0a}}
</style>
<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"
orient="auto"><path d="M0 0 8 4 0 8z" style="fill:#59636e;stroke:none"/></marker></defs>
)";

// Level where it leaves and where it comes in.
std::string svg_line(const std::vector<Point>& line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const double x = line[i].along + kMargin, y = line[i].across + kMargin;
    if (i == 0) {
      out = fmt::format("M{:.1f} {:.1f}", x, y);
      continue;
    }
    const double before_x = line[i - 1].along + kMargin, before_y = line[i - 1].across + kMargin;
    const double middle = (before_x + x) / 2;
    out += fmt::format("C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", middle, before_y, middle, y, x,
                       y);
  }
  return out;
}

std::string svg_box(const Box& box, Point centre) {
  const double width = static_cast<double>(display_width(label_of(box))) * kCharacter + kPadding;
  const double x = centre.along + kMargin, y = centre.across + kMargin;
  const int corner = box.shape == Shape::Milestone ? 15 : 4;
  return fmt::format(
      "<g><title>{}</title><rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
      "height=\"{:.0f}\" rx=\"{}\"/><text x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n",
      in_xml(box.name), svg_class(box.shape), x - width / 2, y - kHeight / 2, width, kHeight,
      corner, x, y, in_xml(label_of(box)));
}
}  // namespace

std::string to_svg(const Flow& flow, const std::string& title) {
  const Layout layout = laid_out(flow);
  const double width = layout.size.along + 2 * kMargin, height = layout.size.across + 2 * kMargin;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\">\n<title>{2}</title>\n",
      width, height, in_xml(title));
  out += kStyle;
  for (const auto& line : layout.edges)
    if (!line.empty())
      out += fmt::format("<path d=\"{}\" marker-end=\"url(#to)\"/>\n", svg_line(line));
  for (std::size_t i = 0; i < flow.boxes.size(); ++i)
    out += svg_box(flow.boxes[i], layout.nodes[i]);
  return out + "</svg>\n";
}

}  // namespace gantry::layout
