// SimClock: time that a test holds. Wall time can be set like that of a real machine; the time
// since boot only goes on, and begins again with a reboot.
#pragma once

#include <fmt/format.h>

#include <string>

#include "base/check.h"
#include "base/clock.h"

namespace gantry::testing {

class SimClock : public Clock {
 public:
  explicit SimClock(Instant wall) : wall_(wall) {}

  Instant wall() const override { return wall_; }
  Duration since_boot() const override { return since_boot_; }

  // Real time that has passed since the clock was made, whatever was set or rebooted.
  Duration elapsed() const { return elapsed_; }
  std::string boot_id() const { return fmt::format("boot-{}", boots_); }

  void advance(Duration by) {
    CHECK(by >= Duration{0});
    wall_ = wall_ + by;
    since_boot_ = since_boot_ + by;
    elapsed_ = elapsed_ + by;
  }
  void set_wall(Instant wall) { wall_ = wall; }
  void reboot() {
    since_boot_ = seconds(10);
    ++boots_;
  }

 private:
  Instant wall_;
  Duration since_boot_ = minutes(5);
  Duration elapsed_;
  int boots_ = 1;
};

}  // namespace gantry::testing
