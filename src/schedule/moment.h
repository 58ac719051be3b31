// An instant as people write one.
#pragma once

#include <string_view>

#include "base/result.h"
#include "schedule/zone.h"

namespace gantry::schedule {

// "2026-01-31T06:00:00Z" as RFC 3339 has it; without a zone ("2026-01-31T06:00", seconds may be
// left out; "2026-01-31" its midnight) on the clock of `zone`; "06:00": the next time that clock
// shows it, after `now`. In a gap of the clock what follows it. InvalidArgument: none of these.
Result<Instant> moment_of(std::string_view text, const Zone& zone, Instant now);

}  // namespace gantry::schedule
