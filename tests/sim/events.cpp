#include "events.h"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::sim {

using model::EventFrom;
using model::EventRow;
using model::Fate;
using model::RunState;
using model::TriggerKind;

namespace {
bool listens(const model::Trigger& trigger, const EventRow& row, const std::string& state) {
  if (row.from == EventFrom::Emit)
    return trigger.kind == TriggerKind::Event && trigger.source->event.name == row.name;
  if (trigger.kind != TriggerKind::Workflow) return false;
  const model::CompletionSource& source = trigger.source->completion;
  const auto& names = source.workflows;
  const bool wanted = (state == "succeeded" && source.succeeded) ||
                      (state == "failed" && source.failed) ||
                      (state == "cancelled" && source.cancelled);
  return wanted && std::find(names.begin(), names.end(), row.name) != names.end();
}

std::string text_in(const EventRow& row, std::string_view name) {
  const Value* value = row.payload.find(name);
  return value != nullptr && value->is(Value::Kind::String) ? value->as_string() : "";
}

std::int64_t number_in(const EventRow& row, std::string_view name) {
  const Value* value = row.payload.find(name);
  return value != nullptr && value->is(Value::Kind::Int) ? value->as_int() : -1;
}

std::string name_of(const EventRow& row) {
  return fmt::format("event {} of {} '{}'", row.id.value, model::name_of(row.from), row.name);
}
}  // namespace

void Events::ended(const std::string& workflow, const std::string& key, RunState state,
                   const Workflows& workflows) {
  EventRow row;
  row.from = EventFrom::Workflow;
  row.name = workflow;
  for (const auto& [id, listener] : workflows)
    for (const model::Trigger& trigger : listener.triggers)
      if (listens(trigger, row, std::string(model::name_of(state)))) {
        ends_[key] = state;
        unsaid_.insert(key);
      }
}

void Events::made(const model::RunOrigin& origin) {
  if (origin.event_id.value != 0) runs_[origin.run] = origin;
}

std::vector<std::string> Events::recorded(const EventRow& row, const Workflows& workflows) {
  const std::string key = row.keys.empty() ? "" : row.keys.front();
  unsaid_.erase(key);
  std::string complaint = check_source(row);
  const bool was_open = open_.erase(row.id) > 0;
  if (decided_.contains(row.id) || (!was_open && !keys_.insert(key).second))
    complaint = fmt::format("I6: {} is on record twice", name_of(row));
  if (row.is_open) open_.insert(row.id);
  if (!complaint.empty()) return {complaint};
  if (row.is_open) return {};
  decided_.insert(row.id);
  std::vector<std::string> out;
  std::size_t listeners = 0;
  for (const auto& [id, workflow] : workflows)
    for (const model::Trigger& trigger : workflow.triggers) {
      if (!listens(trigger, row, text_in(row, "state"))) continue;
      ++listeners;
      const auto fate = std::find_if(row.fates.begin(), row.fates.end(), [&](const auto& f) {
        return f.workflow == workflow.id && f.trigger == trigger.id;
      });
      if (fate == row.fates.end())
        out.push_back(fmt::format("I6: {} has no fate for {}", name_of(row), trigger.id));
      else
        out.push_back(check_fate(row, *fate, fates_of(row, workflow, trigger)));
    }
  const bool nobody = row.fates.size() == 1 && row.fates[0].fate == Fate::Nobody;
  if (listeners == 0 ? !nobody : row.fates.size() != listeners)
    out.push_back(fmt::format("I6: {} has {} fates for {} listeners", name_of(row),
                              row.fates.size(), listeners));
  std::erase(out, "");
  return out;
}

// It happened as it says.
std::string Events::check_source(const EventRow& row) const {
  const std::string key = row.keys.empty() ? "" : row.keys.front();
  if (row.from == EventFrom::Emit) {
    const auto known = handed_.find(key);
    if (known != handed_.end() && known->second == number_in(row, "n")) return "";
  } else {
    const auto known = ends_.find(key);
    if (known != ends_.end() && model::name_of(known->second) == text_in(row, "state")) return "";
  }
  return fmt::format("I6: {} with the key {} never happened", name_of(row), key);
}

std::set<Fate> Events::fates_of(const EventRow& row, const model::WorkflowRow& workflow,
                                const model::Trigger& trigger) {
  const bool stands_still = !trigger.enabled || !workflow.enabled || workflow.disabled;
  const bool all = trigger.kind == TriggerKind::Workflow && trigger.source->completion.all;
  if (stands_still && !all) return {Fate::Refused};
  if (!matches(row, trigger)) return {Fate::Filtered};
  bool again = false;
  if (all && !meets(row, workflow, trigger, stands_still, again))
    return {again ? Fate::Skipped : Fate::Waiting};
  if (stands_still) return {Fate::Refused};
  return {Fate::Run, Fate::Skipped};  // by its concurrency: Oracle looks at that
}

bool Events::matches(const EventRow& row, const model::Trigger& trigger) const {
  const std::string& match = trigger.source->match;
  if (match.empty()) return true;
  return number_in(row, match == kEvenNumber ? "n" : "run") % 2 == 0;
}

// True: none is missing. `again`: they have met before. What stands still uses nothing up.
bool Events::meets(const EventRow& row, const model::WorkflowRow& workflow,
                   const model::Trigger& trigger, bool stands_still, bool& again) {
  const model::CompletionSource& source = trigger.source->completion;
  const std::string date = source.same_date ? text_in(row, "date") : "";
  Meeting& meeting = meetings_[{workflow.id, trigger.id, date}];
  again = meeting.met;
  if (again) return false;
  meeting.have.insert(row.name);
  if (meeting.have.size() < source.workflows.size()) return false;
  if (!stands_still) meeting = {{}, source.same_date};
  return true;
}

std::string Events::check_fate(const EventRow& row, const model::TriggerFate& fate,
                               const std::set<Fate>& wanted) {
  if (!wanted.contains(fate.fate))
    return fmt::format("I6: {} is {} for {} of workflow {}, which the rules do not say",
                       name_of(row), model::name_of(fate.fate), fate.trigger, fate.workflow.value);
  if (fate.fate != Fate::Run) return "";
  const auto run = runs_.find(fate.run);
  const bool is_its_own = run != runs_.end() && run->second.event_id == row.id &&
                          run->second.workflow == fate.workflow &&
                          run->second.trigger == fate.trigger;
  if (!is_its_own || !told_.insert(fate.run).second)
    return fmt::format("I6: run {} is not what {} made", fate.run.value, name_of(row));
  return "";
}

std::vector<std::string> Events::check_batch() {
  std::vector<std::string> out;
  for (const std::string& key : unsaid_)
    out.push_back(fmt::format("I6: the end of run {} is not in the commit of its event", key));
  unsaid_.clear();
  return out;
}

std::vector<std::string> Events::check_end() const {
  std::vector<std::string> out;
  for (const EventId id : open_)
    out.push_back(fmt::format("I6: event {} was never decided", id.value));
  for (const auto& [run, origin] : runs_)
    if (!told_.contains(run))
      out.push_back(fmt::format("I6: run {} says that event {} made it, which does not know it",
                                run.value, origin.event_id.value));
  return out;
}

}  // namespace gantry::sim
