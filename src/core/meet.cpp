// Triggers on other workflows: the end of a run is an event in the commit that ends it. A trigger
// that wants all of several workflows meets them on a date (or, without `same: date`, since it
// fired last), and fires once for it.
#include <fmt/format.h>

#include <algorithm>

#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

using model::EventRow;
using model::Fate;
using model::MeetingRow;
using model::TriggerFate;

namespace {
// Of the run: how many ends of runs led to it.
std::int64_t depth_of(const model::RunOrigin& origin) {
  if (origin.cause != model::CauseKind::Workflow) return 0;
  const Value* depth = origin.event->find(std::string_view("depth"));
  return depth != nullptr && depth->is(Value::Kind::Int) ? depth->as_int() : 0;
}

Value told(const model::RunOrigin& origin, const model::RunRow& row) {
  return ValueMap{{"workflow", origin.workflow_name},
                  {"run", origin.run.value},
                  {"phase", std::int64_t{row.phase}},
                  {"state", std::string(name_of(row.state))},
                  {"reason", std::string(name_of(row.reason))},
                  {"date", format_date(origin.dates.date)},
                  {"business_date", format_date(origin.dates.business_date)},
                  {"scheduled_at", origin.scheduled_at},
                  {"ended_at", row.ended_at ? Value(*row.ended_at) : Value()},
                  {"title", origin.title},
                  {"params", origin.params},
                  {"depth", depth_of(origin) + 1}};
}

CivilDate date_in(const Value& payload) {
  const Value* text = payload.find(std::string_view("date"));
  if (text == nullptr || !text->is(Value::Kind::String)) return {};
  const auto date = parse_date(text->as_string());
  return date.ok() ? *date : CivilDate{};
}

bool has_all(const MeetingRow& row, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    return std::binary_search(row.have.begin(), row.have.end(), name);
  });
}

std::string missing_of(const MeetingRow& row, const std::vector<std::string>& wanted) {
  std::string out;
  for (const std::string& name : wanted)
    if (!std::binary_search(row.have.begin(), row.have.end(), name))
      out += (out.empty() ? "" : ", ") + name;
  return out;
}
}  // namespace

void Core::Turn::tell_of_end(const model::RunOrigin& origin, const model::RunRow& row) {
  auto event = std::make_shared<EventRow>();
  event->from = model::EventFrom::Workflow;
  event->name = origin.workflow_name;
  event->payload = ValueMap{{"state", std::string(name_of(row.state))}};
  const auto listeners = core_.listeners_.of(*event);
  if (listeners.empty()) return;  // the end of a run is in its history anyway
  event->keys = {fmt::format("{}/{}", origin.run.value, row.phase)};
  event->at = now_.wall;
  event->actor = "engine";
  event->payload = told(origin, row);
  if (load_plans_for(listeners, {})) return decide_event({std::move(event), {}, {}});
  event->id = EventId{state().counters.last_event + 1};
  event->is_open = true;
  actor_ = "engine";
  emit(model::EventRecorded{event});
  core_.parked_.push_back({std::move(event), {}, {}});
}

TriggerFate Core::Turn::meet(const EventRow& event, const WorkflowState& workflow,
                             const model::Trigger& trigger) {
  const model::CompletionSource& wanted = trigger.source->completion;
  MeetingRow row{workflow.row.id, trigger.id, civil_from_days(0), {}, false, false};
  if (wanted.same_date) row.date = date_in(event.payload);
  const auto known = state().meetings.find({row.workflow, row.trigger, days_from_civil(row.date)});
  if (known != state().meetings.end()) row = known->second;
  TriggerFate fate{workflow.row.id, workflow.row.name, trigger.id, Fate::Skipped, {}, {}};
  if (row.is_met && !GANTRY_PLANT(MeetingForgotten)) {
    fate.reason = fmt::format("it has fired for {} already", format_date(row.date));
    return fate;
  }
  const auto place = std::lower_bound(row.have.begin(), row.have.end(), event.name);
  if (place == row.have.end() || *place != event.name) row.have.insert(place, event.name);
  const bool all = has_all(row, wanted.workflows);
  if (!all) {
    fate.fate = Fate::Waiting;
    fate.reason = "waits for " + missing_of(row, wanted.workflows);
  }
  row.is_met = all && wanted.same_date;
  if (all && !wanted.same_date) row.have.clear();
  const std::optional<CivilDate> date = wanted.same_date ? std::optional(row.date) : std::nullopt;
  emit(model::MeetingChanged{std::move(row)});
  forget_old_meetings(workflow.row.id, trigger.id);
  return all ? try_to_run(event, workflow, trigger, date) : fate;
}

// The oldest dates go: nobody runs them again after so many others.
void Core::Turn::forget_old_meetings(WorkflowId workflow, const std::string& trigger) {
  const auto first = state().meetings.lower_bound({workflow, trigger, INT64_MIN});
  const auto last = state().meetings.upper_bound({workflow, trigger, INT64_MAX});
  if (std::distance(first, last) <= limits::kMeetingsMax) return;
  MeetingRow row = first->second;
  row.is_over = true;
  emit(model::MeetingChanged{std::move(row)});
}

// Those of triggers that are gone.
void Core::Turn::leave_meetings(WorkflowId workflow) {
  const auto& triggers = state().workflows.at(workflow).row.triggers;
  std::vector<MeetingRow> gone;
  for (auto at = state().meetings.lower_bound({workflow, "", INT64_MIN});
       at != state().meetings.end() && at->first.workflow == workflow; ++at)
    if (model::find_trigger(triggers, at->first.trigger) == nullptr) gone.push_back(at->second);
  for (MeetingRow& row : gone) {
    row.is_over = true;
    emit(model::MeetingChanged{std::move(row)});
  }
}

}  // namespace gantry::core
