#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/limits.h"
#include "base/text.h"
#include "forms/chart.h"
#include "forms/chart_limits.h"
#include "forms/cursor.h"
#include "forms/link.h"
#include "forms/shape.h"
#include "spec/yaml_tree.h"

namespace gantry::forms {

namespace {
constexpr std::string_view kDirections[] = {"TB", "TD", "BT", "RL", "LR"};
constexpr std::string_view kDrawingWords[] = {"classDef", "class",    "style",   "linkStyle",
                                              "click",    "accTitle", "accDescr"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Bytes of the id here: Mermaid's NODE_STRING, where - and = may not begin a link.
std::size_t id_size(const Cursor& at) {
  constexpr std::string_view kSigns = ".!#$'*+?`\\/";
  std::size_t n = 0;
  for (;; ++n) {
    const char c = at.peek(n), next = at.peek(n + 1);
    if (is_word(c) || (c != '\0' && kSigns.find(c) != std::string_view::npos)) continue;
    if (c == '-' && next != '-' && next != '.' && next != '>') continue;
    if (c == '=' && next != '=') continue;
    return n;
  }
}

class ChartReader {
 public:
  ChartReader(std::string_view text, std::size_t from, Diagnostics& problems)
      : at_(text), problems_(problems) {
    at_.skip(from);
  }

  Chart read() {
    skip_between();
    if (!read_header()) return std::move(chart_);
    for (skip_between(); !at_.at_end() && !is_over_ && !problems_.full(); skip_between())
      if (!read_statement()) skip_statement();
    if (is_over_) return std::move(chart_);
    for (const NodeIndex group : open_)
      fail(chart_.nodes[group].place,
           refuse({"the subgraph '{}' has no 'end'", "子图“{}”缺少 end"}, chart_.nodes[group].id));
    return std::move(chart_);
  }

 private:
  bool fail(SourcePlace place, const Error& what) {
    problems_.add(spec::MermaidSyntax, place, what);
    return false;
  }

  void put_aside(SourcePlace place, std::string_view text) {
    chart_.asides.push_back({std::string(trim(text)), place});
  }

  // Line ends, `;`, comments and directives.
  void skip_between() {
    for (;;) {
      at_.skip_space();
      if (at_.sees("%%{"))
        skip_directive();
      else if (at_.sees("%%"))
        skip_comment();
      else if (!at_.take(";"))
        return;
    }
  }

  void skip_comment() {
    if (chart_.comment_count++ == 0) chart_.first_comment_line = at_.place().line;
    at_.skip_line();
  }

  void skip_directive() {
    const SourcePlace place = at_.place();
    const std::size_t end = at_.rest().find("}%%");
    if (end == std::string_view::npos) {
      fail(place, refuse({"the directive has no '}}%%'", "指令缺少“}}%%”"}));
      return at_.skip(at_.rest().size());
    }
    put_aside(place, at_.take_bytes(end + 3));
  }

  void skip_statement() {
    while (!at_.at_line_end() && at_.peek() != ';') at_.skip(1);
  }

  // A word that is followed by nothing that could belong to it.
  bool take_word(std::string_view word) {
    if (!at_.sees(word) || id_size(at_) != word.size()) return false;
    at_.skip(word.size());
    return true;
  }

  bool read_header() {
    const bool is_chart =
        take_word("flowchart-elk") || take_word("flowchart") || take_word("graph");
    if (!is_chart)
      return fail(at_.place(), refuse({"a flowchart begins with 'flowchart LR' or 'flowchart TD'",
                                       "流程图以 'flowchart LR' 或 'flowchart TD' 开头"}));
    at_.skip_blanks();
    if (at_.at_line_end() || at_.peek() == ';' || at_.sees("%%")) return true;
    return read_direction(chart_.direction);
  }

  bool read_direction(std::string& direction) {
    for (const std::string_view name : kDirections) {
      if (!take_word(name)) continue;
      direction = name;
      return true;
    }
    constexpr std::pair<std::string_view, std::string_view> kSigns[] = {
        {">", "LR"}, {"<", "RL"}, {"^", "BT"}, {"v", "TD"}};
    for (const auto& [sign, name] : kSigns) {
      if (!at_.take(sign)) continue;
      direction = name;
      return true;
    }
    return fail(at_.place(),
                refuse({"a direction is TB, TD, BT, LR or RL", "方向为 TB、TD、BT、LR 或 RL"}));
  }

  bool read_statement() {
    if (take_word("subgraph")) return open_group();
    if (take_word("end")) return close_group();
    if (at_.sees("direction ")) return read_own_direction();
    for (const std::string_view word : kDrawingWords)
      if (at_.sees(word) && id_size(at_) == word.size()) return put_line_aside();
    return read_chain() && read_end();
  }

  bool read_end() {
    at_.skip_blanks();
    if (at_.at_line_end() || at_.peek() == ';' || at_.sees("%%")) return true;
    return fail(at_.place(),
                refuse({"'{}' can not stand here: a link such as -->, '&' or the end of the line "
                        "follows a node",
                        "此处不能有“{}”：节点之后是 --> 之类的连线、“&”或行尾"},
                       sign_here()));
  }

  std::string sign_here() const {
    std::size_t size = 1;
    while ((static_cast<unsigned char>(at_.peek(size)) & 0xC0) == 0x80) ++size;
    return std::string(at_.rest().substr(0, size));
  }

  bool read_own_direction() {
    at_.skip(std::string_view("direction").size());
    at_.skip_blanks();
    std::string unused;
    return read_direction(open_.empty() ? chart_.direction : unused) && read_end();
  }

  // Up to the end of the line or a `;` outside of quotes; the text of accDescr may be in braces.
  bool put_line_aside() {
    const SourcePlace place = at_.place();
    const std::string_view rest = at_.rest();
    std::size_t size = 0;
    for (bool quoted = false; size < rest.size(); ++size) {
      const char c = rest[size];
      if (c == '\n' || c == '\r' || (c == ';' && !quoted)) break;
      if (c == '"') quoted = !quoted;
    }
    const bool is_block = rest.starts_with("accDescr") && trim(rest.substr(8, size - 8)) == "{";
    if (is_block) size = std::min(rest.find('}'), rest.size() - 1) + 1;
    put_aside(place, at_.take_bytes(size));
    return true;
  }

  bool read_group_head(ChartNode& head);
  bool open_group();
  bool close_group();
  bool read_chain();
  bool read_nodes(std::vector<NodeIndex>& into);
  std::optional<NodeIndex> read_node();
  bool read_node_data(ChartNode& node);
  bool join_nodes(const std::vector<NodeIndex>& from, const std::vector<NodeIndex>& to,
                  const Link& link);
  bool skip_edge_id();

  NodeIndex node_of(const std::string& id, SourcePlace place) {
    const auto [found, is_new] =
        indices_.try_emplace(id, static_cast<NodeIndex>(chart_.nodes.size()));
    if (is_new) chart_.nodes.push_back({id, place});
    return found->second;
  }

  Cursor at_;
  Diagnostics& problems_;
  Chart chart_;
  std::unordered_map<std::string, NodeIndex> indices_;
  std::set<std::string, std::less<>> edge_ids_;
  std::vector<NodeIndex> open_;                   // subgraphs, the innermost last
  std::vector<std::vector<NodeIndex>> mentions_;  // of each of them: nodes named in it
  std::string unnamed_;                           // the id that the last subgraph without one got
  int unnamed_count_ = 0;
  bool is_over_ = false;  // too much: what follows is not read
};

// `subgraph id`, `subgraph id [title]`, `subgraph title with spaces`, `subgraph "title"`.
bool ChartReader::read_group_head(ChartNode& head) {
  at_.skip_blanks();
  head.place = at_.place();
  head.id = at_.take_bytes(id_size(at_));
  at_.skip_blanks();
  head.label_place = at_.place();
  if (at_.take("[")) {
    head.label = read_label(at_, "]", problems_);
    if (!head.label) return false;
  } else if (!at_.at_line_end() && at_.peek() != ';' && !at_.sees("%%")) {
    const std::size_t size = std::min(at_.rest().find_first_of("\r\n;"), at_.rest().size());
    std::string_view words = trim(at_.take_bytes(size));
    const bool quoted = words.size() > 1 && words.front() == '"' && words.back() == '"';
    if (quoted) words = words.substr(1, words.size() - 2);
    head.label =
        title_of_label(head.id.empty() ? std::string(words) : fmt::format("{} {}", head.id, words));
    head.id.clear();
  }
  while (head.id.empty() || (unnamed_ == head.id && indices_.contains(head.id)))
    head.id = unnamed_ = fmt::format("group{}", ++unnamed_count_);
  return true;
}

bool ChartReader::open_group() {
  ChartNode head;
  if (!read_group_head(head)) return false;
  if (open_.size() >= static_cast<std::size_t>(limits::kSubgraphDepthMax)) {
    is_over_ = true;
    problems_.add(spec::TooDeep, head.place,
                  refuse({"subgraphs are nested more than {} levels deep", "子图嵌套超过 {} 层"},
                         limits::kSubgraphDepthMax));
    return false;
  }
  const NodeIndex index = node_of(head.id, head.place);
  ChartNode& node = chart_.nodes[index];
  if (node.is_group)
    return fail(head.place, refuse({"there are two subgraphs '{}'; the other is on line {}",
                                    "有两个子图“{}”；另一个在第 {} 行"},
                                   head.id, node.place.line));
  node.is_group = true;
  node.place = head.place;
  node.label = std::move(head.label);
  node.label_place = head.label_place;
  open_.push_back(index);
  mentions_.emplace_back();
  return read_end();
}

// As in Mermaid, a node lies in the first subgraph that is closed after it was named there.
bool ChartReader::close_group() {
  if (open_.empty())
    return fail(at_.place(), refuse({"'end' without 'subgraph'; a node can not be called 'end'",
                                     "'end' 前面没有 'subgraph'；节点不能叫 'end'"}));
  const NodeIndex group = open_.back();
  open_.pop_back();
  for (const NodeIndex node : mentions_.back())
    if (chart_.nodes[node].group == kNoNode && node != group) chart_.nodes[node].group = group;
  mentions_.pop_back();
  if (!open_.empty()) mentions_.back().push_back(group);
  return read_end();
}

bool ChartReader::read_chain() {
  std::vector<NodeIndex> from, to;
  if (!read_nodes(from)) return false;
  for (at_.skip_blanks(); skip_edge_id(), at_link(at_); at_.skip_blanks()) {
    const auto link = read_link(at_, problems_);
    if (!link) return false;
    at_.skip_space();
    to.clear();
    if (!read_nodes(to) || !join_nodes(from, to, *link)) return false;
    std::swap(from, to);
  }
  return true;
}

// `e1@` in front of a link gives it a name for styles.
bool ChartReader::skip_edge_id() {
  const std::size_t size = id_size(at_);
  if (size == 0 || at_.peek(size) != '@') return false;
  Cursor behind = at_;
  behind.skip(size + 1);
  if (!at_link(behind)) return false;
  edge_ids_.emplace(at_.take_bytes(size));
  at_.skip(1);
  return true;
}

bool ChartReader::join_nodes(const std::vector<NodeIndex>& from, const std::vector<NodeIndex>& to,
                             const Link& link) {
  if (!link.is_shown) {
    put_aside(link.place, "~~~");
    return true;
  }
  if (link.is_double)
    return fail(link.place, refuse({"an arrow in both directions is a cycle; draw it in one",
                                    "双向箭头会形成循环；请只画一个方向"}));
  if (chart_.edges.size() + from.size() * to.size() > limits::kChartEdgesMax) {
    is_over_ = true;
    problems_.add(spec::TooManyNodes, link.place,
                  refuse({"the flowchart has more than {} edges", "流程图的连线超过 {} 条"},
                         limits::kChartEdgesMax));
    return false;
  }
  if (link.label) chart_.labels.push_back({*link.label, link.label_place});
  const auto label = static_cast<std::uint32_t>(chart_.labels.size() - 1);
  for (const NodeIndex a : from)
    for (const NodeIndex b : to)
      chart_.edges.push_back({a, b, link.place, link.label ? label : kNoLabel});
  return true;
}

bool ChartReader::read_nodes(std::vector<NodeIndex>& into) {
  for (;;) {
    const auto node = read_node();
    if (!node) return false;
    if (*node != kNoNode) into.push_back(*node);
    at_.skip_blanks();
    if (!at_.take("&")) return true;
    at_.skip_space();
  }
}

std::optional<NodeIndex> ChartReader::read_node() {
  const SourcePlace place = at_.place();
  const std::string id(at_.take_bytes(id_size(at_)));
  if (id.empty()) {
    fail(place, at_.at_line_end()
                    ? refuse({"a node is missing here", "此处缺少节点"})
                    : refuse({"'{}' begins no node", "节点不能以“{}”开头"}, sign_here()));
    return std::nullopt;
  }
  if (edge_ids_.contains(id) && at_.sees("@{")) {
    ChartNode unused;
    put_aside(place, id + std::string(at_.rest().substr(0, at_.rest().find('}') + 1)));
    return read_node_data(unused) ? std::optional(kNoNode) : std::nullopt;
  }
  const NodeIndex index = node_of(id, place);
  if (!mentions_.empty()) mentions_.back().push_back(index);
  ChartNode drawn;
  if (at_.sees("@{") ? !read_node_data(drawn) : !read_shape(at_, drawn, problems_))
    return std::nullopt;
  ChartNode& node = chart_.nodes[index];
  if (drawn.label) {
    node.label = drawn.label;
    node.label_place = drawn.label_place;
  }
  if (drawn.outline != Outline::Plain) node.outline = drawn.outline;
  if (at_.sees(":::")) {
    const SourcePlace style = at_.place();
    std::size_t size = 3;
    while (is_word(at_.peek(size)) || (at_.peek(size) == '-' && is_word(at_.peek(size + 1))))
      ++size;
    put_aside(style, fmt::format("class {} {}", id, at_.take_bytes(size).substr(3)));
  }
  return index;
}

// @{ shape: diamond, label: "..." }: Mermaid reads it as YAML, too.
bool ChartReader::read_node_data(ChartNode& node) {
  at_.skip(1);
  const SourcePlace place = at_.place();
  const std::string_view rest = at_.rest();
  std::size_t size = 0;
  for (bool quoted = false; size < rest.size() && (quoted || rest[size] != '}'); ++size)
    if (rest[size] == '"') quoted = !quoted;
  if (size == rest.size()) return fail(place, refuse({"'@{{' has no '}}'", "“@{{”缺少“}}”"}));
  spec::Tree tree(rest);
  const auto data = spec::parse_value(at_.take_bytes(size + 1), place, tree, problems_);
  return data && read_shape_data(tree, tree.at(*data), node);
}
}  // namespace

Chart read_chart(std::string_view text, std::size_t from, Diagnostics& problems) {
  return ChartReader(text, from, problems).read();
}

FrontMatter front_matter_of(std::string_view text) {
  const spec::Lines lines(text);
  const auto is_rule = [&](int line) {
    const std::string_view content = lines.line(line);
    return content.starts_with("---") && trim(content.substr(3)).empty();
  };
  if (!is_rule(1)) return {};
  for (int line = 2; line <= static_cast<int>(lines.count()); ++line)
    if (is_rule(line))
      return {text.substr(lines.start(2), lines.start(line) - lines.start(2)), 2,
              lines.start(line + 1)};
  return {};
}

bool is_chart_id(std::string_view id) {
  constexpr std::string_view kWords[] = {
      "end",      "graph",    "flowchart", "flowchart-elk", "style",      "subgraph",
      "class",    "classDef", "click",     "linkStyle",     "direction",  "accTitle",
      "accDescr", "default",  "href",      "call",          "interpolate"};
  if (id.empty() || id.front() == '-' || id.back() == '-') return false;
  if (std::find(std::begin(kWords), std::end(kWords), id) != std::end(kWords)) return false;
  return id_size(Cursor(id)) == id.size() && id.find("--") == std::string_view::npos;
}

}  // namespace gantry::forms
