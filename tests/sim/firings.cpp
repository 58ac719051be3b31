#include "firings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace gantry::sim {

namespace {
schedule::Schedule schedule_of(const model::Trigger& trigger) {
  if (trigger.kind == model::TriggerKind::Every)
    return {schedule::make_every(trigger.every, trigger.from.value_or(Instant{})).value()};
  auto cron = schedule::parse_cron(trigger.cron).value();
  cron.zone = schedule::find_zone(trigger.timezone).value();
  return {std::move(cron)};
}
}  // namespace

void Firings::begin(WorkflowId workflow, const model::Trigger& trigger, Instant now) {
  const Key key{workflow, trigger.id};
  if (timers_.contains(key)) return;
  timers_[key] = {schedule_of(trigger), now, now, {}, {}};
}

std::string Firings::made(WorkflowId workflow, const std::string& trigger, Instant at) {
  Timer& timer = timers_.at({workflow, trigger});
  timer.settled = std::max(timer.settled, at);  // what came before it must be on record
  if (!timer.made.insert(at).second)
    return fmt::format("I6: {} fired twice for {}", trigger, format_instant(at));
  if (timer.missed.contains(at))
    return fmt::format("I6: {} fired for {}, which is on record as missed", trigger,
                       format_instant(at));
  return "";
}

std::string Firings::missed(const model::MissedRow& row, Instant now) {
  Timer& timer = timers_.at({row.workflow, row.trigger});
  timer.settled = std::max(timer.settled, row.last);
  std::int64_t count = 0;
  auto at = schedule::next_after(timer.schedule, row.first - microseconds(1));
  for (; at && *at <= row.last; at = schedule::next_after(timer.schedule, *at)) {
    ++count;
    if (!timer.missed.insert(*at).second || timer.made.contains(*at))
      return fmt::format("I6: {} is on record as missed for {}, which was done before", row.trigger,
                         format_instant(*at));
  }
  if (count != row.count || !timer.missed.contains(row.first) || !timer.missed.contains(row.last))
    return fmt::format("I6: {} has {} firings from {} to {}, {} are on record", row.trigger, count,
                       format_instant(row.first), format_instant(row.last), row.count);
  // Catch-up is `latest`: only the newest of a gap is made, unless it is a day late.
  const bool newest = !at || *at > now;
  if (newest && row.reason != model::MissedReason::Skipped && now - row.last <= hours(24))
    return fmt::format("I6: {} was not made for {}, the newest of its gap", row.trigger,
                       format_instant(row.last));
  return "";
}

void Firings::settled(Instant wall) {
  for (auto& [key, timer] : timers_) timer.settled = std::max(timer.settled, wall);
}

std::vector<std::string> Firings::check_end() const {
  std::vector<std::string> complaints;
  for (const auto& [key, timer] : timers_) {
    std::set<Instant> expected;
    for (auto at = schedule::next_after(timer.schedule, timer.begun); at && *at <= timer.settled;
         at = schedule::next_after(timer.schedule, *at))
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
