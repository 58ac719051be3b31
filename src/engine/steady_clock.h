// Gantry's steady time. It goes on over restarts and reboots: within one boot it follows the time
// since boot; across boots it adds the wall time that passed, never less than nothing. So a clock
// that is set forth fires no delay early, and a delay goes on counting while the machine is off.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "store/store.h"

namespace gantry::engine {

class SteadyClock {
 public:
  // `last` is the mark of the last commit, none in a fresh store.
  SteadyClock(const Clock& clock, std::string boot_id, const std::optional<store::TimeMark>& last);

  Now now() const;
  store::TimeMark mark(Now now) const;

 private:
  const Clock& clock_;
  std::string boot_id_;
  Steady origin_;  // steady time at boot
};

}  // namespace gantry::engine
