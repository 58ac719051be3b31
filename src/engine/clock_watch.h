// Notices from one look to the next that the wall clock was set, or that the machine slept or the
// process was stopped. Timers follow by themselves (core/catch_up.h); people should know why.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace gantry::engine {

class ClockWatch {
 public:
  // What to tell, empty if nothing happened. `meant` is how long nobody wanted to look.
  std::string look(Now now, std::optional<Duration> meant);

 private:
  std::optional<Now> last_;
};

}  // namespace gantry::engine
