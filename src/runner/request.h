// From a start command to what the zygote is sent.
#pragma once

#include <string>

#include "base/result.h"
#include "model/command.h"
#include "runner/command_line.h"
#include "runner/workspace.h"
#include "shim/protocol.h"

namespace gantry::runner {

struct RequestContext {
  std::string data_dir;
  std::string secrets_dir;
  std::string public_url;  // empty: there is none
  std::string run_dir;     // where the server listens
  std::string identity;    // of the data directory, see strays.h
  std::string boot_id;
  std::size_t log_head_bytes = 0;
  std::size_t log_tail_bytes = 0;
  bool die_with_server = false;
  BaseEnvironment base;
};

// Prepares the workspace and reads the secrets. An error is why the attempt can not be started.
Result<shim::StartRequest> make_request(const RequestContext& context, Workspaces& workspaces,
                                        const model::StartAttempt& command);

}  // namespace gantry::runner
