// Triggers on other workflows: the end of a run is an event in the commit that ends it. A trigger
// that wants all of several workflows meets them on a date (or, without `same: date`, since it
// fired last), and fires once for it.
#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

using model::EventRow;
using model::Fate;
using model::MeetingRow;
using model::TriggerFate;

namespace {
// What the end that started the run told; nothing if it was started otherwise.
std::int64_t told_number(const model::RunOrigin& origin, std::string_view name,
                         std::int64_t otherwise) {
  if (origin.cause != model::CauseKind::Workflow) return otherwise;
  const Value* number = origin.event->find(name);
  return number != nullptr && number->is(Value::Kind::Int) ? number->as_int() : otherwise;
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
                  {"depth", told_number(origin, "depth", 0) + 1},
                  {"breadth", told_number(origin, "breadth", 1)}};
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
  take_end({std::move(event), {}, {}});
}

// Leaves Fate::Run if all have come.
void Core::Turn::meet(const EventRow& event, Candidate& candidate) {
  const model::CompletionSource& wanted = candidate.trigger->source->completion;
  TriggerFate& fate = candidate.fate;
  MeetingRow row{fate.workflow, fate.trigger, civil_from_days(0), {}, false, false};
  if (wanted.same_date) row.date = date_in(event.payload);
  const auto known = state().meetings.find({row.workflow, row.trigger, days_from_civil(row.date)});
  if (known != state().meetings.end()) row = known->second;
  if (row.is_met && !GANTRY_PLANT(MeetingForgotten)) {
    const Error why =
        refuse({"it has fired for {} already", "它已为 {} 触发过"}, format_date(row.date));
    fate = {fate.workflow, fate.workflow_name, fate.trigger, Fate::Skipped, {}, why.message,
            why.zh};
    return;
  }
  const auto place = std::lower_bound(row.have.begin(), row.have.end(), event.name);
  if (place == row.have.end() || *place != event.name) row.have.insert(place, event.name);
  if (!has_all(row, wanted.workflows)) {
    const Error why = refuse({"waits for {}", "等待 {}"}, missing_of(row, wanted.workflows));
    fate = {fate.workflow, fate.workflow_name, fate.trigger, Fate::Waiting, {}, why.message,
            why.zh};
  }
  candidate.meeting = std::move(row);
}

// A date is used up, and what has come is, only if the trigger could fire.
void Core::Turn::settle_meeting(Candidate& candidate) {
  MeetingRow& row = *candidate.meeting;
  const Fate fate = candidate.fate.fate;
  const bool has_fired = fate == Fate::Run || fate == Fate::Skipped;
  const bool same_date = candidate.trigger->source->completion.same_date;
  row.is_met = has_fired && same_date;
  if (has_fired && !same_date) row.have.clear();
  const MeetingKey key{row.workflow, row.trigger, days_from_civil(row.date)};
  emit(model::MeetingChanged{std::move(row)});
  forget_old_meetings(key);
}

// The oldest date that is met goes, else the oldest: nobody runs it again after so many others. Not
// the one that has just come.
void Core::Turn::forget_old_meetings(const MeetingKey& newest) {
  const auto first = state().meetings.lower_bound({newest.workflow, newest.trigger, INT64_MIN});
  const auto last = state().meetings.upper_bound({newest.workflow, newest.trigger, INT64_MAX});
  if (std::distance(first, last) <= limits::kMeetingsMax) return;
  auto oldest = std::find_if(
      first, last, [&](const auto& entry) { return entry.second.is_met && entry.first != newest; });
  if (oldest == last) oldest = first->first == newest ? std::next(first) : first;
  MeetingRow row = oldest->second;
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
