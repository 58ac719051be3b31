// Which dates a backfill has, before it is made. Pure.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/surroundings.h"
#include "model/backfill.h"
#include "model/event.h"
#include "schedule/calendar.h"

namespace gantry::core {

enum class DaysWanted {
  Scheduled,  // on which the trigger fires
  Working,    // of a calendar; the others are there, too, as skipped
  All,
};
enum class AlreadyRun {
  Skip,    // dates that have a run are skipped
  Failed,  // run again if their newest run failed or was cancelled
  All,     // run again whatever became of them
};

struct DatesWanted {
  std::optional<CivilDate> first, last;  // both included
  std::vector<CivilDate> dates;          // instead of a span; DaysWanted::Scheduled takes them all
  DaysWanted days = DaysWanted::All;
  std::shared_ptr<const schedule::Calendar> calendar;  // of Working
  AlreadyRun already_run = AlreadyRun::Skip;
  bool reverse = false;
};

// Those of the backfill, then those of the trigger that it does not give.
ValueMap backfill_params(const ValueMap& given, const model::Trigger* trigger);

// InvalidArgument: they fit no date.
Status check_backfill_params(const model::Workflow& workflow, const ValueMap& given,
                             const model::Trigger* trigger, Instant now,
                             const Surroundings& around);

inline constexpr std::int64_t kBackfillSpanDaysMax = 36'600;

// In the order in which they are to be run, each Pending or Skipped. InvalidArgument: there are
// none, too many, one twice, or one whose run is still to come after `now`.
// FailedPrecondition: the calendar of the trigger is missing. `trigger` is null if there is none.
Result<std::vector<model::BackfillDate>> backfill_dates(const DatesWanted& wanted,
                                                        const model::Workflow& workflow,
                                                        const model::Trigger* trigger,
                                                        const model::Calendars& calendars,
                                                        Instant now);

// Skips those that were run before, as `already_run` says. `runs`: the newest of each date.
void skip_already_run(std::vector<model::BackfillDate>& dates,
                      const std::vector<model::DateRun>& runs, AlreadyRun already_run);

// Skips those that an other backfill is going to run. `planned`: whose date is it.
void skip_planned(std::vector<model::BackfillDate>& dates,
                  const std::map<CivilDate, BackfillId>& planned);

}  // namespace gantry::core
