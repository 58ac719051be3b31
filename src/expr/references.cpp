#include "expr/references.h"

#include <algorithm>

#include "base/json.h"
#include "expr/literal.h"

namespace gantry::expr {

namespace {
bool is_step(const Ast& ast, const Node& node) {
  if (node.kind == NodeKind::Select || node.kind == NodeKind::Has) return true;
  if (node.kind != NodeKind::Index) return false;
  const Node& key = ast.nodes[node.children[1]];
  return key.kind == NodeKind::Literal && key.value.is(Value::Kind::String);
}

const std::string& step_name(const Ast& ast, const Node& node) {
  return node.kind == NodeKind::Index ? ast.nodes[node.children[1]].value.as_string() : node.name;
}
}  // namespace

std::optional<Reference> reference_at(const Ast& ast, NodeId id) {
  Reference reference;
  const Node* node = &ast.nodes[id];
  reference.tested = node->kind == NodeKind::Has || node->optional;
  for (; is_step(ast, *node); node = &ast.nodes[node->children[0]]) {
    // What follows an optional member may be missing too, so the path ends there.
    if (node->optional) {
      reference.path.clear();
      reference.tested = true;
    }
    reference.path.push_back(step_name(ast, *node));
  }
  if (node->kind != NodeKind::Name || node->slot != kNoSlot) return std::nullopt;
  reference.path.push_back(node->name);
  std::reverse(reference.path.begin(), reference.path.end());
  reference.place = place_at(*ast.source, node->offset);
  return reference;
}

std::vector<Reference> references(const Expression& expression) {
  const Ast& ast = expression.ast();
  std::vector<Reference> found;
  std::vector<bool> inner(ast.nodes.size());  // part of a longer path
  for (NodeId id = static_cast<NodeId>(ast.nodes.size()); id-- > 0;) {
    const Node& node = ast.nodes[id];
    const bool step = is_step(ast, node);
    if (step) inner[node.children[0]] = true;
    if (inner[id] || (!step && node.kind != NodeKind::Name)) continue;
    if (auto reference = reference_at(ast, id)) found.push_back(*std::move(reference));
  }
  std::stable_sort(found.begin(), found.end(), [](const Reference& a, const Reference& b) {
    return a.place.offset < b.place.offset;
  });
  return found;
}

std::string to_text(const Reference& reference) {
  std::string text;
  for (const std::string& name : reference.path) {
    if (is_plain_name(name)) {
      text += (text.empty() ? "" : ".") + name;
    } else {
      text += "[";
      append_json_string(text, name);
      text += "]";
    }
  }
  return text;
}

}  // namespace gantry::expr
