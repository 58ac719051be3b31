// The zygote's children. Of a shim that was killed it inherits, as a subreaper, whatever the task
// had started: all its children that are not shims of its own are such strays, whatever they made
// of their environment, session or name. They are killed at once. (Those of a shim that outlived
// its zygote go to the init process: there only a cgroup or the marker finds them.)
#pragma once

#include <sys/types.h>

#include <set>

namespace gantry::shim {

class Brood {
 public:
  void add(pid_t shim) { shims_.insert(shim); }

  // Reaps what has ended. True while strays are left: to be called again soon.
  bool tend();

 private:
  bool kill_strays();

  std::set<pid_t> shims_;
  bool suspect_ = false;  // a shim was killed: there may be strays
};

}  // namespace gantry::shim
