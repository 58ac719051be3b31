// Cron expressions: [second] minute hour day-of-month month day-of-week, or @daily and the like.
//
// A field is a comma-separated list of `*`, `a`, `a-b`, each with an optional `/step`; `a/step`
// means from `a` to the field's end, as in Quartz and croniter. Months and weekdays may be written
// as names (JAN, mon); 0 and 7 are Sunday. A step the field can not reach is refused, because it
// would quietly mean something else. More forms, all of which may stand in lists:
//
//   day-of-month  ? (= *, alone), L (the last day), L-n (n days before it), nW (the Monday to
//                 Friday nearest to day n, in the same month), LW (the last Monday to Friday)
//   day-of-week   ? (= *, alone), n#k (the k-th weekday n of the month), nL (the last one)
//   any           H, H(a-b), H/n, H(a-b)/n: a value that is chosen by the hash of the seed and of
//                 the field; days of the month up to 28, which every month has
//
// Days follow Vixie cron: if neither day field begins with `*` (or is `?`), a day matches that
// satisfies either of them; else it must satisfy both.
//
// Where the zone's clock is set forth or back:
//   - if the minute or hour field begins with `*`, the expression matches the clock at every real
//     instant: nothing in a gap, twice in a repeated hour ("elapsed time");
//   - any other expression names times of day: one in a gap comes at the first instant after it
//     (several in one gap are one), one in a repeated hour at its first passing only.
// Differs from others: Airflow takes the second passing of a repeated hour; Vixie treats only
// changes of less than three hours so, here it is any change. docs/format/schedules.md has the
// table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "schedule/firings.h"
#include "schedule/zone.h"

namespace gantry::schedule {

// Bit n of a set is set if the value n matches.
struct CronFields {
  std::uint64_t seconds = 1;  // 0..59
  std::uint64_t minutes = 0;  // 0..59
  std::uint32_t hours = 0;    // 0..23
  std::uint32_t months = 0;   // 1..12
  // A day of the month is named by any of these.
  std::uint32_t days = 0;           // 1..31
  std::uint32_t days_from_end = 0;  // 0..30, 0 = the last
  std::uint32_t near_days = 0;      // 1..31: the working day (Monday to Friday) nearest to it
  bool last_workday = false;
  // A day of the week by any of these.
  std::uint32_t weekdays = 0;       // 0..6, 0 = Sunday
  std::uint64_t nth_weekdays = 0;   // 7 * (k - 1) + weekday: the k-th of the month, k in 1..5
  std::uint32_t last_weekdays = 0;  // 0..6: the last of the month
  bool either_day = false;          // both day fields are restricted: one of them suffices
  bool elapsed_time = false;        // minute or hour begins with `*`
  bool operator==(const CronFields&) const = default;
};

struct Cron {
  CronFields fields;
  Zone zone;  // UTC until its owner sets it
  bool operator==(const Cron&) const = default;
};

// What `H` is hashed with for a trigger: the same after every restart, another for the next one.
std::string cron_seed(std::string_view workflow, std::string_view trigger);

// The error names the field and the column (from 1, in code points). An expression that could never
// fire (30 February) is an error. An expression on its own has the empty seed.
Result<Cron> parse_cron(std::string_view text, std::string_view seed = {});

// The first firing after `after`; nothing if there is none before the year 9999. Strictly
// increasing, and bounded in work for every expression.
std::optional<Instant> next_after(const Cron& cron, Instant after);

// All firings in (after, until].
Firings firings_in(const Cron& cron, Instant after, Instant until);

}  // namespace gantry::schedule
