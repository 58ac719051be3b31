// Backfills: runs for a list of dates, a few at a time, behind all live work. The change that makes
// a date's run is in the commit of the run, so that no date has two; a date that fails, or whose
// run can not be made, stops no other.
#include <algorithm>

#include "base/explain.h"
#include "core/backfill_dates.h"
#include "core/dates.h"
#include "core/planted.h"
#include "core/timers.h"
#include "core/turn.h"

namespace gantry::core {

using model::BackfillDate;
using model::BackfillRow;
using model::BackfillState;
using model::DateFate;
using model::Steer;

namespace {
// The rest is made in the turns that follow, so that requests get through between.
constexpr int kDatesPerTurn = 100;

// When a run of this date would have been due: the trigger's first firing for it, else the
// beginning of the day.
Instant due_on(CivilDate date, const model::Workflow& workflow, const model::Trigger* trigger,
               const model::Calendars& calendars) {
  const auto firing =
      trigger == nullptr ? std::nullopt : firing_of(date, workflow, *trigger, calendars);
  return firing ? firing->scheduled_at : schedule::start_of_day(zone_of(workflow), date);
}

DateFate fate_of(model::RunState state) {
  if (state == model::RunState::Succeeded) return DateFate::Succeeded;
  return state == model::RunState::Cancelled ? DateFate::Cancelled : DateFate::Failed;
}

Error ended_already(BackfillId id) {
  return explain(Code::FailedPrecondition, {"backfill {} has ended already", "补数 {} 已经结束"},
                 id.value);
}
}  // namespace

void Core::Turn::handle(const model::BackfillRequested& event) {
  actor_ = event.actor;
  if (const Status status = check(event); !status.ok()) return answer(event.reply, status);
  const WorkflowState& workflow =
      state().workflows[state().workflow_ids.find(event.workflow)->second];
  const auto plan = plan_of(workflow.row.version);
  if (!plan) {
    load_plan(workflow.row.version);
    core_.loading_[workflow.row.version].backfills.push_back(event);
    return;
  }
  BackfillRow row;
  row.id = BackfillId{state().counters.last_backfill + 1};
  row.workflow = workflow.row.id;
  row.workflow_name = workflow.row.name;
  row.trigger = event.trigger;
  row.params = event.params;
  row.parallel = event.parallel;
  row.created_by = event.actor;
  row.key = event.key;
  row.asked = event.asked;
  row.created_at = now_.wall;
  const model::Trigger* trigger = model::find_trigger(workflow.row.triggers, row.trigger);
  if (const Status fits =
          check_backfill_params(plan->workflow(), row.params, trigger, now_.wall, core_.around_);
      !fits.ok())
    return answer(event.reply, fits);
  const BackfillId id = row.id;
  emit(model::BackfillBegun{std::move(row),
                            std::make_shared<const std::vector<BackfillDate>>(event.dates)});
  backfills_.insert(id);
  model::Answer answer{event.reply, ok(), {}, workflow.row.version_number, true};
  answer.backfill = id;
  effects_.commands.emplace_back(std::move(answer));
}

Status Core::Turn::check(const model::BackfillRequested& event) const {
  CHECK(!event.dates.empty() && event.dates.size() <= limits::kBackfillDatesMax);
  CHECK(event.parallel >= 1 && event.parallel <= limits::kBackfillParallelMax);
  const State& s = core_.state_;
  const auto id = s.workflow_ids.find(event.workflow);
  if (id == s.workflow_ids.end()) return no_workflow(event.workflow);
  const model::WorkflowRow& row = s.workflows.at(id->second).row;
  if (Status status = may_be_asked_for(row); !status.ok()) return status;
  if (!event.trigger.empty() && model::find_trigger(row.triggers, event.trigger) == nullptr)
    return explain(Code::NotFound,
                   {"workflow '{}' has no trigger '{}'", "工作流“{}”没有触发器“{}”"}, row.name,
                   event.trigger);
  if (s.backfills.size() < limits::kBackfillsOpenMax) return ok();
  return explain(
      Code::ResourceExhausted,
      {"there are {} backfills that have not ended, the limit", "未结束的补数已有 {} 个，达到上限"},
      s.backfills.size());
}

void Core::Turn::go_on_with_backfills(WorkflowId workflow) {
  for (const auto& [id, backfill] : state().backfills)
    if (backfill.row.workflow == workflow) backfills_.insert(id);
}

// Its version is here, or can not be: then a person has to look.
void Core::Turn::provide_backfills(VersionId version, const std::string& failure) {
  std::vector<BackfillId> stuck;
  for (const auto& [id, backfill] : state().backfills) {
    const model::WorkflowRow& workflow = state().workflows.at(backfill.row.workflow).row;
    if (workflow.version != version) continue;
    backfills_.insert(id);
    if (!failure.empty() && backfill.row.state == BackfillState::Running) stuck.push_back(id);
  }
  for (const BackfillId id : stuck) stop(state().backfills.at(id), cannot_load(failure));
}

// Until a person has looked and resumes it.
void Core::Turn::stop(const Backfill& backfill, const Error& why) {
  BackfillRow row = backfill.row;
  row.state = BackfillState::Paused;
  row.note = why.message;
  row.note_zh = why.zh;
  emit(model::BackfillChanged{std::move(row)});
}

// Without its calendar nobody knows which days the trigger means.
Status Core::Turn::check_calendar(const Backfill& backfill, const WorkflowState& workflow) const {
  const model::Trigger* trigger = model::find_trigger(workflow.row.triggers, backfill.row.trigger);
  if (trigger == nullptr || !model::is_timer(trigger->kind)) return ok();
  const auto days = days_of(*trigger, core_.timers_.calendars());
  return days.ok() ? ok() : Status(days.error());
}

void Core::Turn::go_on(BackfillId id) {
  const auto found = state().backfills.find(id);
  if (found == state().backfills.end()) return;
  const Backfill& backfill = found->second;
  const WorkflowState& workflow = state().workflows.at(backfill.row.workflow);
  const model::WorkflowRow& row = workflow.row;
  const bool held = state().server.paused || row.paused || row.disabled || !row.enabled ||
                    backfill.row.state != BackfillState::Running;
  if (!held && backfill.next < backfill.dates.size()) {
    const auto plan = plan_of(workflow.row.version);
    if (!plan) return load_plan(workflow.row.version);
    if (const Status known = check_calendar(backfill, workflow); !known.ok())
      return stop(backfill, known.error());
    actor_ = "backfill";
    while (has_place(backfill) && make_next(backfill, workflow, plan)) {
    }
    actor_ = "engine";
  }
  end_if_done(backfill);
}

// A quarantined run waits for a person and keeps no other date from its turn.
bool Core::Turn::has_place(const Backfill& backfill) const {
  if (backfill.next >= backfill.dates.size()) return false;
  int busy = GANTRY_PLANT(BackfillOverfull) ? -1 : 0;
  for (const auto& [no, place] : backfill.open) {
    const auto run = core_.state_.runs.find(no);
    busy += run != core_.state_.runs.end() && run->second.row.quarantined ? 0 : 1;
  }
  return busy < backfill.row.parallel;
}

// False: not now.
bool Core::Turn::make_next(const Backfill& backfill, const WorkflowState& workflow,
                           const std::shared_ptr<const Plan>& plan) {
  const BackfillId id = backfill.row.id;
  if (dates_made_ >= kDatesPerTurn) return core_.unfinished_.insert(id), false;
  if (!check_run_room(1).ok()) return core_.crowded_out_.insert(id), false;
  const std::size_t place = backfill.next;
  BackfillDate date = backfill.dates[place];
  const auto run = make_run_of(backfill.row, date.date, workflow, plan);
  ++dates_made_;
  date.fate = run.ok() ? DateFate::Running : DateFate::Refused;
  if (run.ok()) {
    date.run = *run;
  } else {
    date.message = run.error().message;
    date.message_zh = run.error().zh;
  }
  put_date(id, place, std::move(date));
  return true;
}

Result<RunNo> Core::Turn::make_run_of(const BackfillRow& backfill, CivilDate date,
                                      const WorkflowState& workflow,
                                      const std::shared_ptr<const Plan>& plan) {
  const model::Trigger* trigger = model::find_trigger(workflow.row.triggers, backfill.trigger);
  NewRun run;
  run.cause = model::CauseKind::Backfill;
  run.trigger = trigger == nullptr ? "" : trigger->id;
  run.initiator = backfill.created_by;
  run.params = backfill_params(backfill.params, trigger);
  run.scheduled_at = due_on(date, plan->workflow(), trigger, core_.timers_.calendars());
  run.date = date;
  run.backfill = backfill.id;
  return create_run(workflow, plan, std::move(run));
}

void Core::Turn::put_date(BackfillId id, std::size_t place, BackfillDate row) {
  emit(model::BackfillDateChanged{id, static_cast<std::int32_t>(place), std::move(row)});
}

void Core::Turn::end_if_done(const Backfill& backfill) {
  if (backfill.next < backfill.dates.size() || !backfill.open.empty()) return;
  BackfillRow row = backfill.row;
  if (row.state != BackfillState::Cancelled) row.state = BackfillState::Finished;
  row.ended_at = now_.wall;
  emit(model::BackfillChanged{std::move(row)});  // `backfill` is gone from here on
}

// Of a run that is about to be closed. One that is retried after its backfill's date was decided
// changes it no more.
void Core::Turn::note_date(const Run& run) {
  const auto found = state().backfills.find(run.origin->backfill);
  if (found == state().backfills.end()) return;
  const auto open = found->second.open.find(run.row.run);
  if (open == found->second.open.end()) return;
  const std::size_t place = open->second;
  BackfillDate date = found->second.dates[place];
  date.fate = fate_of(run.row.state);
  put_date(found->first, place, std::move(date));
  backfills_.insert(run.origin->backfill);
}

void Core::Turn::handle(const model::BackfillSteered& event) {
  actor_ = event.actor;
  const auto found = state().backfills.find(event.backfill);
  if (found == state().backfills.end()) return answer(event.reply, ended_already(event.backfill));
  const Backfill& backfill = found->second;
  if (event.date) return answer(event.reply, cancel_date(backfill, event));
  if (event.what == Steer::Cancel) {
    answer(event.reply, ok());
    return cancel_backfill(backfill, event);
  }
  if (backfill.row.state == BackfillState::Cancelled)
    return answer(event.reply,
                  explain(Code::FailedPrecondition,
                          {"backfill {} was cancelled", "补数 {} 已被取消"}, event.backfill.value));
  answer(event.reply, ok());
  BackfillRow row = backfill.row;
  row.state = event.what == Steer::Pause ? BackfillState::Paused : BackfillState::Running;
  if (row.state != backfill.row.state || !event.note.empty()) {
    row.note = event.what == Steer::Pause ? note_of(event.actor, event.note) : "";
    row.note_zh.clear();
  }
  if (row != backfill.row) emit(model::BackfillChanged{std::move(row)});
  backfills_.insert(event.backfill);
}

void Core::Turn::cancel_backfill(const Backfill& backfill, const model::BackfillSteered& event) {
  BackfillRow row = backfill.row;
  row.state = BackfillState::Cancelled;
  row.note = note_of(event.actor, event.note);
  row.note_zh.clear();
  if (row != backfill.row) emit(model::BackfillChanged{std::move(row)});
  for (std::size_t place = backfill.next; place < backfill.dates.size(); ++place) {
    BackfillDate date = backfill.dates[place];
    if (date.fate != DateFate::Pending) continue;
    date.fate = DateFate::Cancelled;
    put_date(event.backfill, place, std::move(date));
  }
  backfills_.insert(event.backfill);
  if (!event.running) return;
  const auto open = backfill.open;  // shrinks as runs end
  for (const auto& [no, place] : open)
    if (Run* run = find_run(no)) cancel(*run, "cancelled by " + event.actor);
}

Status Core::Turn::cancel_date(const Backfill& backfill, const model::BackfillSteered& event) {
  const auto found =
      std::find_if(backfill.dates.begin(), backfill.dates.end(),
                   [&](const BackfillDate& date) { return date.date == *event.date; });
  if (found == backfill.dates.end())
    return explain(Code::NotFound, {"backfill {} has no date {}", "补数 {} 没有日期 {}"},
                   event.backfill.value, format_date(*event.date));
  BackfillDate date = *found;
  if (model::is_final(date.fate))
    return explain(Code::FailedPrecondition, {"{} is {} already", "{} 已是 {}"},
                   format_date(*event.date), name_of(date.fate));
  backfills_.insert(event.backfill);
  if (date.fate == DateFate::Running) {
    if (Run* run = find_run(date.run)) cancel(*run, "cancelled by " + event.actor);
    return ok();
  }
  date.fate = DateFate::Cancelled;
  put_date(event.backfill, static_cast<std::size_t>(found - backfill.dates.begin()),
           std::move(date));
  return ok();
}

}  // namespace gantry::core
