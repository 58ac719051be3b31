#include "core/timers.h"

#include <utility>

#include "base/explain.h"
#include "base/hash.h"

namespace gantry::core {

namespace {
std::optional<Instant> next_of(const schedule::Schedule& schedule, Instant cursor) {
  const auto firing = schedule::next_firing(schedule, cursor);
  return firing ? std::optional(firing->at) : std::nullopt;
}
}  // namespace

namespace {
// A share of the jitter that stays as long as the names do.
Duration delay_of(const model::Trigger& trigger, const std::string& workflow) {
  const std::int64_t steps = trigger.timer->jitter.us / milliseconds(1).us;
  if (steps <= 0) return {};
  constexpr std::size_t kDigits = 15;  // 60 bits
  constexpr int kHex = 16;
  const std::string hash = sha256_hex(workflow + '\n' + trigger.id).substr(0, kDigits);
  const auto share = static_cast<std::int64_t>(std::stoull(hash, nullptr, kHex));
  return milliseconds(share % steps);
}

std::optional<schedule::Schedule> rule_of(const std::string& workflow,
                                          const model::Trigger& trigger) {
  if (trigger.kind == model::TriggerKind::At) {
    if (!trigger.at) return std::nullopt;
    return schedule::Schedule{schedule::At{*trigger.at}};
  }
  if (trigger.kind == model::TriggerKind::Every) {
    auto every = schedule::make_every(trigger.every, trigger.from.value_or(Instant{}));
    if (!every.ok()) return std::nullopt;
    return schedule::Schedule{*every};
  }
  auto cron = schedule::parse_cron(trigger.cron, schedule::cron_seed(workflow, trigger.id));
  auto zone = schedule::find_zone(trigger.timezone);
  if (!cron.ok() || !zone.ok()) return std::nullopt;
  cron->zone = std::move(zone).value();
  return schedule::Schedule{std::move(cron).value()};
}
}  // namespace

std::optional<schedule::Schedule> compile(const std::string& workflow,
                                          const model::Trigger& trigger) {
  if (!model::is_timer(trigger.kind)) return std::nullopt;
  auto schedule = rule_of(workflow, trigger);
  if (!schedule) return std::nullopt;
  schedule->start = trigger.timer->start;
  schedule->end = trigger.timer->end;
  schedule->delay = delay_of(trigger, workflow);
  return schedule;
}

Result<std::optional<schedule::WorkingDays>> days_of(const model::Trigger& trigger,
                                                     const model::Calendars& calendars) {
  const model::TimerDetails& details = *trigger.timer;
  if (details.calendar.empty()) return std::optional<schedule::WorkingDays>();
  const auto known = calendars.find(details.calendar);
  if (known == calendars.end())
    return explain(Code::NotFound, {"there is no calendar '{}'", "没有日历“{}”"}, details.calendar);
  TRY(schedule::Zone zone, schedule::find_zone(trigger.timezone));
  return std::optional(schedule::WorkingDays{
      known->second, static_cast<schedule::OnHoliday>(details.on_holiday), std::move(zone)});
}

namespace {
// Firings come earlier than the rule names them: looks for the last that comes before the first of
// those that are named from `at` on.
std::optional<Instant> last_moved_before(const schedule::Schedule& schedule, Instant at) {
  const auto is_before = [&](Instant after) {
    const auto next = schedule::next_firing(schedule, after);
    return next && next->scheduled_at < at;
  };
  for (const int back : {1, 8, 32, schedule::kMovedDaysMax, schedule::kMovedDaysMax * 8}) {
    Instant low = at - days(back);
    if (!is_before(low)) continue;
    for (Instant high = at; high - low > microseconds(1);) {
      const Instant middle = low + microseconds((high - low).us / 2);
      (is_before(middle) ? low : high) = middle;
    }
    return schedule::next_firing(schedule, low)->scheduled_at;
  }
  return std::nullopt;
}
}  // namespace

std::optional<Instant> last_before(schedule::Schedule schedule, Instant at) {
  schedule.delay = {};  // asked in terms of what the rule names
  if (schedule.days && schedule.days->on_holiday == schedule::OnHoliday::Before)
    return last_moved_before(schedule, at);
  for (const Duration back : {hours(1), days(1), days(8), days(32), days(370), days(370 * 8)}) {
    const auto firings = schedule::firings_in(schedule, at - back, at - microseconds(1));
    if (firings.count > 0) return firings.last;
  }
  return std::nullopt;
}

void Timers::put(const model::WorkflowRow& row,
                 const std::map<std::string, model::TriggerRow>& cursors, Instant now) {
  std::map<std::string, Instant> watched;
  for (auto at = timers_.lower_bound(Key{row.id, ""});
       at != timers_.end() && at->first.first == row.id;) {
    watched[at->first.second] = at->second.watched;
    unindex(at->first, at->second);
    at = timers_.erase(at);
  }
  if (!row.enabled || row.disabled || row.paused) return;
  for (const model::Trigger& trigger : row.triggers) {
    const auto cursor = cursors.find(trigger.id);
    if (!trigger.enabled || cursor == cursors.end()) continue;
    auto compiled = compile(row.name, trigger);
    auto days = days_of(trigger, calendars_);
    if (!compiled || !days.ok()) continue;
    compiled->days = *std::move(days);
    Timer timer{std::move(*compiled), cursor->second.cursor, now, std::nullopt};
    if (const auto before = watched.find(trigger.id); before != watched.end())
      timer.watched = before->second;
    timer.next = next_of(timer.schedule, timer.cursor);
    const Key key{row.id, trigger.id};
    index(key, timer);
    timers_.emplace(key, std::move(timer));
  }
}

void Timers::move(WorkflowId workflow, const std::string& trigger, Instant cursor) {
  const auto at = timers_.find(Key{workflow, trigger});
  if (at == timers_.end()) return;
  unindex(at->first, at->second);
  at->second.cursor = cursor;
  at->second.next = next_of(at->second.schedule, cursor);
  index(at->first, at->second);
}

void Timers::hold(WorkflowId workflow) {
  for (auto at = timers_.lower_bound(Key{workflow, ""});
       at != timers_.end() && at->first.first == workflow; ++at)
    unindex(at->first, at->second);
  held_.insert(workflow);
}

void Timers::release(WorkflowId workflow) {
  if (held_.erase(workflow) == 0) return;
  for (auto at = timers_.lower_bound(Key{workflow, ""});
       at != timers_.end() && at->first.first == workflow; ++at)
    index(at->first, at->second);
}

Instant Timers::earliest() const {
  return order_.empty() ? Instant::max() : std::get<0>(*order_.begin());
}

std::optional<Timers::Due> Timers::due(Instant now) const {
  if (earliest() > now) return std::nullopt;
  const auto& [when, workflow, trigger] = *order_.begin();
  return Due{workflow, trigger};
}

const Timer* Timers::find(WorkflowId workflow, const std::string& trigger) const {
  const auto at = timers_.find(Key{workflow, trigger});
  return at == timers_.end() ? nullptr : &at->second;
}

void Timers::index(const Key& key, const Timer& timer) {
  if (timer.next && !held_.contains(key.first)) order_.emplace(*timer.next, key.first, key.second);
}

void Timers::unindex(const Key& key, const Timer& timer) {
  if (timer.next) order_.erase({*timer.next, key.first, key.second});
}

}  // namespace gantry::core
