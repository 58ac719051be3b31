// Starts the task: vfork, exec, and nothing of the shim left in it.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>

#include "shim/protocol.h"

namespace gantry::shim {

// What the zygote found when it was started and gives back to every task.
struct Inherited {
  std::string oom_score_adj;  // to be restored; empty = it was not changed
};

struct Launched {
  pid_t pid = -1;
  int out = -1;  // read ends of the pipes
  int err = -1;
  std::string error;  // why it could not be started; empty = it was
};

// The signals that zygote and shim ignore; a task gets all of them in their default disposition.
// A write over the limit of a file's size is an error then, as on a full disk.
inline constexpr int kIgnoredSignals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1,
                                          SIGUSR2, SIGTTIN, SIGTTOU, SIGTSTP, SIGXFSZ};

Launched launch(const StartRequest& request, const Inherited& inherited);

}  // namespace gantry::shim
