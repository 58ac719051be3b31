// Backfills begin, and people steer them.
#include <algorithm>

#include "machine.h"

namespace gantry::sim {

using model::Steer;

void Machine::ask(const std::function<model::Event(model::ReplyTo)>& make) {
  const std::int64_t question = ++questions_;
  unanswered_.insert(question);
  server_.request(make, [this, question](const model::Answer& answer) {
    unanswered_.erase(question);
    trace("answer {}: backfill {} {}", question, answer.backfill.value, answer.status.ok());
    if (answer.status.ok() && answer.backfill.value != 0)
      oracle_.answered_backfill(answer.backfill);
  });
}

std::vector<model::BackfillDate> Machine::draw_dates() {
  const std::int64_t today = split_days(clock_.wall().us).day;
  std::vector<model::BackfillDate> dates;
  const auto count = static_cast<std::int64_t>(1 + rng_.below(8));
  for (std::int64_t day = today - count; day < today; ++day) {
    const bool skipped = rng_.chance(1, 8);
    dates.push_back({civil_from_days(day),
                     skipped ? model::DateFate::Skipped : model::DateFate::Pending,
                     {},
                     ""});
  }
  if (rng_.chance(1, 3)) std::reverse(dates.begin(), dates.end());
  return dates;
}

void Machine::begin_backfill() {
  if (draining_) return;
  plan(soon(hours(3)), Happening::Backfill);
  if (!server_.up()) return;
  model::BackfillRequested request;
  request.workflow = names_[rng_.below(names_.size())];
  for (const model::Trigger& trigger : triggers_[request.workflow])
    if (model::is_timer(trigger.kind) && rng_.chance(1, 2)) request.trigger = trigger.id;
  request.dates = draw_dates();
  request.parallel = static_cast<std::int32_t>(1 + rng_.below(3));
  request.actor = "someone";
  trace("backfill of {} by '{}': {} dates, {} at once", request.workflow, request.trigger,
        request.dates.size(), request.parallel);
  ask([request](model::ReplyTo reply) mutable {
    request.reply = reply;
    return model::Event(request);
  });
}

void Machine::steer(BackfillId id, Steer what, std::optional<CivilDate> date, bool running) {
  trace("steer {} of backfill {} {}", static_cast<int>(what), id.value,
        date ? format_date(*date) : "");
  if (!server_.up()) return;
  ask([=](model::ReplyTo reply) {
    return model::Event(model::BackfillSteered{reply, id, what, date, running, "someone", ""});
  });
}

void Machine::steer() {
  if (draining_) return;
  plan(soon(hours(2)), Happening::Steer);
  const auto open = oracle_.backfills().open();
  if (open.empty()) return;
  const BackfillId id = open[rng_.below(open.size())];
  const auto& dates = oracle_.backfills().dates(id);
  switch (rng_.below(8)) {
    case 0: return steer(id, Steer::Cancel, {}, rng_.chance(1, 2));
    case 1: return steer(id, Steer::Cancel, dates[rng_.below(dates.size())].date, false);
    case 2: return steer(id, Steer::Pause, {}, false);
    default: return steer(id, Steer::Resume, {}, false);
  }
}

// They stand behind all live work, so that some may not get there: what is left is cancelled.
void Machine::end_backfills() {
  for (const BackfillId id : oracle_.backfills().open()) steer(id, Steer::Resume, {}, false);
  server_.settle();
  const Duration end = clock_.elapsed() + hours(12);
  while (!oracle_.backfills().open().empty() && !oracle_.failed() && clock_.elapsed() < end)
    run_until(std::min(end, clock_.elapsed() + minutes(30)));
  for (const BackfillId id : oracle_.backfills().open()) steer(id, Steer::Cancel, {}, false);
  server_.settle();
}

}  // namespace gantry::sim
