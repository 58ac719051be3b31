#include "spec/node_value.h"

namespace gantry::spec {

namespace {

Value to_list(const Source& source, const Node& node, std::string_view key) {
  ValueList out;
  for (const NodeId child : node.children)
    out.push_back(to_value(source, source.tree.at(child), key));
  return out;
}

Value to_map(const Source& source, const Node& node, std::string_view key) {
  ValueMap out;
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    const Node& name = source.tree.at(node.children[i]);
    out.emplace_back(name.text, to_value(source, source.tree.at(node.children[i + 1]), key));
  }
  return out;
}

template <typename T>
Value number(const Source& source, const Node& node, std::optional<T> value) {
  if (value) return Value(*value);
  source.problems.add(OutOfRange, node.place,
                      refuse({"{} does not fit into 64 bits", "{} 超出 64 位数的范围"}, node.text));
  return {};
}

}  // namespace

Value to_value(const Source& source, const Node& node, std::string_view key) {
  switch (node.kind) {
    case NodeKind::Null: return {};
    case NodeKind::Bool: return Value(node.text[0] == 't' || node.text[0] == 'T');
    case NodeKind::Int: return number(source, node, int_value(node.text));
    case NodeKind::Float: return number(source, node, float_value(node.text));
    case NodeKind::String: refuse_expression(source, node, key); return Value(node.text);
    case NodeKind::List: return to_list(source, node, key);
    case NodeKind::Map: return to_map(source, node, key);
  }
  return {};
}

}  // namespace gantry::spec
