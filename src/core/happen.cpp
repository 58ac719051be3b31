// Events: for each trigger that listens it is decided what becomes of one, and all of it is one
// change, in the commit of the runs it makes. That nothing is taken twice is the business of
// whoever hands an event in (its keys); the end of a run is told once per phase.
#include <fmt/format.h>

#include "core/planted.h"
#include "core/turn.h"
#include "expr/evaluate.h"
#include "expr/template.h"

namespace gantry::core {

using model::EventFrom;
using model::EventRow;
using model::Fate;
using model::TriggerFate;

namespace {
model::CauseKind cause_of(EventFrom from) {
  switch (from) {
    case EventFrom::Emit: return model::CauseKind::Event;
    case EventFrom::Webhook: return model::CauseKind::Webhook;
    case EventFrom::File: return model::CauseKind::File;
    case EventFrom::Workflow: return model::CauseKind::Workflow;
  }
  CHECK(false);
}

std::int64_t depth_of(const EventRow& event) {
  const Value* depth = event.payload.find(std::string_view("depth"));
  return depth != nullptr && depth->is(Value::Kind::Int) ? depth->as_int() : 0;
}

// Why no event starts a run of this trigger; empty: one may.
std::string standstill_of(const model::WorkflowRow& row, const model::Trigger& trigger) {
  if (!trigger.enabled) return "the trigger is disabled in its file";
  if (!row.enabled) return fmt::format("workflow '{}' is disabled in its file", row.name);
  if (row.disabled) return fmt::format("workflow '{}' is disabled ({})", row.name, row.hold_note);
  return {};
}

// Nothing if it matches.
Result<bool> matches(const expr::Expression* match, const Value& payload) {
  if (match == nullptr || GANTRY_PLANT(MatchForgotten)) return true;
  expr::MapScope scope;
  scope.set("event", payload);
  auto value = expr::evaluate(*match, scope);
  if (!value.ok()) return error(value.error().code, "match: " + value.error().message);
  if (!value->is(Value::Kind::Bool)) return invalid("match gives no true or false");
  return value->as_bool();
}

// The texts of a trigger's params may be templates over `event`.
Result<ValueMap> params_of(const model::Trigger& trigger, const Value& payload) {
  ValueMap params = trigger.params;
  expr::MapScope scope;
  scope.set("event", payload);
  for (auto& [name, value] : params) {
    if (!value.is(Value::Kind::String) || value.as_string().find("${{") == std::string::npos)
      continue;
    const std::string where = "params." + name.as_string();
    auto text = expr::parse_template(value.as_string());
    if (!text.ok()) return invalid(where + ": " + text.error().message);
    auto given = text->evaluate(scope);
    if (!given.ok()) return invalid(where + ": " + given.error().message);
    value = std::move(given).value();
  }
  return params;
}
}  // namespace

void Core::Turn::handle(const model::EventReceived& event) {
  auto row = std::make_shared<EventRow>();
  row->from = event.from;
  row->name = event.name;
  row->keys = event.keys;
  row->at = now_.wall;
  row->actor = event.actor;
  row->payload = event.payload;
  decide_event({std::move(row), event.reply, {}});
}

// True if all are there, or never will be.
bool Core::Turn::load_plans_for(const std::vector<Listener>& listeners,
                                const std::set<VersionId>& hopeless) {
  bool all = true;
  for (const Listener& listener : listeners) {
    const VersionId version = state().workflows.at(listener.workflow).row.version;
    if (plan_of(version) || hopeless.contains(version)) continue;
    load_plan(version);
    all = false;
  }
  return all;
}

void Core::Turn::decide_event(Parked parked) {
  const auto listeners = core_.listeners_.of(*parked.row);
  if (!load_plans_for(listeners, parked.hopeless)) {
    core_.parked_.push_back(std::move(parked));
    return;
  }
  auto row = std::make_shared<EventRow>(*parked.row);
  if (row->id.value == 0) row->id = EventId{state().counters.last_event + 1};
  row->is_open = false;
  parked.row = row;
  actor_ = row->actor.empty() ? "engine" : row->actor;
  for (const Listener& listener : listeners) row->fates.push_back(fate_for(parked, listener));
  if (row->fates.empty()) {
    TriggerFate nobody;
    nobody.fate = Fate::Nobody;
    nobody.reason = "no trigger listens";
    row->fates.push_back(std::move(nobody));
  }
  emit(model::EventRecorded{row});
  if (parked.reply.id == 0) return;
  model::Answer answer{parked.reply, ok(), {}, 0, true};
  answer.event = std::move(row);
  effects_.commands.emplace_back(std::move(answer));
}

// A plan has come, or will not: what waited for it is looked at again.
void Core::Turn::decide_parked(VersionId version, bool loaded) {
  for (Parked& parked : std::exchange(core_.parked_, {})) {
    if (!loaded) parked.hopeless.insert(version);
    decide_event(std::move(parked));
  }
}

TriggerFate Core::Turn::fate_for(const Parked& parked, const Listener& listener) {
  const EventRow& event = *parked.row;
  const WorkflowState& workflow = state().workflows.at(listener.workflow);
  const model::Trigger& trigger = *model::find_trigger(workflow.row.triggers, listener.trigger);
  TriggerFate fate{workflow.row.id, workflow.row.name, trigger.id, Fate::Refused, {}, {}};
  fate.reason = standstill_of(workflow.row, trigger);
  if (!fate.reason.empty()) return fate;
  if (depth_of(event) > limits::kEventChainMax) {
    fate.reason = fmt::format("it ends a chain of {} runs that started each other: is it a cycle?",
                              limits::kEventChainMax);
    return fate;
  }
  const auto match = matches(core_.listeners_.match_of(listener), event.payload);
  if (!match.ok()) {
    fate.reason = match.error().message;
    return fate;
  }
  if (!*match) {
    fate.fate = Fate::Filtered;
    fate.reason = "match is false";
    return fate;
  }
  if (event.from == EventFrom::Workflow && trigger.source->completion.all)
    return meet(event, workflow, trigger);
  return try_to_run(event, workflow, trigger);
}

TriggerFate Core::Turn::try_to_run(const EventRow& event, const WorkflowState& workflow,
                                   const model::Trigger& trigger, std::optional<CivilDate> date) {
  TriggerFate fate{workflow.row.id, workflow.row.name, trigger.id, Fate::Refused, {}, {}};
  const auto plan = plan_of(workflow.row.version);
  if (!plan) {
    fate.reason = "its version can not be loaded";
    return fate;
  }
  auto params = params_of(trigger, event.payload);
  if (!params.ok()) {
    fate.reason = params.error().message;
    return fate;
  }
  NewRun run;
  run.cause = cause_of(event.from);
  run.trigger = trigger.id;
  run.initiator = event.actor;
  run.params = std::move(params).value();
  run.scheduled_at = now_.wall;
  run.event_id = event.id;
  run.event = event.payload;
  run.date = date;
  const auto made = create_run(workflow, plan, std::move(run));
  if (made.ok()) {
    fate.fate = Fate::Run;
    fate.run = *made;
    return fate;
  }
  if (made.error().code == Code::AlreadyExists) fate.fate = Fate::Skipped;
  fate.reason = made.error().message;
  return fate;
}

}  // namespace gantry::core
