// A Mermaid flowchart (mermaid.js.org, "Flowcharts") as it is drawn: nodes, edges, subgraphs, each
// with its place, and aside what is for the drawing alone. What it means for a workflow:
// chart_meaning.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/workflow.h"
#include "spec/diagnostics.h"

namespace gantry::forms {

using model::SourcePlace;
using spec::Diagnostics;

enum class Outline : std::uint8_t {
  Plain,
  Round,     // a stadium or a circle: a milestone
  Decision,  // a rhombus
};

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = 0xFFFFFFFF;
inline constexpr std::uint32_t kNoLabel = 0xFFFFFFFF;

struct ChartNode {
  std::string id;
  SourcePlace place;  // where it is first named
  std::optional<std::string> label = {};
  SourcePlace label_place = {};
  Outline outline = Outline::Plain;
  bool is_group = false;
  NodeIndex group = kNoNode;  // the subgraph it lies in
};

struct ChartEdge {
  NodeIndex from = 0;
  NodeIndex to = 0;
  SourcePlace place;               // of the link
  std::uint32_t label = kNoLabel;  // of Chart::labels
};

struct EdgeLabel {
  std::string text;
  SourcePlace place;
};

// A line that only alters the drawing.
struct Aside {
  std::string text;
  SourcePlace place;
};

struct Chart {
  std::string direction = "TD";
  std::vector<ChartNode> nodes;  // in the order of their first places
  std::vector<ChartEdge> edges;
  std::vector<EdgeLabel> labels;  // links between many nodes share one
  std::vector<Aside> asides;
  int comment_count = 0;
  int first_comment_line = 0;
};

// The text between the two lines `---` at the top.
struct FrontMatter {
  std::string_view text;
  int line = 0;               // of its first line; 0: there is none
  std::size_t end_bytes = 0;  // behind the closing line
};
FrontMatter front_matter_of(std::string_view text);

// `text` has passed check_text; `from`: where the chart begins, behind the front matter. Reports
// every line that is wrong. Linear in the text and the edges.
Chart read_chart(std::string_view text, std::size_t from, Diagnostics& problems);

// A title as a label, and back. Not every title can be one: compare what comes back.
std::string label_of_title(std::string_view title);
std::string title_of_label(std::string_view label);

// Whether Mermaid takes `id` for the id of a node.
bool is_chart_id(std::string_view id);

}  // namespace gantry::forms
