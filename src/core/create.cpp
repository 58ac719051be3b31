// New runs: who may start one, with which params.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/explain.h"
#include "core/dates.h"
#include "core/params.h"
#include "core/planted.h"
#include "core/previous.h"
#include "core/scope.h"
#include "core/turn.h"

namespace gantry::core {

using model::RunOrigin;

Error Core::Turn::no_workflow(const std::string& name) {
  return about("unknown-workflow",
               explain(Code::NotFound,
                       {"there is no workflow '{}'; gantry workflows lists them",
                        "没有工作流“{}”；gantry workflows 列出全部工作流"},
                       name));
}

Status Core::Turn::may_be_asked_for(const model::WorkflowRow& row) {
  if (row.name.starts_with(model::kWrapFolder))
    return explain(Code::FailedPrecondition,
                   {"'{}' records a command that runs under gantry wrap: start it where that line "
                    "is",
                    "“{}”记录的是 gantry wrap 包装的命令：请在原处启动它"},
                   row.name);
  if (!row.enabled)
    return about(
        "workflow-disabled",
        explain(Code::FailedPrecondition,
                {"workflow '{}' is disabled in its file", "工作流“{}”在其文件中被停用"}, row.name));
  if (!row.disabled) return ok();
  return about("workflow-disabled", explain(Code::FailedPrecondition,
                                            {"workflow '{}' is disabled ({}); gantry enable {}",
                                             "工作流“{}”已停用（{}）；gantry enable {}"},
                                            row.name, row.hold_note, row.name));
}

void Core::Turn::handle(const model::RunRequested& event) {
  const auto id = state().workflow_ids.find(event.workflow);
  if (id == state().workflow_ids.end()) return answer(event.reply, no_workflow(event.workflow));
  const WorkflowState& workflow = state().workflows[id->second];
  if (const Status status = may_be_asked_for(workflow.row); !status.ok())
    return answer(event.reply, status);
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

Status Core::Turn::check_run_room(std::size_t more) const {
  const std::size_t open = core_.state_.runs.size();
  if (open + more <= core_.limits_.open_runs_max) return ok();
  return explain(Code::ResourceExhausted,
                 {"there are {} open runs, the limit is {}; try again later",
                  "未结束的运行已有 {} 个，上限为 {}；请稍后再试"},
                 open, core_.limits_.open_runs_max);
}

// Each open run keeps in memory what came with it.
Status Core::Turn::check_event_room(EventId id, const Value& event) const {
  const State& s = core_.state_;
  if (event.is(Value::Kind::Null) || s.event_use.contains(id)) return ok();
  if (s.event_bytes + event.size_bytes() <= core_.limits_.event_bytes_max) return ok();
  constexpr std::size_t kMiB = 1u << 20;
  return explain(Code::ResourceExhausted,
                 {"the events of open runs take {} MiB, the limit is {}; try again later",
                  "未结束的运行所带的事件已占 {} MiB，上限为 {} MiB；请稍后再试"},
                 s.event_bytes / kMiB, core_.limits_.event_bytes_max / kMiB);
}

Result<RunNo> Core::Turn::create_run(const WorkflowState& workflow,
                                     const std::shared_ptr<const Plan>& plan, NewRun run) {
  TRY_STATUS(check_run_room(1));
  TRY_STATUS(check_event_room(run.event_id, *run.event));
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
  origin->dates = dates_of(run.scheduled_at, plan->workflow(),
                           model::find_trigger(workflow.row.triggers, origin->trigger),
                           core_.timers_.calendars());
  origin->backfill = run.backfill;
  if (run.backfill.value != 0 && origin->trigger.empty())
    origin->dates = dates_of_day(*run.date, plan->workflow());
  if (run.date && run.backfill.value == 0)
    origin->dates = {*run.date, civil_from_days(days_from_civil(*run.date) - 1), run.scheduled_at,
                     run.scheduled_at};
  origin->event_id = run.event_id;
  origin->event = std::move(run.event);
  TRY(origin->params, complete_params(plan->workflow(), run.params, *origin, core_.around_));
  origin->labels.insert(origin->labels.end(), run.labels.begin(), run.labels.end());
  origin->title = std::move(run.title);
  if (origin->title.empty()) {
    TRY(origin->title, title_of(*plan, *origin, core_.around_));
  }
  TRY(origin->concurrency_key, concurrency_key_of(*plan, *origin, core_.around_));
  const bool live = origin->backfill.value == 0 || GANTRY_PLANT(BackfillMakesWay);
  if (live) TRY_STATUS(check_conflict(workflow, *plan, *origin));
  const RunNo no = origin->run;
  emit(model::RunCreated{std::move(origin)});
  Run& made = *find_run(no);
  attach_plan(state(), made, plan);
  // One that waits for the run before it is looked at when that ends: many may wait.
  if (!previous_of(state(), made)) free_lane(made);
  if (live && plan->workflow().conflict == model::Conflict::CancelRunning &&
      !GANTRY_PLANT(OldRunsGoOn))
    make_way(made);
  return no;
}

namespace {
std::string numbers_of(const std::set<RunNo>& runs) {
  std::vector<std::string> numbers;
  for (const RunNo run : runs) numbers.push_back(fmt::to_string(run.value));
  return fmt::format("{}", fmt::join(numbers, ", "));
}
}  // namespace

// AlreadyExists: the workflow skips runs beyond its limit.
Status Core::Turn::check_conflict(const WorkflowState& workflow, const Plan& plan,
                                  const RunOrigin& origin) const {
  const auto lane = workflow.lanes.find(lane_of(origin));
  if (plan.workflow().conflict != model::Conflict::Skip || lane == workflow.lanes.end() ||
      GANTRY_PLANT(SkipForgotten))
    return ok();
  std::set<RunNo> before = lane->second.open;
  before.insert(lane->second.queued.begin(), lane->second.queued.end());
  if (before.size() < static_cast<std::size_t>(workflow.row.concurrency_limit)) return ok();
  return explain(
      Code::AlreadyExists,
      {"run {} of workflow '{}'{} has not ended, and its 'concurrency' says skip",
       "工作流“{1}”{2}的运行 {0} 尚未结束，其 concurrency 设为 skip"},
      numbers_of(before), workflow.row.name,
      origin.concurrency_key.empty() ? "" : fmt::format(" [{}]", origin.concurrency_key));
}

// Of a lane whose new runs replace the old ones the newest may go on, as many as the limit allows.
void Core::Turn::make_way(const Run& made) {
  const RunNo newest = made.row.run;
  const WorkflowState& workflow = state().workflows.at(made.origin->workflow);
  const Lane& lane = workflow.lanes.at(lane_of(*made.origin));
  std::vector<RunNo> others;
  for (const auto* runs : {&lane.open, &lane.queued})
    for (const RunNo no : *runs)
      if (no != newest && !state().runs.at(no).row.cancel_requested) others.push_back(no);
  std::sort(others.begin(), others.end());
  const auto room = static_cast<std::size_t>(workflow.row.concurrency_limit) - 1;
  const std::size_t over = others.size() > room ? others.size() - room : 0;
  for (std::size_t i = 0; i < over; ++i)
    cancel(*find_run(others[i]), fmt::format("run {} takes its place", newest.value));
}

}  // namespace gantry::core
