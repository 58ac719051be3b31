// What went wrong, for the person at the terminal.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/terminal.h"
#include "base/result.h"
#include "spec/load.h"

namespace gantry::app {

// The problems of files, a line each, hints left out; below them the pages that explain the errors.
void print_problems(std::FILE* out, const std::vector<spec::Diagnostic>& problems, Lang lang);

// A workflow file, its problems told; nothing if it has errors.
std::optional<model::Definition> load_or_complain(const Context& context, const std::string& path);

}  // namespace gantry::app
