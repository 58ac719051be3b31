// The firings of a span of time without naming each: 400 days of a timer of every second are 35
// million. Only the ends and the number matter to those who ask.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace gantry::schedule {

// `at` is when it happens, `scheduled_at` the instant that the rule names and that people speak of
// (a run is unique by it). They differ by what moves firings: a jitter, a calendar.
struct Firing {
  Instant at;
  Instant scheduled_at;
  bool operator==(const Firing&) const = default;
};

struct Firings {
  std::int64_t count = 0;
  // As scheduled_at.
  Instant first;
  Instant last;
  Instant before_last;  // only if there are two
  Instant last_at;      // when the last happens: where a cursor goes that has dealt with them all
  bool operator==(const Firings&) const = default;

  void add(Firing firing) {
    if (count++ == 0) first = firing.scheduled_at;
    before_last = last;
    last = firing.scheduled_at;
    last_at = firing.at;
  }
  void add(Instant at) { add(Firing{at, at}); }
};

}  // namespace gantry::schedule
