// Schedules of every kind, each with all its firings written down by hand: what tests of the core
// hold its timers against. Shares nothing with src/schedule but the struct of a firing.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/core.h"

namespace gantry::core {

using schedule::Firing;

inline constexpr Duration kMinute = minutes(1);

// ---- schedules, each with all its firings written down by hand ------------------------------

struct Kind {
  const char* name;
  model::Trigger trigger;
  // Those whose `at` is in (from, until], by brute force.
  std::vector<Firing> (*all)(Instant from, Instant until);
};

template <typename Names>
std::vector<Firing> steps(Instant from, Instant until, Duration step, Names names) {
  std::vector<Firing> out;
  std::int64_t first = from.us / step.us * step.us;
  for (Instant at{first}; at <= until; at = at + step)
    if (at > from && names(at)) out.push_back({at, at});
  return out;
}

inline model::Trigger cron_trigger(const char* text, const char* zone = "UTC") {
  model::Trigger out;
  out.id = "t";
  out.cron = text;
  out.timezone = zone;
  return out;
}

inline model::Trigger every_trigger(Duration every) {
  model::Trigger out;
  out.id = "t";
  out.kind = model::TriggerKind::Every;
  out.every = every;
  out.timezone = "UTC";
  return out;
}

inline std::int64_t second_of_day(Instant at) { return at.us / seconds(1).us % (24 * 60 * 60); }
inline std::int64_t minute_of_day(Instant at) { return at.us / kMinute.us % (24 * 60); }

inline Instant at_of(const char* text) { return *parse_instant(text); }

// When Berlin's clocks change, and a day that hardly ever comes.
inline const Instant kSpring26 = at_of("2026-03-29T01:00:00Z"),
                     kAutumn26 = at_of("2026-10-25T01:00:00Z"),
                     kSpring27 = at_of("2027-03-28T01:00:00Z"),
                     kAutumn27 = at_of("2027-10-31T01:00:00Z"),
                     kLeapDay = at_of("2028-02-29T00:00:00Z"),
                     kOnce = at_of("2026-03-28T23:30:00Z"), kFrom = at_of("2026-03-29T05:00:00Z"),
                     kTo = at_of("2026-04-02T00:00:00Z");

// Berlin of 2026 and 2027: +2 from the last Sunday of March to the last of October, else +1.
inline Duration berlin(Instant at) {
  const auto between = [at](Instant from, Instant to) { return at >= from && at < to; };
  const bool summer = between(kSpring26, kAutumn26) || between(kSpring27, kAutumn27);
  return hours(summer ? 2 : 1);
}

// ---- working days ----------------------------------------------------------------------------

inline constexpr const char* kCalendar = "office";

// Two holidays after the night in March, a week of them after the one in October; make-up days at
// the ends of both.
struct Days {
  std::set<std::string> holidays{"2026-03-30", "2026-03-31", "2026-10-26", "2026-10-27",
                                 "2026-10-28", "2026-10-29", "2026-10-30"};
  std::set<std::string> workdays{"2026-04-04", "2026-10-31"};

  bool works(std::int64_t day) const {
    const std::string text = format_date(civil_from_days(day));
    const std::int64_t weekday = (day + 4) % 7;  // the first day of 1970 was a Thursday
    if (holidays.contains(text)) return false;
    return workdays.contains(text) || (weekday != 0 && weekday != 6);
  }
};

inline model::Calendars calendars() {
  schedule::CalendarParts parts;
  parts.name = kCalendar;
  for (const std::string& day : Days().holidays) parts.holidays[*parse_date(day)] = "";
  for (const std::string& day : Days().workdays) parts.workdays[*parse_date(day)] = "";
  return {{kCalendar, *schedule::Calendar::make(parts)}};
}

inline bool is_named_day(std::int64_t day) {
  const auto of_month = civil_from_days(day).day;
  return of_month <= 2 || of_month == 14 || of_month == 28 || of_month == 29;
}

// Nine o'clock on the named days: `step` is where one on a day off goes, 0 is nowhere. A day keeps
// its own, else it has the nearest.
inline std::vector<Firing> on_workdays(Instant from, Instant until, int step) {
  constexpr std::int64_t kDay = 86'400'000'000;
  const Days days;
  const auto nine = [](std::int64_t day) { return Instant{day * kDay} + hours(9); };
  std::vector<Firing> out;
  for (std::int64_t day = from.us / kDay; day <= until.us / kDay; ++day) {
    if (nine(day) <= from || nine(day) > until || !days.works(day)) continue;
    std::int64_t source = day;
    while (!is_named_day(source) && step != 0 && !days.works(source - step)) source -= step;
    if (is_named_day(source)) out.push_back({nine(day), nine(source)});
  }
  return out;
}

inline Kind workday_kind(const char* name, model::OnHoliday way,
                         std::vector<Firing> (*all)(Instant from, Instant until)) {
  Kind out{name, cron_trigger("0 9 1,2,14,28,29 * *"), all};
  model::TimerDetails details;
  details.calendar = kCalendar;
  details.on_holiday = way;
  out.trigger.timer = details;
  return out;
}

inline void add_workdays(std::vector<Kind>& out) {
  using model::OnHoliday;
  out.push_back(workday_kind("workdays, skip", OnHoliday::Skip,
                             [](Instant a, Instant b) { return on_workdays(a, b, 0); }));
  out.push_back(workday_kind("workdays, before", OnHoliday::Before,
                             [](Instant a, Instant b) { return on_workdays(a, b, -1); }));
  out.push_back(workday_kind("workdays, after", OnHoliday::After,
                             [](Instant a, Instant b) { return on_workdays(a, b, 1); }));
}

// Six fields. Those of one gap of a night in March are one.
inline void add_seconds(std::vector<Kind>& out) {
  out.push_back(
      {"seconds", cron_trigger("*/20 */5 * * * *", "Europe/Berlin"), [](Instant a, Instant b) {
         return steps(a, b, seconds(20), [](Instant at) { return minute_of_day(at) % 5 == 0; });
       }});
  out.push_back({"seconds of a night", cron_trigger("5,35 30 2 * * *", "Europe/Berlin"),
                 [](Instant a, Instant b) {
                   return steps(a, b, seconds(5), [](Instant at) {
                     const auto again = [at](Instant change) {
                       return at >= change && at < change + hours(1);
                     };
                     if (at == kSpring26 || at == kSpring27) return true;
                     if (again(kAutumn26) || again(kAutumn27)) return false;
                     const std::int64_t second =
                         second_of_day(at + berlin(at)) - (2 * 60 + 30) * 60;
                     return second == 5 || second == 35;
                   });
                 }});
}

// ---- all of them -----------------------------------------------------------------------------

inline std::vector<Kind> kinds() {
  std::vector<Kind> out;
  out.push_back({"minute", cron_trigger("* * * * *"), [](Instant a, Instant b) {
                   return steps(a, b, kMinute, [](Instant) { return true; });
                 }});
  out.push_back({"hour", cron_trigger("15 * * * *"), [](Instant a, Instant b) {
                   return steps(a, b, kMinute,
                                [](Instant at) { return minute_of_day(at) % 60 == 15; });
                 }});
  // In the gap of a night in March it fires once at its end, in the fold of October once, first.
  out.push_back(
      {"day in Berlin", cron_trigger("30 2 * * *", "Europe/Berlin"), [](Instant a, Instant b) {
         return steps(a, b, kMinute, [](Instant at) {
           if (at == kSpring26 || at == kSpring27) return true;
           if (at == kAutumn26 + minutes(30) || at == kAutumn27 + minutes(30)) return false;
           return minute_of_day(at + berlin(at)) == 2 * 60 + 30;
         });
       }});
  out.push_back({"sparse", cron_trigger("0 0 29 2 *"), [](Instant a, Instant b) {
                   return steps(a, b, kMinute, [](Instant at) { return at == kLeapDay; });
                 }});
  out.push_back({"every 7m", every_trigger(minutes(7)), [](Instant a, Instant b) {
                   return steps(a, b, minutes(7), [](Instant) { return true; });
                 }});
  Kind once{"at", {}, [](Instant a, Instant b) {
              return steps(a, b, kMinute, [](Instant at) { return at == kOnce; });
            }};
  once.trigger.id = "t";
  once.trigger.kind = model::TriggerKind::At;
  once.trigger.at = kOnce;
  once.trigger.timezone = "UTC";
  out.push_back(once);
  Kind bounded{"bounded", every_trigger(hours(1)), [](Instant a, Instant b) {
                 return steps(a, b, hours(1), [](Instant at) { return at >= kFrom && at < kTo; });
               }};
  model::TimerDetails bounds;
  bounds.start = kFrom;
  bounds.end = kTo;
  bounded.trigger.timer = bounds;
  out.push_back(bounded);
  Kind spread{"jitter", cron_trigger("0 * * * *"), [](Instant a, Instant b) {
                return steps(a, b, hours(1), [](Instant) { return true; });
              }};
  model::TimerDetails jitter;
  jitter.jitter = minutes(40);
  spread.trigger.timer = jitter;
  out.push_back(spread);
  add_seconds(out);
  add_workdays(out);
  return out;
}

}  // namespace gantry::core
