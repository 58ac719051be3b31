#include "shim/brood.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "shim/tree.h"

namespace gantry::shim {

bool Brood::tend() {
  int status = 0;
  for (;;) {
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid <= 0) break;
    if (shims_.erase(pid) > 0 && WIFSIGNALED(status)) suspect_ = true;
  }
  if (suspect_) suspect_ = kill_strays();
  return suspect_;
}

// Children of what is killed come to us next. A child that has ended stays ours until it is
// reaped, so the numbers are right.
bool Brood::kill_strays() {
  bool found = false;
  for (const pid_t pid : children_of(::getpid())) {
    if (shims_.contains(pid)) continue;
    ::kill(pid, SIGKILL);
    found = true;
  }
  return found;
}

}  // namespace gantry::shim
