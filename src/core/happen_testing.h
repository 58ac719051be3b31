// What tests of events share: a core with several workflows and triggers that listen.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "core/core_testing.h"

namespace gantry::core {

using model::EventFrom;
using model::Fate;
using model::TriggerKind;

inline model::Trigger on_event(const std::string& id, const std::string& name,
                               const std::string& match = "") {
  model::Trigger trigger;
  trigger.id = id;
  trigger.kind = TriggerKind::Event;
  trigger.timezone = "UTC";
  model::SourceDetails source;
  source.event.name = name;
  source.match = match;
  trigger.source = source;
  return trigger;
}

inline model::Trigger on_ends(const std::string& id, std::vector<std::string> workflows,
                              bool all = false, bool same_date = false) {
  model::Trigger trigger;
  trigger.id = id;
  trigger.kind = TriggerKind::Workflow;
  trigger.timezone = "UTC";
  model::SourceDetails source;
  source.completion.workflows = std::move(workflows);
  source.completion.all = all;
  source.completion.same_date = same_date;
  trigger.source = source;
  return trigger;
}

// A core with several workflows of one task that is nothing.
class Events : public testing::Test {
 protected:
  void define(const std::string& name, std::vector<model::Trigger> triggers,
              const std::function<void(model::Workflow&)>& alter = nullptr) {
    model::Workflow workflow = Bench::workflow({{"a", {}}});
    workflow.name = name;
    workflow.tasks[0].action = {};
    workflow.triggers = std::move(triggers);
    if (alter) alter(workflow);
    auto definition = std::make_shared<model::Definition>();
    definition->workflow = std::move(workflow);
    definition->hash = name + std::to_string(++versions_);
    definitions_.push_back(definition);
    apply(model::DefinitionLoaded{{1}, "test", definition});
    if (!refused_.ok()) definitions_.pop_back();
  }

  void apply(const model::Event& event) {
    effects_.clear();
    core_->apply(event, now_, effects_);
    take_effects();
  }

  void take_effects() {
    for (const model::Change& change : effects_.changes) {
      history_.push_back(change);
      if (const auto* c = std::get_if<model::EventRecorded>(&change.body))
        events_.push_back(*c->row);
      if (const auto* c = std::get_if<model::RunCreated>(&change.body)) runs_.push_back(*c->origin);
    }
    for (const model::Command& command : effects_.commands)
      if (const auto* answer = std::get_if<model::Answer>(&command); answer != nullptr) {
        answered_ = answer->event;
        refused_ = answer->status;
      }
  }

  model::EventRow emit(const std::string& name, Value payload = ValueMap{}) {
    answered_ = nullptr;
    apply(model::EventReceived{{1}, EventFrom::Emit, name, {}, "ann", std::move(payload)});
    return answered_ ? *answered_ : model::EventRow();
  }

  static model::RunRequested requested(const std::string& workflow) {
    model::RunRequested event;
    event.workflow = workflow;
    return event;
  }
  RunNo request(const std::string& workflow) {
    apply(requested(workflow));
    return runs_.back().run;
  }

  // Without the look at what a new version would do.
  void listen(const std::string& workflow, std::vector<model::Trigger> triggers) {
    const WorkflowId id = core_->state().workflow_ids.at(workflow);
    model::WorkflowRow row = core_->state().workflows.at(id).row;
    row.triggers = std::move(triggers);
    history_.push_back({now_.wall, "test", model::WorkflowChanged{std::move(row)}});
    core_->fold(history_.back());
  }

  // By the last event.
  std::size_t created() const {
    return static_cast<std::size_t>(std::count_if(
        effects_.changes.begin(), effects_.changes.end(),
        [](const auto& change) { return std::holds_alternative<model::RunCreated>(change.body); }));
  }

  // What a restart finds: everything that was committed, no plans.
  void restart() {
    auto again = std::make_unique<Core>(Limits{16, {}, 100});
    for (const model::Change& change : history_) again->fold(change);
    again->set_counters(core_->state().counters);
    core_ = std::move(again);
  }
  void provide_all() {
    std::vector<model::WorkflowProvided> all;
    for (const VersionId version : core_->missing_plans()) all.push_back(provided(version));
    effects_.clear();
    core_->resume(all, now_, effects_);
    take_effects();
  }
  model::WorkflowProvided provided(VersionId version) const {
    const auto& d = definitions_[static_cast<std::size_t>(version.value - 1)];
    return {version, {d, &d->workflow}, "", ""};
  }

  std::unique_ptr<Core> core_ = std::make_unique<Core>(Limits{16, {}, 100});
  Now now_{parse_instant("2026-11-22T00:00:00Z").value(), Steady{1000}};
  model::Effects effects_;
  std::vector<model::Change> history_;
  std::vector<model::EventRow> events_;
  std::vector<model::RunOrigin> runs_;
  std::shared_ptr<const model::EventRow> answered_;
  std::vector<std::shared_ptr<const model::Definition>> definitions_;
  Status refused_;
  int versions_ = 0;
};

}  // namespace gantry::core
