// What the expressions of `outputs` read of a process that has ended: its standard output and
// files of its workspace. Known before it starts, so that whoever runs it can hand them over.
#pragma once

#include <string>
#include <vector>

#include "expr/expression.h"

namespace gantry::expr {

// Each once, sorted: paths as written, and the empty path for standard output.
std::vector<std::string> captures_of(const std::vector<Expression>& expressions);

}  // namespace gantry::expr
