#include "firings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace gantry::sim {

namespace {
using Policy = model::CatchUp::Policy;
constexpr Duration kInTime = minutes(1);

schedule::Schedule schedule_of(const model::Trigger& trigger) {
  if (trigger.kind == model::TriggerKind::Every)
    return {schedule::make_every(trigger.every, trigger.from.value_or(Instant{})).value()};
  auto cron = schedule::parse_cron(trigger.cron).value();
  cron.zone = schedule::find_zone(trigger.timezone).value();
  return {std::move(cron)};
}

std::optional<Instant> next_of(const schedule::Schedule& schedule, Instant after) {
  const auto firing = schedule::next_firing(schedule, after);
  return firing ? std::optional(firing->at) : std::nullopt;
}

// How many come after `at`, up to `now`.
int after_it(const schedule::Schedule& schedule, Instant at, Instant now) {
  int count = 0;
  for (auto next = next_of(schedule, at); next && *next <= now; next = next_of(schedule, *next))
    ++count;
  return count;
}

bool is_caught_up(const model::CatchUp& rule, Duration late, int newer) {
  if (late <= kInTime && newer == 0) return true;
  if (rule.policy == Policy::None || late > rule.window) return false;
  return newer < (rule.policy == Policy::All ? rule.max : 1);
}
}  // namespace

void Firings::begin(WorkflowId workflow, const model::Trigger& trigger, Instant now) {
  const Key key{workflow, trigger.id};
  if (timers_.contains(key)) return;
  timers_[key] = {schedule_of(trigger), now, now, {}, {}, trigger.timer->catch_up};
}

std::string Firings::made(WorkflowId workflow, const std::string& trigger, Instant at,
                          Instant now) {
  Timer& timer = timers_.at({workflow, trigger});
  timer.settled = std::max(timer.settled, at);  // what came before it must be on record
  if (!timer.made.insert(at).second)
    return fmt::format("I6: {} fired twice for {}", trigger, format_instant(at));
  if (timer.missed.contains(at))
    return fmt::format("I6: {} fired for {}, which is on record as missed", trigger,
                       format_instant(at));
  return check_made(timer, trigger, at, now);
}

std::string Firings::check_made(const Timer& timer, const std::string& trigger, Instant at,
                                Instant now) {
  if (now - at <= kInTime || is_caught_up(timer.rule, now - at, after_it(timer.schedule, at, now)))
    return "";
  return fmt::format("I6: {} fired for {} at {}, which its catch-up does not want", trigger,
                     format_instant(at), format_instant(now));
}

std::string Firings::missed(const model::MissedRow& row, Instant now) {
  Timer& timer = timers_.at({row.workflow, row.trigger});
  timer.settled = std::max(timer.settled, row.last);
  std::int64_t count = 0;
  auto at = next_of(timer.schedule, row.first - microseconds(1));
  for (; at && *at <= row.last; at = next_of(timer.schedule, *at)) {
    ++count;
    if (!timer.missed.insert(*at).second || timer.made.contains(*at))
      return fmt::format("I6: {} is on record as missed for {}, which was done before", row.trigger,
                         format_instant(*at));
  }
  if (count != row.count || !timer.missed.contains(row.first) || !timer.missed.contains(row.last))
    return fmt::format("I6: {} has {} firings from {} to {}, {} are on record", row.trigger, count,
                       format_instant(row.first), format_instant(row.last), row.count);
  return check_missed(timer, row, now);
}

// The newest that was not made is the one that was closest to being.
std::string Firings::check_missed(const Timer& timer, const model::MissedRow& row, Instant now) {
  const bool not_wanted =
      !is_caught_up(timer.rule, now - row.last, after_it(timer.schedule, row.last, now));
  if (not_wanted || row.reason == model::MissedReason::Skipped) return "";
  return fmt::format("I6: {} was not made for {}, which its catch-up wants", row.trigger,
                     format_instant(row.last));
}

void Firings::settled(Instant wall) {
  for (auto& [key, timer] : timers_) timer.settled = std::max(timer.settled, wall);
}

std::vector<std::string> Firings::check_end() const {
  std::vector<std::string> complaints;
  for (const auto& [key, timer] : timers_) {
    std::set<Instant> expected;
    for (auto at = next_of(timer.schedule, timer.begun); at && *at <= timer.settled;
         at = next_of(timer.schedule, *at))
      expected.insert(*at);
    std::set<Instant> seen = timer.made;
    seen.insert(timer.missed.begin(), timer.missed.end());
    if (seen == expected) continue;
    std::vector<Instant> wrong;
    std::set_symmetric_difference(seen.begin(), seen.end(), expected.begin(), expected.end(),
                                  std::back_inserter(wrong));
    complaints.push_back(
        fmt::format("I6: {} of workflow {}: of {} firings until {} {} are on record; the first "
                    "difference is {}",
                    key.second, key.first.value, expected.size(), format_instant(timer.settled),
                    seen.size(), format_instant(wrong.front())));
  }
  return complaints;
}

std::size_t Firings::count() const {
  std::size_t n = 0;
  for (const auto& [key, timer] : timers_) n += timer.made.size();
  return n;
}

}  // namespace gantry::sim
