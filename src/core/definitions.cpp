// Versions: a loaded definition becomes a new version if its hash differs from the newest one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/explain.h"
#include "core/cycle.h"
#include "core/turn.h"

namespace gantry::core {

using model::Reason;
using model::RunState;

namespace {
// What a person said of the workflow stays (`before`).
model::WorkflowRow row_of(const model::Definition& definition, WorkflowId id, VersionId version,
                          std::int64_t number, const model::WorkflowRow& before) {
  const model::Workflow& workflow = definition.workflow;
  model::WorkflowRow row = before;
  row.id = id;
  row.name = workflow.name;
  row.version = version;
  row.version_number = number;
  row.hash = definition.hash;
  row.enabled = workflow.enabled;
  row.concurrency_limit = workflow.concurrency_limit;
  row.priority = workflow.priority;
  row.triggers = workflow.triggers;
  return row;
}

Error would_run_for_ever(const std::vector<std::string>& cycle) {
  return about("trigger-cycle",
               explain(Code::FailedPrecondition,
                       {"workflows would start each other for ever by the ends of their runs: {}",
                        "这些工作流会因运行结束而无休止地相互启动：{}"},
                       fmt::to_string(fmt::join(cycle, " -> "))));
}
}  // namespace

Error cannot_load(const std::string& failure) {
  return explain(Code::FailedPrecondition,
                 {"the workflow can not be loaded: {}", "无法载入工作流：{}"}, failure);
}

void Core::Turn::handle(const model::DefinitionLoaded& event) {
  const model::Definition& definition = *event.definition;
  const std::string& name = definition.workflow.name;
  const auto known = state().workflow_ids.find(name);
  const bool is_new = known == state().workflow_ids.end();
  const WorkflowId id = is_new ? WorkflowId{state().counters.last_workflow + 1} : known->second;
  const WorkflowState* before = is_new ? nullptr : &state().workflows[id];
  if (before != nullptr && before->row.hash == definition.hash)
    return answer(event.reply, ok(), {}, before->row.version_number, false);
  auto plan =
      Plan::make(std::shared_ptr<const model::Workflow>(event.definition, &definition.workflow),
                 definition.files.empty() ? "" : definition.hash);
  if (!plan.ok()) return answer(event.reply, plan.error());
  if (const auto cycle = cycle_of(state(), definition.workflow); !cycle.empty())
    return answer(event.reply, would_run_for_ever(cycle));
  actor_ = event.actor;
  const VersionId version{state().counters.last_version + 1};
  const std::int64_t number = before == nullptr ? 1 : before->row.version_number + 1;
  emit(model::VersionStored{version, id, number, event.definition});
  core_.plans_[version] = std::move(plan).value();
  begin_new_cursors(before, id, name, definition.workflow.triggers);
  const model::WorkflowRow old = before == nullptr ? model::WorkflowRow() : before->row;
  emit(model::WorkflowChanged{row_of(definition, id, version, number, old)});
  leave_meetings(id);
  free_lanes(id);
  go_on_with_backfills(id);
  answer(event.reply, ok(), {}, number);
}

std::shared_ptr<const Plan> Core::Turn::plan_of(VersionId version) {
  const auto found = core_.plans_.find(version);
  return found == core_.plans_.end() ? nullptr : found->second;
}

void Core::Turn::load_plan(VersionId version) {
  if (core_.loading_.contains(version)) return;
  core_.loading_[version];
  effects_.commands.push_back(model::LoadWorkflow{version});
}

void Core::Turn::handle(const model::WorkflowProvided& event) {
  std::string failure = event.error;
  if (event.workflow) {
    auto plan = Plan::make(event.workflow, event.files_hash);
    if (plan.ok())
      core_.plans_[event.version] = std::move(plan).value();
    else
      failure = plan.error().message;
  }
  const auto plan = plan_of(event.version);
  std::vector<RunNo> waiting;
  for (const auto& [no, run] : state().runs)
    if (!run.plan && run.origin->version == event.version && !run.row.quarantined)
      waiting.push_back(no);
  for (const RunNo no : waiting) {
    Run& run = *find_run(no);
    touch(no);
    if (plan)
      resume_run(run, plan);
    else
      abandon(run, RunState::Failed, Reason::Definition,
              "its version can not be loaded: " + failure);
  }
  decide_parked(event.version, plan != nullptr);
  provide_backfills(event.version, plan != nullptr ? std::string() : failure);
  const auto loading = core_.loading_.find(event.version);
  if (loading == core_.loading_.end()) return;
  if (!plan)
    refuse_retries(event.version,
                   explain(Code::FailedPrecondition,
                           {"its version can not be loaded: {}", "无法载入其版本：{}"}, failure));
  const Loading waited = std::move(loading->second);
  core_.loading_.erase(loading);
  const auto serve = [&](const auto& request) {
    if (plan) return handle(request);
    answer(request.reply, cannot_load(failure));
  };
  for (const auto& request : waited.requests) serve(request);
  for (const auto& request : waited.backfills) serve(request);
  if (waited.timer_of) release_timer(*waited.timer_of, plan != nullptr);
  serve_retries_of(event.version);
}

// A run of before a restart gets its plan: what a cancel began is gone on with.
void Core::Turn::resume_run(Run& run, const std::shared_ptr<const Plan>& plan) {
  attach_plan(state(), run, plan);
  touched_.insert(run.row.run);
  free_lane(run);
}

}  // namespace gantry::core
