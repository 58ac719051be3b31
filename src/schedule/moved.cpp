#include "schedule/moved.h"

#include <algorithm>

namespace gantry::schedule {

namespace {
// Spans of days off in a row whose firings come to nothing, before the search is given up.
constexpr int kTriesMax = 1'000;
constexpr Duration kInstant = microseconds(1);
constexpr std::int64_t kDayUs = days(1).us;

LocalTime midnight(CivilDate date) { return {days_from_civil(date) * kDayUs}; }
CivilDate day_after(CivilDate date, int days = 1) {
  return civil_from_days(days_from_civil(date) + days);
}

// A firing of a day by the clock on the wall: what it shows, and when that is.
struct Named {
  LocalTime local;
  Instant at;
};

class Moved {
 public:
  explicit Moved(const Schedule& schedule)
      : schedule_(schedule), days_(*schedule.days), calendar_(*schedule.days->calendar) {}

  std::optional<Firing> next(Instant after) const {
    return days_.on_holiday == OnHoliday::Skip ? next_kept(after) : next_shifted(after);
  }

  // Whether `work` gets firings from the days off beside it.
  bool is_joined(CivilDate work) const {
    if (days_.on_holiday == OnHoliday::Skip) return false;
    return !calendar_.is_workday(day_after(work, step()));
  }

 private:
  int step() const { return days_.on_holiday == OnHoliday::After ? -1 : 1; }  // to the days off
  Instant begin_of(CivilDate date) const { return start_of_day(days_.zone, date); }
  CivilDate date_of(Instant at) const { return local_date(days_.zone, at); }

  std::optional<Firing> next_kept(Instant after) const {
    for (int i = 0; i < kTriesMax; ++i) {
      const auto named = next_named(schedule_, after);
      if (!named) return std::nullopt;
      const CivilDate date = date_of(*named);
      if (calendar_.is_workday(date)) return Firing{*named, *named};
      const auto work = calendar_.next_workday(date);
      if (!work) return std::nullopt;
      after = begin_of(*work) - kInstant;
    }
    return std::nullopt;
  }

  std::optional<Firing> next_shifted(Instant after) const {
    const CivilDate today = date_of(after);
    std::optional<CivilDate> work =
        calendar_.is_workday(today) ? today : calendar_.next_workday(today);
    for (int i = 0; i < kTriesMax && work; ++i) {
      if (const auto firing = first_on(*work, after)) return firing;
      work = next_target(*work);
    }
    return std::nullopt;
  }

  // The next working day that gets anything, as nothing more comes to `work`.
  std::optional<CivilDate> next_target(CivilDate work) const {
    const bool is_after = days_.on_holiday == OnHoliday::After;
    const auto from = is_after ? day_after(work) : calendar_.next_workday(work);
    if (!from) return std::nullopt;
    const auto named = next_named(schedule_, begin_of(*from) - kInstant);
    if (!named) return std::nullopt;
    const CivilDate date = date_of(*named);
    if (calendar_.is_workday(date)) return date;
    return is_after ? calendar_.next_workday(date) : calendar_.previous_workday(date);
  }

  // The first firing on `work` after `after`: its own, or one from the days off beside it, the
  // nearest first.
  std::optional<Firing> first_on(CivilDate work, Instant after) const {
    std::optional<Firing> best;
    const auto own = next_named(schedule_, std::max(after, begin_of(work) - kInstant));
    if (own && date_of(*own) == work) best = Firing{*own, *own};
    for (int i = 1; i <= kMovedDaysMax; ++i) {
      const CivilDate off = day_after(work, step() * i);
      if (calendar_.is_workday(off)) break;
      const auto moved = first_from(off, work, after);
      if (moved && (!best || moved->at < best->at)) best = moved;
    }
    return best;
  }

  // The first firing after `after` that `work` gets from the day `off`.
  std::optional<Firing> first_from(CivilDate off, CivilDate work, Instant after) const {
    const std::int64_t shift_us = midnight(work).us - midnight(off).us;
    LocalTime from = midnight(off);
    if (after >= begin_of(work))
      from.us = std::max(from.us, first_unseen(days_.zone, after).us - shift_us);
    while (const auto named = named_on(off, from)) {
      const Instant at = first_instant(days_.zone, {named->local.us + shift_us});
      if (at > after) return Firing{at, named->at};
      from = {named->local.us + 1};
    }
    return std::nullopt;
  }

  // The first firing of `date` at or after `from` on its clock, within the schedule's bounds.
  std::optional<Named> named_on(CivilDate date, LocalTime from) const {
    const auto* cron = std::get_if<Cron>(&schedule_.rule);
    return cron != nullptr ? cron_on(*cron, date, from) : instant_on(date, from);
  }

  // Times of day as the expression has them, whatever the clock did on that date: what fell into a
  // gap there was still meant for its time of day.
  std::optional<Named> cron_on(const Cron& cron, CivilDate date, LocalTime from) const {
    Cron on_the_wall = cron;
    on_the_wall.zone = Zone();
    const LocalTime end = midnight(day_after(date));
    for (;;) {
      const auto local = next_after(on_the_wall, Instant{from.us - 1});
      if (!local || local->us >= end.us) return std::nullopt;
      const Instant at = first_instant(cron.zone, {local->us});
      if (schedule_.end && at >= *schedule_.end) return std::nullopt;
      if (!schedule_.start || at >= *schedule_.start) return Named{{local->us}, at};
      from = {local->us + 1};
    }
  }

  // In a repeated hour the clock may show less than `from` once more.
  std::optional<Named> instant_on(CivilDate date, LocalTime from) const {
    const Instant end = begin_of(day_after(date));
    Instant after = first_instant(days_.zone, from) - kInstant;
    for (;;) {
      const auto named = next_named(schedule_, after);
      if (!named || *named >= end) return std::nullopt;
      const LocalTime local = local_time(days_.zone, *named);
      if (local >= from) return Named{local, *named};
      after = *named;
    }
  }

  const Schedule& schedule_;
  const WorkingDays& days_;
  const Calendar& calendar_;
};

void append(Firings& all, const Firings& more) {
  if (more.count == 0) return;
  if (all.count == 0) all.first = more.first;
  all.before_last = more.count > 1 ? more.before_last : all.last;
  all.last = more.last;
  all.last_at = more.last_at;
  all.count += more.count;
}
}  // namespace

std::optional<Firing> next_moved(const Schedule& schedule, Instant after) {
  return Moved(schedule).next(after);
}

Firings moved_in(const Schedule& schedule, Instant after, Instant until) {
  const Moved moved(schedule);
  const WorkingDays& days = *schedule.days;
  Firings firings;
  for (auto next = moved.next(after); next && next->at <= until; next = moved.next(after)) {
    CivilDate day = local_date(days.zone, next->at);
    if (moved.is_joined(day)) {
      firings.add(*next);
      after = next->at;
      continue;
    }
    do {
      day = day_after(day);
    } while (days.calendar->is_workday(day) && !moved.is_joined(day) &&
             start_of_day(days.zone, day) <= until);
    const Instant end = std::min(until, start_of_day(days.zone, day) - kInstant);
    append(firings, named_in(schedule, next->at - kInstant, end));
    after = end;
  }
  return firings;
}

}  // namespace gantry::schedule
