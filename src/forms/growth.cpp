#include "forms/growth.h"

#include <algorithm>

#include "base/limits.h"

namespace gantry::forms {

using spec::Node;
using spec::NodeId;
using spec::NodeKind;

NodeId Growth::add(NodeKind kind, model::SourcePlace place) {
  Node node;
  node.kind = kind;
  node.open = kind >= NodeKind::List;  // until its size is known
  node.place = place;
  return tree_.add(std::move(node));
}

NodeId Growth::text(std::string_view text, model::SourcePlace place, spec::ScalarStyle style) {
  const NodeId id = add(NodeKind::String, place);
  tree_.at(id).text = text;
  tree_.at(id).style = style;
  return id;
}

NodeId Growth::plain(std::string_view text, model::SourcePlace place) {
  const NodeId id = this->text(text, place);
  tree_.at(id).kind = spec::resolve_plain(text);
  return id;
}

void Growth::put(NodeId map, NodeId key, NodeId value) {
  tree_.at(map).children.push_back(key);
  tree_.at(map).children.push_back(value);
}

void Growth::push(NodeId list, NodeId item) { tree_.at(list).children.push_back(item); }

std::optional<NodeId> find_value(const spec::Tree& tree, NodeId map, std::string_view key) {
  const Node& node = tree.at(map);
  for (std::size_t i = 0; node.kind == NodeKind::Map && i < node.children.size(); i += 2)
    if (tree.at(node.children[i]).text == key) return node.children[i + 1];
  return std::nullopt;
}

// Levels of open nodes are few: subgraphs are, and what YAML parsed is counted already.
void Growth::count(NodeId id) {
  Node& node = tree_.at(id);
  if (!node.open) return;
  node.open = false;
  std::uint64_t expanded = 1;
  int height = 1;
  for (const NodeId child : node.children) {
    count(child);
    expanded += tree_.at(child).expanded_count;
    height = std::max(height, tree_.at(child).height + 1);
  }
  node.expanded_count =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(expanded, limits::kYamlNodesMax + 1));
  node.height = static_cast<std::uint8_t>(std::min(height, limits::kYamlDepthMax + 1));
}

bool Growth::finish(NodeId root) {
  tree_.set_root(root);
  count(root);
  return tree_.at(root).expanded_count <= limits::kYamlNodesMax &&
         tree_.at(root).height <= limits::kYamlDepthMax;
}

}  // namespace gantry::forms
