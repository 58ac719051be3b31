#include "expr/captures.h"

#include <set>

#include "expr/calls.h"
#include "expr/references.h"

namespace gantry::expr {

std::vector<std::string> captures_of(const std::vector<Expression>& expressions) {
  std::set<std::string> paths;
  for (const Expression& expression : expressions) {
    for (const Reference& reference : references(expression))
      if (reference.path[0] == "stdout") paths.insert("");
    for (const NamedCall& call : calls_of(expression, "file"))
      if (call.text) paths.insert(*call.text);
  }
  return {paths.begin(), paths.end()};
}

}  // namespace gantry::expr
