// Retry of a run that has ended. The store gives the closed run back; its failed tasks, or the one
// that was named, and everything downstream become pending again, and the run is open once more in
// a new phase. Background tasks and finally run again beside and after them. Tasks that a newer
// version no longer has leave the graph; their history stays.
#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "base/text.h"
#include "core/planted.h"
#include "core/selection.h"
#include "core/turn.h"

namespace gantry::core {

using model::ClosedRun;
using model::RetryRequested;
using model::RunState;
using model::TaskRow;
using model::TaskState;

void Core::Turn::handle(const RetryRequested& event) {
  Retries& retries = core_.retries_[event.run];
  retries.requests.push_back(event);
  if (retries.requests.size() > 1) return;  // under way
  if (find_run(event.run) != nullptr) return serve_retries(event.run);
  effects_.commands.push_back(model::LoadRun{event.run});
}

void Core::Turn::handle(const model::RunProvided& event) {
  const auto found = core_.retries_.find(event.run);
  if (found == core_.retries_.end()) return;
  found->second.closed = event.closed;
  if (!event.closed) {
    const Retries refused = std::move(found->second);
    core_.retries_.erase(found);
    for (const RetryRequested& request : refused.requests) answer(request.reply, event.status);
    return;
  }
  serve_retries(event.run);
}

// In the order in which they came: the first that is accepted opens the run for all the others.
void Core::Turn::serve_retries(RunNo run) {
  const auto found = core_.retries_.find(run);
  if (found == core_.retries_.end()) return;
  touch(run);
  auto& requests = found->second.requests;
  while (!requests.empty()) {
    if (!serve_retry(requests.front(), found->second.closed)) return;
    requests.erase(requests.begin());
  }
  core_.retries_.erase(found);
}

void Core::Turn::serve_retries_of(VersionId version) {
  std::vector<RunNo> waiting;
  for (const auto& [no, retries] : core_.retries_)
    if (retries.closed) waiting.push_back(no);
  if (plan_of(version))
    for (const RunNo no : waiting) serve_retries(no);
}

namespace {
VersionId version_for(const RetryRequested& request, const ClosedRun& closed,
                      const WorkflowState& workflow) {
  return request.newest ? workflow.row.version : closed.origin->version;
}
}  // namespace

void Core::Turn::refuse_retries(VersionId version, const Error& why) {
  for (auto& [no, retries] : core_.retries_) {
    if (!retries.closed) continue;
    const WorkflowState& workflow = state().workflows.at(retries.closed->origin->workflow);
    std::erase_if(retries.requests, [&](const RetryRequested& request) {
      if (version_for(request, *retries.closed, workflow) != version) return false;
      answer(request.reply, why);
      return true;
    });
  }
  std::erase_if(core_.retries_, [](const auto& entry) { return entry.second.requests.empty(); });
}

// False: it waits for the plan of its version.
bool Core::Turn::serve_retry(const RetryRequested& request,
                             const std::shared_ptr<const ClosedRun>& closed) {
  if (const Run* run = find_run(request.run)) {
    answer(request.reply,
           explain(Code::FailedPrecondition,
                   {"run {} has not ended, it is {}: wait for it, or cancel it first",
                    "运行 {} 尚未结束（{}）：请等待，或先取消"},
                   request.run.value, name_of(run->row.state)));
    return true;
  }
  CHECK(closed != nullptr);
  const WorkflowState& workflow = state().workflows.at(closed->origin->workflow);
  const VersionId version = version_for(request, *closed, workflow);
  const auto plan = plan_of(version);
  if (!plan) {
    load_plan(version);
    return false;
  }
  const Status done = reopen(request, *closed, plan, workflow);
  if (!done.ok()) answer(request.reply, done);
  return true;
}

namespace {

Error no_task(const RetryRequested& request, const Plan& plan) {
  std::vector<std::string_view> names;
  for (const model::Task& task : plan.workflow().tasks) names.push_back(task.name);
  const std::string hint = nearest(request.from, names);
  return with_hint(
      explain(Code::FailedPrecondition, {"run {} has no task '{}'", "运行 {} 没有任务“{}”"},
              request.run.value, request.from),
      hint);
}

Status check_run(const RetryRequested& request, const ClosedRun& closed) {
  if (closed.origin->cause == model::CauseKind::Wrap)
    return explain(Code::FailedPrecondition,
                   {"run {} was a command under gantry wrap: run it again where its line is",
                    "运行 {} 是 gantry wrap 包装的命令：请在原处重新执行"},
                   request.run.value);
  if (closed.row.quarantined && !request.force)
    return explain(Code::FailedPrecondition,
                   {"run {} was quarantined: {}; --force runs it all the same",
                    "运行 {} 已被隔离：{}；--force 可强制重跑"},
                   request.run.value, closed.row.message);
  if (closed.row.state == RunState::Succeeded && request.from.empty())
    return explain(Code::FailedPrecondition,
                   {"run {} succeeded: name the task from which it shall run again (--from)",
                    "运行 {} 已成功：请用 --from 指明从哪个任务重跑"},
                   request.run.value);
  return ok();
}

Status select_from(const RetryRequested& request, const Plan& plan, Selection& selection) {
  const auto index = plan.find(request.from);
  if (!index) return no_task(request, plan);
  if (const TaskIndex group = plan.group_of(*index); group != model::kNoTask)
    return explain(
        Code::FailedPrecondition,
        {"task '{}' is in a group: retry from the group, '{}'", "任务“{}”在组内：请从该组“{}”重跑"},
        request.from, plan.task(group).name);
  selection.choose(*index);
  const Decision decision = decide(plan.task(*index).join, selection.upstream_of(*index));
  if (decision != Decision::UpstreamFailed) return ok();
  return explain(Code::FailedPrecondition,
                 {"task '{}' could not run, its upstream did not end well ({}): retry from "
                  "there, or from all failed tasks",
                  "任务“{}”无法运行，其上游未成功（{}）：请从上游或全部失败任务重跑"},
                 request.from, join(selection.bad_upstream(*index), ", "));
}

std::shared_ptr<const model::RunOrigin> origin_with(const ClosedRun& closed, VersionId version,
                                                    std::int64_t number) {
  if (closed.origin->version == version) return closed.origin;
  auto origin = std::make_shared<model::RunOrigin>(*closed.origin);
  origin->version = version;
  origin->version_number = number;
  return origin;
}

model::PhaseRow new_phase(const RetryRequested& request, const ClosedRun& closed,
                          const model::RunOrigin& origin, Instant now) {
  model::PhaseRow phase;
  phase.run = request.run;
  phase.no = closed.row.phase + 1;
  phase.kind = model::PhaseKind::Retry;
  phase.version = origin.version;
  phase.version_number = origin.version_number;
  phase.initiator = request.actor;
  phase.key = request.key;
  phase.from = request.from;
  phase.newest = request.newest;
  phase.created_at = now;
  return phase;
}

}  // namespace

Status Core::Turn::reopen(const RetryRequested& request, const ClosedRun& closed,
                          const std::shared_ptr<const Plan>& plan, const WorkflowState& workflow) {
  TRY_STATUS(check_run(request, closed));
  TRY_STATUS(check_run_room(1));
  TRY_STATUS(check_event_room(closed.origin->event_id, *closed.origin->event));
  Selection selection(*plan, closed);
  if (request.from.empty())
    selection.choose_failed();
  else
    TRY_STATUS(select_from(request, *plan, selection));
  const std::vector<TaskRow> again = selection.again();
  auto reopening = std::make_shared<model::Reopening>();
  reopening->origin = request.newest
                          ? origin_with(closed, workflow.row.version, workflow.row.version_number)
                          : closed.origin;
  reopening->ended = closed.phase;
  reopening->begun = new_phase(request, closed, *reopening->origin, now_.wall);
  reopening->row.run = request.run;
  reopening->row.phase = reopening->begun.no;
  reopening->tasks = std::move(selection).rows();
  actor_ = request.actor;
  const std::int32_t phase = reopening->begun.no;
  emit(model::RunReopened{std::move(reopening)});
  Run& run = *find_run(request.run);
  attach_plan(state(), run, plan);
  for (TaskRow row : again) {
    row.run = request.run;
    row.generation = GANTRY_PLANT(RetryKeepsGeneration) ? 1 : phase;
    put(std::move(row));
  }
  free_lane(run);
  if (request.reply.id != 0)
    effects_.commands.push_back(
        model::Answer{request.reply, ok(), request.run, run.origin->version_number, true, phase});
  return ok();
}

}  // namespace gantry::core
