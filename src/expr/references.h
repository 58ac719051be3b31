// The names an expression uses, so that a definition can be checked before anything runs.
#pragma once

#include <string>
#include <vector>

#include "expr/ast.h"
#include "expr/expression.h"
#include "expr/place.h"

namespace gantry::expr {

struct Reference {
  // {"tasks", "load", "outputs", "n"} for tasks.load.outputs.n as for tasks["load"].outputs.n; ends
  // where the next member is not written down, as in tasks[item].state.
  std::vector<std::string> path;
  Place place;          // of the first name
  bool tested = false;  // the last member may be missing: has(a.b), a.?b
  bool operator==(const Reference&) const = default;
};

// In the order of the text. Variables of macros are not references.
std::vector<Reference> references(const Expression& expression);

std::string to_text(const Reference& reference);  // tasks["部门审批"].state

// The path of names that ends in this node, if it is one and begins with a name of the scope.
std::optional<Reference> reference_at(const Ast& ast, NodeId id);

}  // namespace gantry::expr
