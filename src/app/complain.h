// What went wrong, for the person at the terminal.
#pragma once

#include <cstdio>
#include <vector>

#include "app/terminal.h"
#include "base/result.h"
#include "spec/load.h"

namespace gantry::app {

// The problems of files, a line each, hints left out; below them the pages that explain the errors.
void print_problems(std::FILE* out, const std::vector<spec::Diagnostic>& problems, Lang lang);

}  // namespace gantry::app
