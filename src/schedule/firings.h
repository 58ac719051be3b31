// The firings of a span of time without naming each: 400 days of a timer of every second are 35
// million. Only the ends and the number matter to those who ask.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace gantry::schedule {

struct Firings {
  std::int64_t count = 0;
  Instant first;
  Instant last;
  Instant before_last;  // only if there are two
  bool operator==(const Firings&) const = default;

  void add(Instant at) {
    if (count++ == 0) first = at;
    before_last = last;
    last = at;
  }
};

}  // namespace gantry::schedule
