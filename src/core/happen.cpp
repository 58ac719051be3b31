// Events: for each trigger that listens it is decided what becomes of one, and all of it is one
// change, in the commit of the runs it makes. That nothing is taken twice is the business of
// whoever hands an event in (its keys); the end of a run is told once per phase.
#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "core/planted.h"
#include "core/scope.h"
#include "core/turn.h"
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

// Of the end of a run. What others hand in may have a member of this name that means nothing here.
std::int64_t told_number(const EventRow& event, std::string_view name, std::int64_t otherwise) {
  const Value* number = event.payload.find(name);
  const bool is_ours = event.from == EventFrom::Workflow && number != nullptr;
  return is_ours && number->is(Value::Kind::Int) ? number->as_int() : otherwise;
}

Value with_breadth(const Value& payload, std::int64_t breadth) {
  ValueMap told = payload.as_map();
  for (auto& [name, value] : told)
    if (name == Value("breadth")) value = Value(breadth);
  return Value(std::move(told));
}

bool wants_all(const EventRow& event, const model::Trigger& trigger) {
  return event.from == EventFrom::Workflow && trigger.source->completion.all;
}

void tell(TriggerFate& fate, Fate what, const Error& why) {
  fate.fate = what;
  fate.reason = why.message;
  fate.reason_zh = why.zh;
}

// Why no event starts a run of this trigger.
Status check_standing(const model::WorkflowRow& row, const model::Trigger& trigger) {
  if (!trigger.enabled)
    return refuse({"the trigger is disabled in its file", "该触发器在其文件中被停用"});
  if (!row.enabled)
    return refuse({"workflow '{}' is disabled in its file", "工作流“{}”在其文件中被停用"},
                  row.name);
  if (row.disabled)
    return refuse({"workflow '{}' is disabled ({})", "工作流“{}”已停用（{}）"}, row.name,
                  row.hold_note);
  return ok();
}

Status check_depth(const EventRow& event) {
  if (told_number(event, "depth", 0) <= limits::kEventChainMax) return ok();
  return refuse({"it ends a chain of {} runs that started each other: is it a cycle?",
                 "它处于 {} 个相继启动的运行之末：是否成环？"},
                limits::kEventChainMax);
}

// Nothing if it matches.
Result<bool> matches(const expr::Expression* match, const Value& payload,
                     const Surroundings& around) {
  if (match == nullptr || GANTRY_PLANT(MatchForgotten)) return true;
  NamedScope scope(around);
  scope.set("event", payload);
  return truth_of(*match, scope, "match");
}

void note_nobody(EventRow& row) {
  if (!row.fates.empty()) return;
  TriggerFate nobody;
  tell(nobody, Fate::Nobody,
       refuse({"no trigger listens, no task waits for it", "没有触发器关注，也没有任务等待它"}));
  row.fates.push_back(std::move(nobody));
}

// The texts of a trigger's params may be templates over `event`.
Result<ValueMap> params_of(const model::Trigger& trigger, const Value& payload,
                           const Surroundings& around) {
  ValueMap params = trigger.params;
  NamedScope scope(around);
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

// What is not decided now. The end of a run is durable from here on: nobody hands it in again.
Core::Parked Core::Turn::kept(Parked parked) {
  if (parked.row->from != EventFrom::Workflow || parked.row->is_open) return parked;
  auto row = std::make_shared<EventRow>(*parked.row);
  row->id = EventId{state().counters.last_event + 1};
  row->is_open = true;
  emit(model::EventRecorded{row});
  parked.row = std::move(row);
  return parked;
}

// Ends of runs are decided in the order in which they came, so many in a turn.
void Core::Turn::take_end(Parked parked) {
  if (end_fates_ >= limits::kEndFatesPerTurn || !core_.postponed_.empty())
    return core_.postponed_.push_back(kept(std::move(parked)));
  decide_event(std::move(parked));
}

void Core::Turn::decide_event(Parked parked) {
  const bool is_end = parked.row->from == EventFrom::Workflow;
  const auto listeners = core_.listeners_.of(*parked.row);
  if (!load_plans_for(listeners, parked.hopeless))
    return core_.parked_.push_back(kept(std::move(parked)));
  if (is_end) end_fates_ += listeners.size();
  auto row = std::make_shared<EventRow>(*parked.row);
  if (row->id.value == 0) row->id = EventId{state().counters.last_event + 1};
  row->is_open = false;
  actor_ = row->actor.empty() ? "engine" : row->actor;
  std::vector<Candidate> candidates;
  for (const Listener& listener : listeners) candidates.push_back(look_at(*row, listener));
  // Whoever hands one in tries again; the end of a run is told once.
  if (!is_end)
    if (const Status room = check_room(*row, candidates); !room.ok())
      return answer(parked.reply, room);
  decide_fates(*row, candidates);
  for (model::TriggerFate& fate : wake_for(*row)) row->fates.push_back(std::move(fate));
  note_nobody(*row);
  emit(model::EventRecorded{row});
  if (parked.reply.id == 0) return;
  model::Answer answer{parked.reply, ok(), {}, 0, true};
  answer.event = std::move(row);
  effects_.commands.emplace_back(std::move(answer));
}

std::int64_t Core::Turn::count_wanted(const std::vector<Candidate>& candidates) {
  return std::count_if(candidates.begin(), candidates.end(),
                       [](const Candidate& c) { return c.fate.fate == Fate::Run; });
}

Status Core::Turn::check_room(const EventRow& event,
                              const std::vector<Candidate>& candidates) const {
  const auto wanted = static_cast<std::size_t>(count_wanted(candidates));
  if (wanted == 0) return ok();
  TRY_STATUS(check_run_room(wanted));
  return check_event_room(event.id, event.payload);
}

// How many of those whom it may start a chain of ends starts side by side: a share of what the run
// that ended had, so that all that follow from one run stay below the limit.
void Core::Turn::decide_fates(EventRow& row, std::vector<Candidate>& candidates) {
  const std::int64_t wanted = count_wanted(candidates);
  const std::int64_t breadth = told_number(row, "breadth", 1);
  const std::int64_t room = std::max<std::int64_t>(1, limits::kEventBreadthMax / breadth);
  std::int64_t left = row.from == EventFrom::Workflow ? std::min(room, wanted) : wanted;
  if (left > 1 && row.from == EventFrom::Workflow)
    row.payload = with_breadth(row.payload, breadth * left);
  for (Candidate& candidate : candidates) {
    if (candidate.fate.fate == Fate::Run && left-- <= 0)
      refuse_for_breadth(candidate);
    else if (candidate.fate.fate == Fate::Run)
      start(row, candidate);
    if (candidate.meeting) settle_meeting(candidate);
    row.fates.push_back(std::move(candidate.fate));
  }
}

// A plan has come, or will not: what waited for it is looked at again.
void Core::Turn::decide_parked(VersionId version, bool loaded) {
  for (Parked& parked : std::exchange(core_.parked_, {})) {
    if (!loaded) parked.hopeless.insert(version);
    if (parked.row->from == EventFrom::Workflow)
      take_end(std::move(parked));
    else
      decide_event(std::move(parked));
  }
}

// In the order in which they came; the rest waits for the next turn.
void Core::Turn::decide_postponed() {
  while (!core_.postponed_.empty() && end_fates_ < limits::kEndFatesPerTurn) {
    Parked next = std::move(core_.postponed_.front());
    core_.postponed_.pop_front();
    decide_event(std::move(next));
  }
}

// Fate::Run: it may. One that wants all of several is told of each, also while it may not fire.
Core::Turn::Candidate Core::Turn::look_at(const EventRow& event, const Listener& listener) {
  const WorkflowState& workflow = state().workflows.at(listener.workflow);
  const model::Trigger& trigger = *model::find_trigger(workflow.row.triggers, listener.trigger);
  Candidate out{
      &workflow, &trigger, {workflow.row.id, workflow.row.name, trigger.id, Fate::Run, {}, {}}, {}};
  TriggerFate& fate = out.fate;
  const Status standing = check_standing(workflow.row, trigger);
  if (!standing.ok() && !wants_all(event, trigger)) {
    tell(fate, Fate::Refused, standing.error());
    return out;
  }
  const auto match = matches(core_.listeners_.match_of(listener), event.payload, core_.around_);
  if (!match.ok())
    tell(fate, Fate::Refused, match.error());
  else if (!*match)
    tell(fate, Fate::Filtered, refuse({"match is false", "match 为假"}));
  else if (wants_all(event, trigger))
    meet(event, out);
  if (fate.fate != Fate::Run) return out;
  if (const Status depth = check_depth(event); !standing.ok() || !depth.ok())
    tell(fate, Fate::Refused, standing.ok() ? depth.error() : standing.error());
  return out;
}

void Core::Turn::refuse_for_breadth(Candidate& candidate) {
  tell(candidate.fate, Fate::Refused,
       refuse(
           {"{} chains of runs that started each other by their ends is the limit: is it a cycle?",
            "因结束而相继启动的运行链最多 {} 条：是否成环？"},
           limits::kEventBreadthMax));
}

void Core::Turn::start(const EventRow& event, Candidate& candidate) {
  std::optional<CivilDate> date;
  if (candidate.meeting && candidate.trigger->source->completion.same_date)
    date = candidate.meeting->date;
  auto fate = try_to_run(event, *candidate.workflow, *candidate.trigger, date);
  candidate.fate = std::move(fate);
}

TriggerFate Core::Turn::try_to_run(const EventRow& event, const WorkflowState& workflow,
                                   const model::Trigger& trigger, std::optional<CivilDate> date) {
  TriggerFate fate{workflow.row.id, workflow.row.name, trigger.id, Fate::Refused, {}, {}};
  const auto plan = plan_of(workflow.row.version);
  if (!plan) {
    tell(fate, Fate::Refused, refuse({"its version can not be loaded", "无法载入其版本"}));
    return fate;
  }
  auto params = params_of(trigger, event.payload, core_.around_);
  if (!params.ok()) {
    tell(fate, Fate::Refused, params.error());
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
  const bool skips = made.error().code == Code::AlreadyExists;
  tell(fate, skips ? Fate::Skipped : Fate::Refused, made.error());
  return fate;
}

}  // namespace gantry::core
