// The only way to read a clock. Pure code gets a Now as an argument instead.
#pragma once

#include "base/time.h"

namespace gantry {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant wall() const = 0;
  // Time since boot, including suspend (CLOCK_BOOTTIME). Comparable only within one boot.
  virtual Duration since_boot() const = 0;
};

class SystemClock : public Clock {
 public:
  Instant wall() const override;
  Duration since_boot() const override;
};

}  // namespace gantry
