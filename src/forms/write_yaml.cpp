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

// On one line, as far as `width` columns; longer ones are cut somewhere behind.
void add_flow(const Tree& tree, const Node& node, std::size_t width, std::string& out) {
  if (out.size() > width) return;
  if (node.is_scalar()) {
    out += scalar(node);
    return;
  }
  const bool is_map = node.kind == NodeKind::Map;
  out += is_map ? '{' : '[';
  for (std::size_t i = 0; i < node.children.size() && out.size() <= width; ++i) {
    const Node& child = tree.at(node.children[i]);
    const bool is_key = is_map && i % 2 == 0;
    if (i > 0 && (!is_map || is_key)) out += ", ";
    if (is_key)
      out += key_text(child) + ": ";
    else
      add_flow(tree, child, width, out);
  }
  out += is_map ? '}' : ']';
}

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

class YamlWriter {
 public:
  explicit YamlWriter(const Tree& tree) : tree_(tree) {}

  // Keys of the workflow that stand as blocks, each with its maps.
  void write_root(const Node& root) {
    for (std::size_t i = 0; i < root.children.size(); i += 2) {
      const Node& key = tree_.at(root.children[i]);
      const Node& value = tree_.at(root.children[i + 1]);
      if (i > 0 && (is_section(key.text) || is_section(tree_.at(root.children[i - 2]).text)))
        out_ += '\n';
      add_entry(key, value, 0, is_section(key.text));
    }
  }
  std::string take() { return std::move(out_); }

 private:
  static bool is_section(std::string_view key) {
    return key == "tasks" || key == "finally" || key == "params" || key == "triggers";
  }

  void add_entry(const Node& key, const Node& value, std::size_t indent, bool as_block) {
    if (out_.size() > kBytesMax) return;
    out_ += std::string(indent, ' ') + key_text(key) + ":";
    add_value(value, indent, as_block);
  }

  // Behind a `:` or a `-`.
  void add_value(const Node& value, std::size_t indent, bool as_block) {
    if (is_literal(value)) return add_literal(value.text, indent + 2);
    as_block = as_block || holds_maps(value);
    const bool is_small = value.is_scalar() || value.children.empty();
    std::string flow;
    const std::size_t width = is_small ? kBytesMax : kFlowWidth - std::min(indent, kFlowWidth / 2);
    add_flow(tree_, value, width, flow);
    const bool fits = is_small || (!as_block && flow.size() <= width);
    if (fits) {
      out_ += " " + flow + "\n";
      return;
    }
    out_ += '\n';
    if (value.kind == NodeKind::Map)
      add_map(value, indent + 2);
    else
      add_list(value, indent + 2);
  }

  // Each of them gets a line.
  bool holds_maps(const Node& value) const {
    return value.kind == NodeKind::List && value.children.size() > 1 &&
           tree_.at(value.children[0]).kind == NodeKind::Map;
  }

  void add_map(const Node& map, std::size_t indent) {
    for (std::size_t i = 0; i < map.children.size(); i += 2)
      add_entry(tree_.at(map.children[i]), tree_.at(map.children[i + 1]), indent, false);
  }

  void add_list(const Node& list, std::size_t indent) {
    for (const NodeId id : list.children) {
      if (out_.size() > kBytesMax) return;
      out_ += std::string(indent, ' ') + "-";
      add_value(tree_.at(id), indent, false);
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
  add_flow(tree, tree.at(value), kBytesMax, out);
  return out;
}

}  // namespace gantry::forms
