// Retry of a run that has ended. The store gives the closed run back; its failed tasks, or the one
// that was named, and everything downstream become pending again, and the run is open once more in
// a new phase. Background tasks and finally run again beside and after them. Tasks that a newer
// version no longer has leave the graph; their history stays.
#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "base/text.h"
#include "core/planted.h"
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

// What runs again and what stays, by the indexes of the plan of the new phase.
class Selection {
 public:
  Selection(const Plan& plan, const ClosedRun& closed) : plan_(plan), again_(plan.size()) {
    for (TaskRow row : closed.tasks) {
      const auto index = index_of(closed, row.task);
      if (!index) continue;
      row.task = *index;
      rows_.push_back(std::move(row));
    }
    std::sort(rows_.begin(), rows_.end(), [](const TaskRow& a, const TaskRow& b) {
      return std::tie(a.task, a.item) < std::tie(b.task, b.item);
    });
    states_.resize(plan.size(), TaskState::Pending);
    for (const TaskRow& row : rows_) states_[row.task.value] = row.state;
  }

  void choose_failed() {
    for (std::uint32_t i = 0; i < states_.size(); ++i)
      if (ended_badly(TaskIndex{i})) add(TaskIndex{i});
    add_downstream();
    complete();
  }

  void choose(TaskIndex from) {
    add(from);
    add_downstream();
    complete();
  }

  // How the upstream tasks of one that is named stand, those that run again not counted.
  Upstream upstream_of(TaskIndex index) const {
    Upstream up;
    const model::Task& task = plan_.task(index);
    up.n = static_cast<std::uint32_t>(task.needs.size());
    for (const TaskIndex need : task.needs) count(up, need);
    return up;
  }
  std::vector<std::string> bad_upstream(TaskIndex index) const {
    std::vector<std::string> names;
    for (const TaskIndex need : plan_.task(index).needs)
      if (ended_badly(need)) names.push_back(plan_.task(need).name);
    return names;
  }

  const std::vector<bool>& again() const { return again_; }
  std::vector<TaskRow> rows() && { return std::move(rows_); }

 private:
  std::optional<TaskIndex> index_of(const ClosedRun& closed, TaskIndex old) const {
    if (old.value >= closed.task_names.size()) return std::nullopt;
    return plan_.find(closed.task_names[old.value]);
  }

  bool ended_badly(TaskIndex index) const {
    const TaskState state = states_[index.value];
    if (state == TaskState::Pending) return true;
    const Settled settled = settled_as(state, plan_.task(index).allow_failure);
    return settled == Settled::Failed || settled == Settled::UpstreamFailed;
  }

  void count(Upstream& up, TaskIndex need) const {
    if (states_[need.value] == TaskState::Pending || again_[need.value]) return;
    switch (settled_as(states_[need.value], plan_.task(need).allow_failure)) {
      case Settled::Succeeded: ++up.succeeded; break;
      case Settled::Skipped: ++up.skipped; break;
      case Settled::Failed: ++up.failed; break;
      case Settled::UpstreamFailed: ++up.upstream_failed; break;
    }
  }

  void add(TaskIndex index) {
    if (again_[index.value]) return;
    again_[index.value] = true;
    chosen_.push_back(index);
  }

  void add_downstream() {
    if (GANTRY_PLANT(RetryForgetsDownstream)) return;
    for (std::size_t next = 0; next < chosen_.size(); ++next) {
      const TaskIndex task = chosen_[next];
      for (const TaskIndex dependent : plan_.dependents(task)) add(dependent);
    }
  }

  // What was never decided is to be; background tasks run beside the others, finally at the end.
  void complete() {
    bool main = false;
    for (std::uint32_t i = 0; i < states_.size(); ++i) {
      const model::Task& task = plan_.task(TaskIndex{i});
      if (task.is_finally || states_[i] == TaskState::Pending) again_[i] = true;
      main |= again_[i] && !task.is_finally && !task.background;
    }
    for (std::uint32_t i = 0; i < states_.size(); ++i)
      if (main && plan_.task(TaskIndex{i}).background) again_[i] = true;
  }

  const Plan& plan_;
  std::vector<TaskRow> rows_;
  std::vector<TaskState> states_;
  std::vector<bool> again_;
  std::vector<TaskIndex> chosen_;
};

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
  const std::vector<bool> again = selection.again();
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
  for (std::uint32_t i = 0; i < again.size(); ++i) {
    if (!again[i]) continue;
    TaskRow row;
    row.run = request.run;
    row.task = TaskIndex{i};
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
