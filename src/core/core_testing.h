// A core on a bench: defines small workflows, plays the runner by hand, and remembers what came
// out.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/core.h"

namespace gantry::core {

inline model::RetryPolicy retries(int limit) {
  model::RetryPolicy policy;
  policy.limit = limit;
  return policy;
}

struct TaskSketch {
  std::string name;
  std::vector<std::string> needs;
};

class Bench {
 public:
  explicit Bench(Limits limits = {16, {}, 100}) : core(limits), limits_(std::move(limits)) {}

  static model::Workflow workflow(const std::vector<TaskSketch>& sketch) {
    model::Workflow out;
    out.name = "w";
    for (const TaskSketch& from : sketch) {
      model::Task task;
      task.name = from.name;
      task.action.kind = model::ActionKind::Run;
      task.action.script = "true";
      for (const std::string& need : from.needs) task.needs.push_back(*out.find_task(need));
      out.tasks.push_back(std::move(task));
    }
    return out;
  }

  void define_tasks(const std::vector<TaskSketch>& sketch) { define(workflow(sketch)); }
  void define(model::Workflow w) {
    auto definition = std::make_shared<model::Definition>();
    definition->workflow = std::move(w);
    definition->hash = "h" + std::to_string(++versions_);
    definition_ = definition;
    apply(model::DefinitionLoaded{{}, "test", definition});
  }

  RunNo request(ValueMap params = {}) {
    model::RunRequested event;
    event.reply = {1};
    event.workflow = "w";
    event.params = std::move(params);
    event.initiator = "test";
    apply(event);
    return answered;
  }

  void end(const std::string& task, model::AttemptState state, int exit_code = 0,
           Value outputs = {}) {
    model::AttemptReport report;
    ASSERT_TRUE(live.contains(task)) << task << " does not run";
    report.id = live.at(task);
    live.erase(task);
    report.state = state;
    report.reason =
        state == model::AttemptState::Failed ? model::Reason::Exit : model::Reason::None;
    report.exit_code = exit_code;
    report.outputs = std::move(outputs);
    apply(model::AttemptReported{report});
  }

  void advance(Duration duration) {
    now.wall = now.wall + duration;
    now.steady = now.steady + duration;
    apply(model::TimePassed{});
  }

  void apply(const model::Event& event) {
    effects.clear();
    core.apply(event, now, effects);
    for (const model::Change& change : effects.changes) note(change);
    for (const model::Command& command : effects.commands) note(command);
  }

  // The names of the running tasks, sorted.
  std::string running() const {
    std::string names;
    for (const auto& [name, attempt] : live) names += (names.empty() ? "" : " ") + name;
    return names;
  }
  model::TaskState last_state(const std::string& task) const { return states.at(task); }
  model::RunState outcome(RunNo run) const {
    const auto row = ended.find(run);
    return row == ended.end() ? model::RunState::Running : row->second.state;
  }

  // Folds the latest row of everything that is open into a new core: it must equal this one.
  void check_recovery() {
    Core recovered(limits_);
    for (const auto& [id, workflow] : core.state().workflows)
      fold(recovered, model::WorkflowChanged{workflow.row});
    for (const auto& [id, workflow] : core.state().workflows)
      for (const auto& [name, row] : workflow.cursors) fold(recovered, model::TriggerMoved{row});
    for (const auto& [no, run] : core.state().runs) {
      fold(recovered, model::RunCreated{run.origin});
      fold(recovered, model::RunChanged{run.row});
      for (const TaskRun& task : run.tasks)
        if (task.row.state != model::TaskState::Pending)
          fold(recovered, model::TaskChanged{task.row});
    }
    for (const auto& [id, attempt] : core.state().attempts)
      fold(recovered, model::AttemptChanged{attempt.row});
    recovered.set_counters(core.state().counters);
    model::Effects ignored;
    for (const VersionId version : recovered.missing_plans())
      recovered.apply(
          model::WorkflowProvided{version, {definition_, &definition_->workflow}, "", ""}, now,
          ignored);
    EXPECT_TRUE(ignored.changes.empty());
    EXPECT_TRUE(recovered.state() == core.state());
  }

  Core core;
  Now now{parse_instant("2026-11-22T00:00:00Z").value(), Steady{1000}};
  model::Effects effects;
  std::map<std::string, AttemptId> live;
  std::map<std::string, model::TaskState> states;
  std::map<RunNo, model::RunRow> ended;
  std::vector<model::MissedRow> missed;
  model::StartAttempt last_start;
  RunNo answered;
  int starts = 0;
  int stops = 0;

 private:
  static void fold(Core& into, model::ChangeBody body) {
    into.fold(model::Change{{}, "", std::move(body)});
  }

  void note(const model::Change& change) {
    if (const auto* c = std::get_if<model::TaskChanged>(&change.body))
      states[definition_->workflow.tasks[c->row.task.value].name] = c->row.state;
    if (const auto* c = std::get_if<model::RunChanged>(&change.body);
        c != nullptr && is_terminal(c->row.state))
      ended[c->row.run] = c->row;
    if (const auto* c = std::get_if<model::FiringsMissed>(&change.body)) missed.push_back(c->row);
  }
  void note(const model::Command& command) {
    if (const auto* start = std::get_if<model::StartAttempt>(&command)) {
      live[start->task] = start->id;
      last_start = *start;
      ++starts;
    }
    if (std::holds_alternative<model::StopAttempt>(command)) ++stops;
    if (const auto* answer = std::get_if<model::Answer>(&command)) {
      EXPECT_TRUE(answer->status.ok()) << answer->status.error().message;
      answered = answer->run;
    }
  }

  const Limits limits_;
  std::shared_ptr<const model::Definition> definition_;
  int versions_ = 0;
};

}  // namespace gantry::core
