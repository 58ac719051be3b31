// What is executed for a start: arguments and environment.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/command.h"

namespace gantry::runner {

// What a task has of the server's own environment.
struct BaseEnvironment {
  std::vector<model::NamedText> entries;  // PATH, HOME, LANG and, if set, TZ
  std::string bash;                       // path of bash, empty = none: scripts run with sh
};
BaseEnvironment base_environment();

// How a script is handed to its interpreter.
struct ScriptCall {
  std::vector<std::string> argv;
  bool needs_file = false;  // the path of a file with the script has to be appended
};
ScriptCall script_call(const std::string& script, const std::string& shell,
                       const std::string& bash);

// "NAME=value" of each; later entries replace earlier ones of the same name. Fails if one can not
// be in an environment, or if all together are over the limit.
Result<std::vector<std::string>> environment(const std::vector<model::NamedText>& entries);

// Whether each can be an argument of a program.
Status check_arguments(const std::vector<std::string>& argv);

}  // namespace gantry::runner
