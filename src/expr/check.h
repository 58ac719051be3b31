// Finds what is wrong with an expression without running it: unknown names and functions, wrong
// numbers of arguments, bad regular expressions.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "expr/expression.h"

namespace gantry::expr {

// The names in scope as a tree: roots, their members, and so on. Subtrees may be shared, so that
// 100,000 tasks need one description of what a task has.
struct Names {
  bool open = false;  // further members may exist: nothing below is checked
  std::map<std::string, std::shared_ptr<const Names>, std::less<>> members;

  // Adds a member; without a subtree it is open.
  Names& add(std::string name, std::shared_ptr<const Names> subtree = nullptr);
};

// In the order of the text; empty if all is well. Each message says what was meant, if a known name
// is near.
std::vector<Problem> check(const Expression& expression, const Names& roots);

}  // namespace gantry::expr
