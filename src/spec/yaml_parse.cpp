#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/limits.h"
#include "spec/yaml_tree.h"

namespace gantry::spec {

using model::SourcePlace;

namespace {

// `origin` is where the text that is parsed begins in its file.
SourcePlace place_of(const yaml_mark_t& mark, SourcePlace origin = {1, 1}) {
  const int column = static_cast<int>(mark.column) + (mark.line == 0 ? origin.column : 1);
  return {static_cast<int>(mark.line) + origin.line, column};
}

std::string_view text_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

ScalarStyle style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return ScalarStyle::Single;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return ScalarStyle::Double;
    case YAML_LITERAL_SCALAR_STYLE: return ScalarStyle::Literal;
    case YAML_FOLDED_SCALAR_STYLE: return ScalarStyle::Folded;
    default: return ScalarStyle::Plain;
  }
}

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

std::optional<NodeKind> kind_of_tag(std::string_view tag) {
  if (!tag.starts_with(kTagPrefix)) return std::nullopt;
  tag.remove_prefix(kTagPrefix.size());
  if (tag == "null") return NodeKind::Null;
  if (tag == "bool") return NodeKind::Bool;
  if (tag == "int") return NodeKind::Int;
  if (tag == "float") return NodeKind::Float;
  if (tag == "str") return NodeKind::String;
  if (tag == "seq") return NodeKind::List;
  if (tag == "map") return NodeKind::Map;
  return std::nullopt;
}

// libyaml's words, and what to do about them. Matched by prefix.
struct Advice {
  std::string_view problem;
  Text text;
};
constexpr Advice kAdvice[] = {
    {"mapping values are not allowed",
     {"a ': ' can not stand here; put the text in quotes, or check the indentation",
      "此处不能有“: ”；请给文本加引号，或检查缩进"}},
    {"could not find expected ':'",
     {"a key without ':' behind it, or a text whose quotes are missing",
      "键后缺少“:”，或文本缺少引号"}},
    {"did not find expected key",
     {"this line fits no open block; check its indentation and the quotes before it",
      "此行不属于任何未结束的块；请检查它的缩进和前面的引号"}},
    {"did not find expected '-' indicator",
     {"this line fits no open list; check its indentation",
      "此行不属于任何未结束的列表；请检查它的缩进"}},
    {"did not find expected ',' or ']'",
     {"the list [ ... ] lacks a ',' or its ']'", "列表 [ ... ] 缺少“,”或“]”"}},
    {"did not find expected ',' or '}'",
     {"the map { ... } lacks a ',' or its '}'", "映射 { ... } 缺少“,”或“}”"}},
    {"did not find expected node content",
     {"a value is missing here, or a bracket is not closed", "此处缺少值，或括号没有闭合"}},
    {"block sequence entries are not allowed",
     {"a list can not begin here; put it on the next line",
      "列表不能从这里开始；请把它放到下一行"}},
    {"found unexpected end of stream", {"the quote is not closed", "引号没有闭合"}},
    {"found unknown escape character",
     {"unknown escape in a double-quoted text; write \\\\ for a backslash or use single quotes",
      "双引号文本中有未知的转义；反斜杠请写成 \\\\，或改用单引号"}},
    {"found unexpected document indicator",
     {"the quote is not closed before the end of the document", "到文档结束引号仍未闭合"}},
};

Error syntax_error(const yaml_parser_t& parser) {
  const std::string_view problem = parser.problem == nullptr ? "can not be read" : parser.problem;
  for (const Advice& advice : kAdvice)
    if (problem.starts_with(advice.problem))
      return {Code::InvalidArgument, std::string(advice.text.en), std::string(advice.text.zh)};
  return refuse({"not valid YAML: {}", "不是有效的 YAML：{}"}, problem);
}

Error unknown_tag(std::string_view tag) {
  return refuse({"the tag '{}' is not known here; remove it", "此处不认识标签“{}”；请删去它"}, tag);
}

// Builds the tree from events. Every limit is checked as a node is added.
class TreeBuilder {
 public:
  TreeBuilder(Tree& tree, SourcePlace origin, Diagnostics& problems)
      : tree_(tree), origin_(origin), problems_(problems) {}

  bool feed(const yaml_event_t& event);  // false: an error that ends the parse was reported
  std::optional<NodeId> root() const { return root_; }

 private:
  bool begin_document(SourcePlace place);
  bool add_scalar(const yaml_event_t& event);
  bool begin_container(const yaml_event_t& event, NodeKind kind, const yaml_char_t* tag,
                       const yaml_char_t* anchor);
  bool end_container();
  bool add_alias(const yaml_event_t& event);
  bool resolve_scalar(Node& node, std::string_view tag, bool plain);
  bool attach(NodeId id, SourcePlace place);
  void check_keys(const Node& map);
  bool end_with(Lint code, SourcePlace place, const Error& what) {
    problems_.add(code, place, what);
    return false;
  }

  Tree& tree_;
  const SourcePlace origin_;
  Diagnostics& problems_;
  std::optional<NodeId> root_;
  std::vector<NodeId> open_;
  std::map<std::string, NodeId, std::less<>> anchors_;
  std::size_t aliases_ = 0;
  int documents_ = 0;
};

bool TreeBuilder::feed(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_DOCUMENT_START_EVENT: return begin_document(place_of(event.start_mark, origin_));
    case YAML_SCALAR_EVENT: return add_scalar(event);
    case YAML_SEQUENCE_START_EVENT:
      return begin_container(event, NodeKind::List, event.data.sequence_start.tag,
                             event.data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
      return begin_container(event, NodeKind::Map, event.data.mapping_start.tag,
                             event.data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return end_container();
    case YAML_ALIAS_EVENT: return add_alias(event);
    default: return true;
  }
}

bool TreeBuilder::begin_document(SourcePlace place) {
  if (++documents_ == 1) return true;
  return end_with(
      SeveralDocuments, place,
      refuse({"a workflow file holds one document; put the next workflow into its own file",
              "一个工作流文件只含一个文档；请把下一个工作流放进它自己的文件"}));
}

bool TreeBuilder::resolve_scalar(Node& node, std::string_view tag, bool plain) {
  node.kind = plain ? resolve_plain(node.text) : NodeKind::String;
  if (tag.empty()) return true;
  if (tag == "!") {
    node.kind = NodeKind::String;
    return true;
  }
  const auto wanted = kind_of_tag(tag);
  if (!wanted || *wanted >= NodeKind::List)
    return end_with(UnknownTag, node.place, unknown_tag(tag));
  const NodeKind natural = resolve_plain(node.text);
  const bool fits = *wanted == NodeKind::String || *wanted == natural ||
                    (*wanted == NodeKind::Float && natural == NodeKind::Int);
  if (!fits)
    return end_with(
        UnknownTag, node.place,
        Error{Code::InvalidArgument,
              fmt::format("'{}' is not {}, as its tag says", node.text, kind_name(*wanted).en),
              fmt::format("“{}”不是它的标签所说的{}", node.text, kind_name(*wanted).zh)});
  node.kind = *wanted;
  return true;
}

bool TreeBuilder::add_scalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  Node node;
  node.place = place_of(event.start_mark, origin_);
  node.style = style_of(scalar.style);
  node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
  if (!resolve_scalar(node, text_of(scalar.tag), scalar.style == YAML_PLAIN_SCALAR_STYLE))
    return false;
  const SourcePlace place = node.place;
  const NodeId id = tree_.add(std::move(node));
  if (scalar.anchor != nullptr) anchors_.insert_or_assign(std::string(text_of(scalar.anchor)), id);
  return attach(id, place);
}

bool TreeBuilder::begin_container(const yaml_event_t& event, NodeKind kind, const yaml_char_t* tag,
                                  const yaml_char_t* anchor) {
  const SourcePlace place = place_of(event.start_mark, origin_);
  if (open_.size() >= static_cast<std::size_t>(limits::kYamlDepthMax))
    return end_with(
        TooDeep, place,
        refuse({"nested more than {} levels deep", "嵌套超过 {} 层"}, limits::kYamlDepthMax));
  const std::string_view tag_text = text_of(tag);
  if (!tag_text.empty() && tag_text != "!" && kind_of_tag(tag_text) != kind)
    return end_with(UnknownTag, place, unknown_tag(tag_text));
  Node node;
  node.kind = kind;
  node.place = place;
  node.open = true;
  const NodeId id = tree_.add(std::move(node));
  if (anchor != nullptr) anchors_.insert_or_assign(std::string(text_of(anchor)), id);
  open_.push_back(id);
  return true;
}

bool TreeBuilder::end_container() {
  const NodeId id = open_.back();
  open_.pop_back();
  Node& node = tree_.at(id);
  node.open = false;
  if (node.kind == NodeKind::Map) check_keys(node);
  return attach(id, node.place);
}

bool TreeBuilder::add_alias(const yaml_event_t& event) {
  const SourcePlace place = place_of(event.start_mark, origin_);
  const std::string_view name = text_of(event.data.alias.anchor);
  const auto found = anchors_.find(name);
  if (found == anchors_.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, id] : anchors_) names.push_back(known);
    problems_.add(UnknownAlias, place,
                  refuse({"no anchor '&{}' stands before this", "前面没有锚点 '&{}'"}, name),
                  problems_.suggest(name, names));
    return false;
  }
  if (tree_.at(found->second).open)
    return end_with(
        AliasLoop, place,
        refuse({"'*{}' stands inside its own anchor", "'*{}' 在它自己的锚点之内"}, name));
  if (++aliases_ > limits::kYamlAliasesMax)
    return end_with(TooManyAliases, place,
                    refuse({"more than {} aliases; use 'defaults' or params instead",
                            "别名超过 {} 个；请改用 'defaults' 或参数"},
                           limits::kYamlAliasesMax));
  return attach(found->second, place);
}

// Adds a finished node to the container that is open, which takes over its size and height.
bool TreeBuilder::attach(NodeId id, SourcePlace place) {
  if (open_.empty()) {
    root_ = id;
    return true;
  }
  const std::uint32_t expanded = tree_.at(id).expanded_count;
  const std::uint8_t height = tree_.at(id).height;
  Node& parent = tree_.at(open_.back());
  parent.children.push_back(id);
  parent.expanded_count += expanded;
  parent.height = std::max(parent.height, static_cast<std::uint8_t>(height + 1));
  if (open_.size() + height > static_cast<std::size_t>(limits::kYamlDepthMax) + 1)
    return end_with(
        TooDeep, place,
        refuse({"nested more than {} levels deep by this alias", "此别名使嵌套超过 {} 层"},
               limits::kYamlDepthMax));
  if (parent.expanded_count <= limits::kYamlNodesMax) return true;
  return end_with(
      TooManyNodes, place,
      refuse({"the file holds more than {} values, aliases counted as what they stand for",
              "文件中的值超过 {} 个（别名按其所代表的内容计）"},
             limits::kYamlNodesMax));
}

void TreeBuilder::check_keys(const Node& map) {
  std::vector<const Node*> keys;
  for (std::size_t i = 0; i < map.children.size() && !problems_.full(); i += 2) {
    const Node& key = tree_.at(map.children[i]);
    if (!key.is_scalar() || key.kind == NodeKind::Null)
      problems_.add(WrongType, key.place,
                    Error{Code::InvalidArgument,
                          fmt::format("a key is a name, not {}", kind_name(key.kind).en),
                          fmt::format("键应为名称，而不是{}", kind_name(key.kind).zh)});
    else if (key.text == "<<" && key.style == ScalarStyle::Plain)
      problems_.add(
          MergeKey, key.place,
          refuse({"'<<' is not part of YAML 1.2; use 'defaults', or an alias for a whole value",
                  "'<<' 不属于 YAML 1.2；请用 'defaults'，或对整个值使用别名"}));
    else
      keys.push_back(&key);
  }
  std::stable_sort(keys.begin(), keys.end(),
                   [](const Node* a, const Node* b) { return a->text < b->text; });
  for (std::size_t i = 1; i < keys.size() && !problems_.full(); ++i)
    if (keys[i]->text == keys[i - 1]->text)
      problems_.add(DuplicateKey, keys[i]->place,
                    refuse({"the key '{}' stands here twice; the other is on line {}",
                            "键“{}”在这里出现了两次；另一个在第 {} 行"},
                           keys[i]->text, keys[i - 1]->place.line));
}

// libyaml's parser as a value.
class EventSource {
 public:
  explicit EventSource(std::string_view text) {
    CHECK(yaml_parser_initialize(&parser_) == 1);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~EventSource() { yaml_parser_delete(&parser_); }
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;

  const yaml_parser_t& parser() const { return parser_; }
  // Hands every event to `builder` until one of them has had enough.
  bool feed_all(TreeBuilder& builder, bool& is_broken) {
    for (bool end = false; !end;) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) == 0) {
        is_broken = true;
        return false;
      }
      end = event.type == YAML_STREAM_END_EVENT;
      const bool good = builder.feed(event);
      yaml_event_delete(&event);
      if (!good) return false;
    }
    return true;
  }

 private:
  yaml_parser_t parser_{};
};

void report_syntax(const yaml_parser_t& parser, std::string_view text, SourcePlace origin,
                   Diagnostics& problems) {
  const Lines lines(text);
  const std::string_view problem = parser.problem == nullptr ? "" : parser.problem;
  // What is wrong is where the text or bracket begins, not where it was found never to end.
  const bool at_end = lines.offset(place_of(parser.problem_mark)) >= text.size();
  const bool never_ends = at_end || problem.starts_with("found unexpected") ||
                          problem.starts_with("could not find expected ':'");
  const bool has_context = parser.context != nullptr;
  const yaml_mark_t& mark = never_ends && has_context ? parser.context_mark : parser.problem_mark;
  const SourcePlace place = place_of(mark, origin);
  const std::size_t at = lines.offset(place_of(mark));
  const char here = at < text.size() ? text[at] : '\0';
  const bool cannot_start = problem.starts_with("found character that cannot start any token");
  if (here == '\t' || problem.find("tab character") != std::string_view::npos)
    return problems.add(
        TabIndent, place,
        refuse({"a tab can not indent YAML; use spaces", "YAML 不能用制表符缩进；请用空格"}));
  if (cannot_start)
    return problems.add(
        YamlSyntax, place,
        refuse({"a value can not begin with '{}'; put it in quotes", "值不能以“{}”开头；请加引号"},
               here));
  problems.add(YamlSyntax, place, syntax_error(parser));
}

}  // namespace

namespace {
// False: an error was reported. Without a root if the text holds no value.
bool parse_into(Tree& tree, std::string_view text, SourcePlace origin, Diagnostics& problems,
                std::optional<NodeId>& root) {
  TreeBuilder builder(tree, origin, problems);
  EventSource events(text);
  bool is_broken = false;
  const bool good = events.feed_all(builder, is_broken);
  if (is_broken) report_syntax(events.parser(), text, origin, problems);
  root = builder.root();
  return good;
}
}  // namespace

std::optional<NodeId> parse_value(std::string_view text, SourcePlace origin, Tree& into,
                                  Diagnostics& problems) {
  std::optional<NodeId> root;
  return parse_into(into, text, origin, problems, root) ? root : std::nullopt;
}

std::optional<Tree> parse_yaml(std::string_view text, Diagnostics& problems) {
  Tree tree(text);
  std::optional<NodeId> root;
  if (!parse_into(tree, text, {1, 1}, problems, root)) return std::nullopt;
  if (root) tree.set_root(*root);
  const bool empty = !root || tree.root().kind == NodeKind::Null;
  if (empty) {
    problems.add(EmptyFile, {1, 1},
                 refuse({"the file is empty; a workflow needs at least 'tasks'",
                         "文件为空；工作流至少需要 'tasks'"}));
    return std::nullopt;
  }
  if (tree.root().kind != NodeKind::Map) {
    problems.add(
        WrongType, tree.root().place,
        Error{
            Code::InvalidArgument,
            fmt::format("a workflow file is a map of keys, not {}", kind_name(tree.root().kind).en),
            fmt::format("工作流文件应为由键组成的映射，而不是{}", kind_name(tree.root().kind).zh)});
    return std::nullopt;
  }
  return tree;
}

}  // namespace gantry::spec
