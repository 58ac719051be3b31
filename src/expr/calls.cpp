#include "expr/calls.h"

#include <algorithm>

#include "expr/ast.h"

namespace gantry::expr {

std::vector<NamedCall> calls_of(const Expression& expression, std::string_view function) {
  const Ast& ast = expression.ast();
  std::vector<NamedCall> found;
  for (const Node& node : ast.nodes) {
    if (node.kind != NodeKind::Call || node.method || node.name != function) continue;
    NamedCall call{place_at(*ast.source, node.offset), std::nullopt};
    if (!node.children.empty()) {
      const Node& first = ast.nodes[node.children[0]];
      if (first.kind == NodeKind::Literal && first.value.is(Value::Kind::String))
        call.text = first.value.as_string();
    }
    found.push_back(std::move(call));
  }
  std::stable_sort(found.begin(), found.end(), [](const NamedCall& a, const NamedCall& b) {
    return a.place.offset < b.place.offset;
  });
  return found;
}

}  // namespace gantry::expr
