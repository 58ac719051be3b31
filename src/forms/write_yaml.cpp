#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/utf8.h"
#include "forms/write.h"

namespace gantry::forms {

using spec::Node;
using spec::NodeId;
using spec::NodeKind;
using spec::Tree;

namespace {
constexpr std::size_t kFlowWidth = 80;  // columns of a map or list on one line
constexpr std::size_t kBytesMax = limits::kDefinitionBytesMax + 1;  // nothing reads more

bool is_unprintable(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
         c == 0xFFFE || c == 0xFFFF;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    const auto size = static_cast<std::size_t>(std::max(c.size, 1));
    if (c.value == '"' || c.value == '\\')
      out += '\\', out += text[at];
    else if (c.value == '\n')
      out += "\\n";
    else if (c.value == '\t')
      out += "\\t";
    else if (is_unprintable(c.value))
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c.value));
    else
      out += text.substr(at, size);
    at += size;
  }
  return out + "\"";
}

// A text that YAML reads back as this text without quotes, in a flow collection, too.
bool is_plain(std::string_view text) {
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`=<.";
  if (text.empty() || spec::resolve_plain(text) != NodeKind::String) return false;
  if (kIndicators.find(text.front()) != std::string_view::npos) {
    const bool is_path = text.starts_with("./") || text.starts_with("../");
    if (!is_path) return false;
  }
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (text.find_first_of(",[]{}\"\\") != std::string_view::npos) return false;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos)
    return false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    if (c.size == 0 || is_unprintable(c.value)) return false;
    at += static_cast<std::size_t>(c.size);
  }
  return true;
}

std::string scalar(const Node& node) {
  if (node.kind == NodeKind::Null) return "null";
  if (node.kind != NodeKind::String) return node.text;
  return is_plain(node.text) ? node.text : quoted(node.text);
}

std::string key_text(const Node& key) { return is_plain(key.text) ? key.text : scalar(key); }

bool is_literal(const Node& node) {
  const std::string_view text = node.text;
  if (node.kind != NodeKind::String || text.find('\n') == std::string_view::npos) return false;
  if (text.front() == ' ' || text.front() == '\n' || text.front() == '\t') return false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    if (c.size == 0 || (is_unprintable(c.value) && c.value != '\n' && c.value != '\t'))
      return false;
    at += static_cast<std::size_t>(c.size);
  }
  return true;
}

// The order of keys is always the same, whatever form they come from: these, then the others by
// name, then what is long.
constexpr std::string_view kRootFirst[] = {"title",    "description", "owner",  "labels",
                                           "timezone", "enabled",     "params", "triggers"};
constexpr std::string_view kRootLast[] = {"defaults", "tasks", "finally"};
constexpr std::string_view kTaskFirst[] = {
    "task", "title", "description", "owner", "needs", "join", "trigger_rule",
    "when", "cases", "foreach",     "as",    "run",   "exec", "pass"};
constexpr std::string_view kTaskLast[] = {"switch", "tasks"};

enum class Level { Root, Tasks, Task, Value };

template <std::size_t F, std::size_t L>
std::size_t rank_of(std::string_view key, const std::string_view (&first)[F],
                    const std::string_view (&last)[L]) {
  const auto in_first = std::find(std::begin(first), std::end(first), key) - std::begin(first);
  const auto in_last = std::find(std::begin(last), std::end(last), key) - std::begin(last);
  if (static_cast<std::size_t>(in_last) < L) return F + 1 + static_cast<std::size_t>(in_last);
  return static_cast<std::size_t>(in_first);  // F: neither
}

std::size_t rank_of(std::string_view key, Level level) {
  if (level == Level::Root) return rank_of(key, kRootFirst, kRootLast);
  return level == Level::Task ? rank_of(key, kTaskFirst, kTaskLast) : 0;
}

struct Entry {
  std::size_t rank = 0;
  const Node* key = nullptr;
  NodeId value = 0;
};

std::vector<Entry> ordered(const Tree& tree, const Node& map, Level level) {
  std::vector<Entry> out;
  for (std::size_t i = 0; i < map.children.size(); i += 2) {
    const Node& key = tree.at(map.children[i]);
    out.push_back({rank_of(key.text, level), &key, map.children[i + 1]});
  }
  const bool by_name = level == Level::Root || level == Level::Task;
  if (by_name)
    std::stable_sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) {
      return a.rank != b.rank ? a.rank < b.rank : a.key->text < b.key->text;
    });
  return out;
}

Level below(Level level, std::string_view key) {
  if (level == Level::Root && (key == "tasks" || key == "finally")) return Level::Tasks;
  if (level == Level::Tasks) return Level::Task;
  return level == Level::Task && key == "tasks" ? Level::Tasks : Level::Value;
}

// On one line, as far as `width` columns; longer ones are cut somewhere behind.
void add_flow(const Tree& tree, const Node& node, Level level, std::size_t width,
              std::string& out) {
  if (out.size() > width) return;
  if (node.is_scalar()) {
    out += scalar(node);
    return;
  }
  const bool is_map = node.kind == NodeKind::Map;
  std::string_view between = is_map ? "{" : "[";
  if (node.children.empty()) out += between;
  if (is_map) {
    for (const Entry& entry : ordered(tree, node, level)) {
      out += std::string(between) + key_text(*entry.key) + ": ";
      add_flow(tree, tree.at(entry.value), below(level, entry.key->text), width, out);
      between = ", ";
      if (out.size() > width) return;
    }
  } else {
    for (const NodeId item : node.children) {
      out += between;
      add_flow(tree, tree.at(item), Level::Value, width, out);
      between = ", ";
      if (out.size() > width) return;
    }
  }
  out += is_map ? '}' : ']';
}

class YamlWriter {
 public:
  explicit YamlWriter(const Tree& tree) : tree_(tree) {}

  // Keys of the workflow that stand as blocks, each with its maps.
  void write_root(const Node& root) {
    bool was_section = false;
    for (const Entry& entry : ordered(tree_, root, Level::Root)) {
      const bool is_block = is_section(entry.key->text);
      if (!out_.empty() && (is_block || was_section)) out_ += '\n';
      add_entry(entry, Level::Root, 0, is_block);
      was_section = is_block;
    }
  }
  std::string take() { return std::move(out_); }

 private:
  static bool is_section(std::string_view key) {
    return key == "tasks" || key == "finally" || key == "params" || key == "triggers";
  }

  void add_entry(const Entry& entry, Level level, std::size_t indent, bool as_block) {
    if (out_.size() > kBytesMax) return;
    out_ += std::string(indent, ' ') + key_text(*entry.key) + ":";
    add_value(tree_.at(entry.value), below(level, entry.key->text), indent, as_block);
  }

  // Behind a `:` or a `-`.
  void add_value(const Node& value, Level level, std::size_t indent, bool as_block) {
    if (is_literal(value)) return add_literal(value.text, indent + 2);
    as_block = as_block || holds_maps(value);
    const bool is_small = value.is_scalar() || value.children.empty();
    std::string flow;
    const std::size_t width = is_small ? kBytesMax : kFlowWidth - std::min(indent, kFlowWidth / 2);
    add_flow(tree_, value, level, width, flow);
    const bool fits = is_small || (!as_block && flow.size() <= width);
    if (fits) {
      out_ += " " + flow + "\n";
      return;
    }
    out_ += '\n';
    if (value.kind == NodeKind::Map)
      add_map(value, level, indent + 2);
    else
      add_list(value, indent + 2);
  }

  // Each of them gets a line.
  bool holds_maps(const Node& value) const {
    return value.kind == NodeKind::List && value.children.size() > 1 &&
           tree_.at(value.children[0]).kind == NodeKind::Map;
  }

  void add_map(const Node& map, Level level, std::size_t indent) {
    for (const Entry& entry : ordered(tree_, map, level)) add_entry(entry, level, indent, false);
  }

  void add_list(const Node& list, std::size_t indent) {
    for (const NodeId id : list.children) {
      if (out_.size() > kBytesMax) return;
      out_ += std::string(indent, ' ') + "-";
      add_value(tree_.at(id), Level::Value, indent, false);
    }
  }

  void add_literal(std::string_view text, std::size_t indent) {
    const bool ends = text.back() == '\n';
    const bool keeps = ends && text.size() > 1 && text[text.size() - 2] == '\n';
    out_ += keeps ? " |+\n" : ends ? " |\n" : " |-\n";
    if (ends) text.remove_suffix(1);
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end > at) out_ += std::string(indent, ' ');
      out_ += text.substr(at, end - at);
      out_ += '\n';
      at = end + 1;
    }
  }

  const Tree& tree_;
  std::string out_;
};
}  // namespace

std::string write_yaml(const Tree& tree, NodeId root) {
  YamlWriter writer(tree);
  writer.write_root(tree.at(root));
  return writer.take();
}

std::string write_flow(const Tree& tree, NodeId value) {
  std::string out;
  add_flow(tree, tree.at(value), Level::Value, kBytesMax, out);
  return out;
}

}  // namespace gantry::forms
