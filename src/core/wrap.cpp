// Commands that ran elsewhere, under `gantry wrap`: the record of one becomes a run of its workflow
// that is closed in the same turn. Nothing is started and no slot is taken. That a record is taken
// once is the business of whoever hands it in (its id is the key of the run).
#include "base/explain.h"
#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

using model::AttemptState;
using model::Reason;
using model::RunState;
using model::TaskState;

void Core::Turn::handle(const model::WrapReported& event) {
  handle(model::DefinitionLoaded{{}, event.actor, event.definition});
  const auto id = state().workflow_ids.find(event.definition->workflow.name);
  if (id == state().workflow_ids.end())
    return answer(event.reply, refuse({"its definition can not be loaded", "无法载入其定义"}));
  const WorkflowState& workflow = state().workflows[id->second];
  const auto plan = plan_of_wrap(event, workflow);
  if (!plan.ok()) return answer(event.reply, plan.error());
  NewRun made;
  made.cause = model::CauseKind::Wrap;
  made.initiator = event.actor;
  made.key = GANTRY_PLANT(WrapForgetsItsId) ? "" : event.key;
  made.params = event.params;
  made.scheduled_at = event.begun_at;
  made.title = event.title;
  made.labels = event.labels;
  actor_ = event.actor;
  const auto no = create_run(workflow, *plan, std::move(made));
  if (!no.ok()) return answer(event.reply, no.error());
  touch(*no);
  record_wrap(*find_run(*no), event);
  answer(event.reply, ok(), *no, workflow.row.version_number);
}

// After a restart the version is known but its plan is not: the same hash is the same plan.
Result<std::shared_ptr<const Plan>> Core::Turn::plan_of_wrap(const model::WrapReported& event,
                                                             const WorkflowState& workflow) {
  if (auto plan = plan_of(workflow.row.version)) return plan;
  if (event.definition->workflow.tasks.size() != 1 || workflow.row.hash != event.definition->hash)
    return refuse(
        {"its definition is not that of a wrapped command", "其定义不是被包装命令的定义"});
  TRY(auto plan, Plan::make(std::shared_ptr<const model::Workflow>(event.definition,
                                                                   &event.definition->workflow)));
  core_.plans_[workflow.row.version] = plan;
  return plan;
}

void Core::Turn::record_wrap(Run& run, const model::WrapReported& event) {
  const model::AttemptReport& report = event.report;
  model::AttemptRow attempt;
  attempt.id = next_attempt();
  attempt.run = run.row.run;
  attempt.number = 1;
  attempt.begun_at = event.begun_at;
  model::TaskRow task;
  task.run = run.row.run;
  task.attempts = 1;
  task.attempt = attempt.id;
  task.exit_code = report.exit_code;
  task.started_at = report.started_at;
  task.ended_at = report.ended_at;
  task.reason = report.reason;
  task.state = TaskState::Failed;
  if (report.state == AttemptState::Succeeded) task.state = TaskState::Succeeded;
  if (report.state == AttemptState::Interrupted) task.state = TaskState::Interrupted;
  if (!report.error_tail.empty() && task.state != TaskState::Succeeded)
    task.message = std::make_shared<const std::string>(report.error_tail);
  if (task.state != TaskState::Succeeded) task.tries = 1;
  model::RunRow row = run.row;
  row.state = task.state == TaskState::Succeeded ? RunState::Succeeded : RunState::Failed;
  row.reason = row.state == RunState::Succeeded ? Reason::None : Reason::TaskFailed;
  row.started_at = report.started_at;
  row.ended_at = report.ended_at ? report.ended_at : now_.wall;
  close_attempt(attempt, report);
  put(std::move(task));
  put(run, std::move(row));
  close(run);
}

}  // namespace gantry::core
