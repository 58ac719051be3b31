#include "simulate/simulation.h"

#include <algorithm>

#include "base/explain.h"
#include "core/why.h"
#include "model/states.h"

namespace gantry::simulate {

using model::AttemptReport;
using model::AttemptState;
using model::Reason;

namespace {

// What the shim would say of an attempt that does this.
AttemptReport report_of(const model::StartAttempt& start, const Outcome& outcome) {
  AttemptReport report;
  report.id = start.id;
  report.exit_code = outcome.exit_code;
  report.outputs = outcome.outputs;
  if (start.timeout && outcome.takes > *start.timeout) {
    report.state = AttemptState::TimedOut;
    report.reason = Reason::Timeout;
    report.exit_code = -1;
    return report;
  }
  report.state = outcome.exit_code == 0 ? AttemptState::Succeeded : AttemptState::Failed;
  if (outcome.exit_code != 0) report.reason = Reason::Exit;
  return report;
}

// The texts that outputs read; a file that the script does not give is not there.
void add_captures(const model::StartAttempt& start, const Outcome& outcome, AttemptReport& report) {
  if (report.state != AttemptState::Succeeded) return;
  for (const std::string& path : start.captures) {
    const auto file = outcome.files.find(path);
    if (!path.empty() && file == outcome.files.end()) {
      report.state = AttemptState::Failed;
      report.reason = Reason::Outputs;
      report.error_tail = path + " is not there: give it in `files` of the script";
      return;
    }
    report.captured.push_back(path.empty() ? outcome.printed : file->second);
  }
}

}  // namespace

Simulation::Simulation(std::shared_ptr<const model::Definition> definition, Outcomes outcomes,
                       Settings settings)
    : definition_(std::move(definition)),
      outcomes_(std::move(outcomes)),
      settings_(std::move(settings)),
      core_(settings_.limits),
      now_{settings_.from, Steady{1}} {
  core_.know(settings_.around.calendars);
  core_.know(settings_.around.people, settings_.around.vars);
}

const model::Task* Simulation::find_task(const std::string& name) const {
  const auto index = definition_->workflow.find_task(name);
  return index ? &definition_->workflow.tasks[index->value] : nullptr;
}

Status Simulation::define(bool with_triggers) {
  if (!with_triggers) {
    auto own = std::make_shared<model::Definition>(*definition_);
    own->workflow.triggers.clear();
    definition_ = std::move(own);
  }
  return apply(model::DefinitionLoaded{{1}, "simulate", definition_});
}

Status Simulation::apply(const model::Event& event) {
  model::Effects effects;
  core_.apply(event, now_, effects);
  for (const model::Change& change : effects.changes) note(change);
  for (const model::Command& command : effects.commands) TRY_STATUS(obey(command));
  return ok();
}

void Simulation::note(const model::Change& change) {
  if (const auto* made = std::get_if<model::RunCreated>(&change.body))
    report_.runs[made->origin->run].origin = made->origin;
  if (const auto* run = std::get_if<model::RunChanged>(&change.body)) {
    const model::RunRow& row = run->row;
    report_.runs[row.run].row = row;
    const std::string state(name_of(row.state));
    if (std::exchange(shown_[row.run][""], state) == state) return;
    report_.moments.push_back({now_.wall, row.run, "", state,
                               row.reason == Reason::None ? "" : std::string(name_of(row.reason)),
                               row.message, 0});
  }
  const auto* task = std::get_if<model::TaskChanged>(&change.body);
  if (task == nullptr) return;
  const model::TaskRow& row = task->row;
  const std::string& name = definition_->workflow.tasks[row.task.value].name;
  if (row.state == model::TaskState::Running) forget_queued(row.run, name);
  report_.moments.push_back({now_.wall, row.run, name, std::string(name_of(row.state)),
                             row.reason == Reason::None ? "" : std::string(name_of(row.reason)),
                             row.message ? *row.message : "", row.attempts});
}

// A state that lasted no time is no news.
void Simulation::forget_queued(RunNo run, const std::string& task) {
  auto& moments = report_.moments;
  for (auto at = moments.rbegin(); at != moments.rend() && at->at == now_.wall; ++at) {
    if (at->run != run || at->task != task) continue;
    if (at->state == name_of(model::TaskState::Queued)) moments.erase(std::next(at).base());
    return;
  }
}

Status Simulation::obey(const model::Command& command) {
  if (const auto* begun = std::get_if<model::StartAttempt>(&command)) start(*begun);
  if (const auto* ended = std::get_if<model::StopAttempt>(&command)) return stop(*ended);
  if (const auto* wanted = std::get_if<model::LoadWorkflow>(&command))
    return apply(
        model::WorkflowProvided{wanted->version, {definition_, &definition_->workflow}, "", ""});
  if (const auto* answer = std::get_if<model::Answer>(&command)) return answer->status;
  return ok();
}

void Simulation::start(const model::StartAttempt& start) {
  const Outcome& outcome = outcomes_.of(start.task, start.number);
  AttemptReport report = report_of(start, outcome);
  add_captures(start, outcome, report);
  Instant at =
      now_.wall + (report.state == AttemptState::TimedOut ? *start.timeout : outcome.takes);
  // What runs beside the others without rounds runs until it is stopped.
  const model::Task* task = find_task(start.task);
  if (task != nullptr && task->background && !task->every && outcome.exit_code == 0)
    at = Instant::max();
  endings_[{at, ++started_}] = {start, std::move(report)};
}

Status Simulation::stop(const model::StopAttempt& stop) {
  const auto live = std::find_if(endings_.begin(), endings_.end(),
                                 [&](const auto& one) { return one.second.start.id == stop.id; });
  if (live == endings_.end()) return ok();
  Ending ending = std::move(live->second);
  endings_.erase(live);
  ending.report.state = AttemptState::Killed;
  ending.report.reason = Reason::Cancelled;
  ending.report.exit_code = -1;
  ending.report.captured.clear();
  endings_[{now_.wall, ++started_}] = std::move(ending);
  return ok();
}

std::optional<Instant> Simulation::next_instant() const {
  Instant next = Instant::max();
  if (!endings_.empty()) next = endings_.begin()->first.first;
  const core::WakeAt wake = core_.wake_at();
  if (wake.wall != Instant::max()) next = std::min(next, wake.wall);
  if (wake.steady != Steady::max())
    next = std::min(next, now_.wall + std::max(wake.steady - now_.steady, Duration{0}));
  if (next == Instant::max()) return std::nullopt;
  return std::max(next, now_.wall);
}

Result<bool> Simulation::step(Instant until) {
  const auto next = next_instant();
  if (!next || *next > until) return false;
  if (++steps_ > kStepsMax) {
    report_.cut_short = true;
    return false;
  }
  now_.steady = now_.steady + (*next - now_.wall);
  now_.wall = *next;
  if (endings_.empty() || endings_.begin()->first.first > now_.wall) {
    TRY_STATUS(apply(model::TimePassed{}));
    return true;
  }
  model::AttemptReport report = std::move(endings_.begin()->second.report);
  endings_.erase(endings_.begin());
  report.ended_at = now_.wall;
  TRY_STATUS(apply(model::AttemptReported{std::move(report)}));
  return true;
}

// Every open run, and of it every task that waits.
void Simulation::explain_standstill() {
  report_.stuck = true;
  for (const auto& [no, run] : core_.state().runs) {
    std::vector<std::string> names{""};
    for (std::uint32_t i = 0; i < run.tasks.size(); ++i)
      if (!is_terminal(run.tasks[i].row.state) &&
          run.tasks[i].row.state != model::TaskState::Pending)
        names.push_back(definition_->workflow.tasks[i].name);
    for (const std::string& name : names)
      for (const Lang lang : {Lang::En, Lang::Zh}) {
        const auto sentences = core::why(core_, no, name, lang, now_);
        if (!sentences.ok()) continue;
        auto& out = lang == Lang::En ? report_.why_en : report_.why_zh;
        for (const std::string& sentence : *sentences)
          if (std::find(out.begin(), out.end(), sentence) == out.end()) out.push_back(sentence);
      }
  }
}

Result<Report> Simulation::run_once(const ValueMap& params) {
  TRY_STATUS(define(false));
  model::RunRequested request;
  request.reply = {1};
  request.workflow = definition_->workflow.name;
  request.params = params;
  request.initiator = "simulate";
  TRY_STATUS(apply(request));
  const Instant end = now_.wall + kSpanMax;
  while (has_open_runs()) {
    TRY(const bool went_on, step(end));
    if (went_on) continue;
    if (!next_instant()) explain_standstill();
    report_.cut_short = !report_.stuck;
    break;
  }
  report_.ended_at = now_.wall;
  return std::move(report_);
}

Result<Report> Simulation::watch_timers(Instant until, int runs_max) {
  TRY_STATUS(define(true));
  const auto is_done = [&] {
    if (report_.runs.size() < static_cast<std::size_t>(runs_max)) return false;
    return !has_open_runs();
  };
  while (!is_done()) {
    TRY(const bool went_on, step(until));
    if (!went_on) break;
  }
  if (has_open_runs() && !next_instant()) explain_standstill();
  report_.ended_at = now_.wall;
  return std::move(report_);
}

}  // namespace gantry::simulate
