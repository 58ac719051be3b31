// New runs: who may start one, with which params.
#include <fmt/format.h>

#include "base/explain.h"
#include "core/params.h"
#include "core/scope.h"
#include "core/turn.h"

namespace gantry::core {

using model::RunOrigin;

void Core::Turn::handle(const model::RunRequested& event) {
  const auto id = state().workflow_ids.find(event.workflow);
  if (id == state().workflow_ids.end())
    return answer(
        event.reply,
        explain(Code::NotFound, {"there is no workflow '{}'", "没有工作流“{}”"}, event.workflow));
  if (event.workflow.starts_with(model::kWrapFolder))
    return answer(event.reply, explain(Code::FailedPrecondition,
                                       {"'{}' records a command that runs under gantry wrap: start "
                                        "it where that line is",
                                        "“{}”记录的是 gantry wrap 包装的命令：请在原处启动它"},
                                       event.workflow));
  const WorkflowState& workflow = state().workflows[id->second];
  if (!workflow.row.enabled)
    return answer(event.reply,
                  explain(Code::FailedPrecondition,
                          {"workflow '{}' is disabled in its file", "工作流“{}”在其文件中被停用"},
                          event.workflow));
  if (workflow.row.disabled)
    return answer(event.reply, explain(Code::FailedPrecondition,
                                       {"workflow '{}' is disabled ({}); gantry enable {}",
                                        "工作流“{}”已停用（{}）；gantry enable {}"},
                                       event.workflow, workflow.row.hold_note, event.workflow));
  if (const auto plan = plan_of(workflow.row.version))
    return request_with_plan(event, workflow, plan);
  load_plan(workflow.row.version);
  core_.loading_[workflow.row.version].requests.push_back(event);
}

void Core::Turn::request_with_plan(const model::RunRequested& event, const WorkflowState& workflow,
                                   const std::shared_ptr<const Plan>& plan) {
  NewRun run;
  run.cause = event.cause;
  run.initiator = event.initiator;
  run.key = event.key;
  run.params = event.params;
  run.scheduled_at = now_.wall;
  actor_ = event.initiator.empty() ? "engine" : event.initiator;
  auto created = create_run(workflow, plan, std::move(run));
  if (!created.ok()) return answer(event.reply, created.error());
  answer(event.reply, ok(), *created, workflow.row.version_number);
}

Result<RunNo> Core::Turn::create_run(const WorkflowState& workflow,
                                     const std::shared_ptr<const Plan>& plan, NewRun run) {
  if (state().runs.size() >= core_.limits_.open_runs_max)
    return explain(Code::ResourceExhausted,
                   {"there are {} open runs, the limit; try again later",
                    "未结束的运行已有 {} 个，达到上限；请稍后再试"},
                   state().runs.size());
  auto origin = std::make_shared<RunOrigin>();
  origin->run = RunNo{state().counters.last_run + 1};
  origin->workflow = workflow.row.id;
  origin->workflow_name = workflow.row.name;
  origin->version = workflow.row.version;
  origin->version_number = workflow.row.version_number;
  origin->cause = run.cause;
  origin->trigger = std::move(run.trigger);
  origin->initiator = std::move(run.initiator);
  origin->key = std::move(run.key);
  origin->labels = plan->workflow().labels;
  origin->priority = workflow.row.priority;
  origin->created_at = now_.wall;
  origin->scheduled_at = run.scheduled_at;
  TRY(origin->params, complete_params(plan->workflow(), run.params, *origin));
  origin->labels.insert(origin->labels.end(), run.labels.begin(), run.labels.end());
  origin->title = std::move(run.title);
  if (origin->title.empty()) {
    TRY(origin->title, title_of(*plan, *origin));
  }
  const RunNo no = origin->run;
  emit(model::RunCreated{std::move(origin)});
  attach_plan(state(), *find_run(no), plan);
  freed_.insert(workflow.row.id);
  return no;
}

}  // namespace gantry::core
