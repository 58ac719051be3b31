// Following the logs of all tasks of a run at once.
#pragma once

#include <string>

#include "app/client.h"
#include "app/commands.h"

namespace gantry::app {

// Every attempt, also those that begin later, line by line as they come, until the run has ended
// and all was printed. `selected`: what selects lines, as query parameters.
Status follow_all_logs(Client& client, const Context& context, const LogsOptions& options,
                       const std::string& selected);

}  // namespace gantry::app
