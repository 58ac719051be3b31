// Intervals of real time: every `period`, counted from `from`.
//
// Firings are at from, from + period, from + 2 periods, ...; none before `from`. Without `from`
// they are counted from the Unix epoch, so that `every: 1h` fires on the hour of UTC, `every: 1d`
// at midnight UTC, wherever and whenever the server was started. Zones and daylight saving do not
// matter: for "each day at 8 on the clock" there is cron.
#pragma once

#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "schedule/firings.h"

namespace gantry::schedule {

struct Every {
  Duration period;  // at least limits::kEveryMin
  Instant from;     // the Unix epoch
  bool operator==(const Every&) const = default;
};

// InvalidArgument if the period is shorter than the limit.
Result<Every> make_every(Duration period, Instant from = {});

// Nothing if the next firing is beyond the range of Instant.
std::optional<Instant> next_after(const Every& every, Instant after);

// All firings in (after, until].
Firings firings_in(const Every& every, Instant after, Instant until);

}  // namespace gantry::schedule
