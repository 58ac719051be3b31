// Tasks that wait: for a time, an instant, a condition, an event. They have no process and hold no
// slot; the row says when to look again and when to give up. An event counts if it comes while the
// task waits.
#include "core/wait.h"

#include "base/explain.h"
#include "base/limits.h"
#include "core/fold.h"
#include "core/scope.h"
#include "core/turn.h"
#include "schedule/moment.h"

namespace gantry::core {

using model::Fate;
using model::Reason;
using model::TaskRow;
using model::TaskState;
using model::TriggerFate;

namespace {

// What a wait sees beside what every task sees.
class WaitScope : public RunScope {
 public:
  WaitScope(const Run& run, TaskRef ref, const Surroundings& around, std::string name, Value value)
      : RunScope(run, ref, around), name_(std::move(name)), value_(std::move(value)) {}
  std::optional<Value> lookup(std::string_view name) const override {
    if (name == name_) return value_;
    return RunScope::lookup(name);
  }

 private:
  const std::string name_;
  const Value value_;
};

constexpr Duration kLongestWait = days(3'650);

Result<Duration> span_of(const Value& value) {
  Duration span;
  if (value.is(Value::Kind::Duration)) {
    span = value.as_duration();
  } else {
    TRY(span, parse_duration(to_text(value)));
  }
  if (span >= Duration{} && span <= kLongestWait) return span;
  return refuse({"{} is not between 0 and {}", "{} 不在 0 与 {} 之间"}, format_duration(span),
                format_duration(kLongestWait));
}

Result<Instant> instant_of(const Value& value, const std::string& zone, Instant now) {
  if (value.is(Value::Kind::Timestamp)) return value.as_timestamp();
  TRY(const schedule::Zone rules, schedule::find_zone(zone));
  return schedule::moment_of(to_text(value), rules, now);
}

}  // namespace

Status set_wakes(const Run& run, TaskRow& row, Now now, const Surroundings& around) {
  const model::Wait& wait = *run.plan->task(row.task).wait;
  const TaskTemplates& texts = *run.plan->templates(row.task);
  const RunScope scope(run, ref_of(row), around);
  model::Wakes wakes;
  if (wait.timeout) wakes.give_up = now.steady + *wait.timeout;
  row.wake_at = wakes.give_up;
  if (texts.wait_span) {
    auto value = texts.wait_span->evaluate(scope);
    auto span = value.ok() ? span_of(*value) : Result<Duration>(value.error());
    if (!span.ok()) return within({"wait.for", "wait.for"}, span.error());
    row.wake_at = now.steady + *span;
  }
  if (texts.wait_until) {
    auto value = texts.wait_until->evaluate(scope);
    auto at = value.ok() ? instant_of(*value, run.plan->workflow().timezone, now.wall)
                         : Result<Instant>(value.error());
    if (!at.ok()) return within({"wait.until", "wait.until"}, at.error());
    wakes.wall = *at;
  }
  if (texts.wait_when) row.wake_at = std::min(now.steady + wait.every, wakes.give_up);
  row.wakes = wakes;
  return ok();
}

Result<bool> is_over(const Run& run, const TaskRow& row, Now now, const Surroundings& around) {
  const TaskTemplates& texts = *run.plan->templates(row.task);
  if (texts.wait_span) return row.wake_at <= now.steady;
  if (texts.wait_until) return row.wakes->wall <= now.wall;
  if (!texts.wait_when) return false;
  const WaitScope scope(run, ref_of(row), around, "now", Value(now.wall));
  return truth_of(*texts.wait_when, scope, "wait.when");
}

Result<bool> hears(const Run& run, TaskRef task, const Value& payload, const Surroundings& around) {
  const TaskTemplates& texts = *run.plan->templates(task.task);
  if (!texts.wait_match) return true;
  const WaitScope scope(run, task, around, "event", payload);
  return truth_of(*texts.wait_match, scope, "wait.event.match");
}

void Core::Turn::begin_wait(Run& run, TaskRef ref) {
  TaskRow row = task_at(run, ref).row;
  row.started_at = now_.wall;
  row.state = TaskState::Waiting;
  row.reason = Reason::None;
  if (const Status set = set_wakes(run, row, now_, core_.around_); !set.ok())
    return settle(run, std::move(row), TaskState::Failed, Reason::Expression, set.error().message);
  look(run, std::move(row));
}

// What it waits for may be there; a timeout counts only if it is not.
void Core::Turn::look(Run& run, TaskRow row) {
  const auto over = is_over(run, row, now_, core_.around_);
  if (!over.ok())
    return settle(run, std::move(row), TaskState::Failed, Reason::Expression, over.error().message);
  if (*over) return conclude(run, std::move(row), {});
  if (row.wakes->give_up <= now_.steady) return give_up_waiting(run, std::move(row));
  const Duration every = run.plan->task(row.task).wait->every;
  if (row.wake_at <= now_.steady) row.wake_at = std::min(now_.steady + every, row.wakes->give_up);
  put(std::move(row));
}

void Core::Turn::give_up_waiting(Run& run, TaskRow row) {
  const model::Wait& wait = *run.plan->task(row.task).wait;
  if (wait.skips) return settle(run, std::move(row), TaskState::Skipped, Reason::Timeout);
  settle(run, std::move(row), TaskState::Failed, Reason::Timeout,
         "what it waits for did not come within " + format_duration(*wait.timeout));
}

// The tasks that wait for an event end with it. Of the others only those are told of whose
// condition could not be evaluated, so that somebody sees why they go on waiting.
std::vector<TriggerFate> Core::Turn::wake_for(const model::EventRow& event) {
  std::vector<TriggerFate> fates;
  if (event.from != model::EventFrom::Emit) return fates;
  const auto found = state().event_waits.find(event.name);
  if (found == state().event_waits.end()) return fates;
  for (const auto& [no, ref] : std::set(found->second)) {
    TriggerFate fate = tell_waiting(event, *find_run(no), ref);
    if (fate.fate != Fate::Filtered) fates.push_back(std::move(fate));
  }
  return fates;
}

TriggerFate Core::Turn::tell_waiting(const model::EventRow& event, Run& run, TaskRef ref) {
  TriggerFate fate{run.origin->workflow,
                   run.origin->workflow_name,
                   run.plan->name_of(ref),
                   Fate::Filtered,
                   run.row.run,
                   {},
                   {}};
  if (run.row.quarantined) return fate;
  const auto heard = hears(run, ref, event.payload, core_.around_);
  if (!heard.ok()) {
    fate.fate = Fate::Refused;
    fate.reason = heard.error().message;
    fate.reason_zh = heard.error().zh;
  } else if (*heard) {
    fate.fate = Fate::Woke;
    touch(run.row.run);
    conclude(run, task_at(run, ref).row, ValueMap{{"event", event.payload}});
  }
  return fate;
}

}  // namespace gantry::core
