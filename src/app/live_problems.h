// Problems of workflows that only the server can see: their files are good by themselves.
#pragma once

#include <string>
#include <vector>

#include "api/backend.h"
#include "api/hooks.h"

namespace gantry::app {

// Keeps the order of keys.
void add_live_problem(std::vector<api::FileProblem>& all, const std::string& workflow,
                      spec::Diagnostic problem);
// Triggers of one hook that differ in `auth` or `secret`; secrets that can not be read. Blocking.
void add_hook_problems(std::vector<api::FileProblem>& all, const api::Hooks& hooks,
                       const std::string& secrets_dir);

}  // namespace gantry::app
