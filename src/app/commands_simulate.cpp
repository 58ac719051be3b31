// simulate: what a workflow would do, in virtual time. Nothing is executed.
#include <fmt/format.h>

#include <algorithm>

#include "app/answers.h"
#include "app/calendar_folder.h"
#include "app/commands.h"
#include "app/complain.h"
#include "app/config.h"
#include "app/exit_code.h"
#include "app/people_file.h"
#include "app/run_view.h"
#include "base/clock.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "model/states.h"
#include "simulate/simulation.h"

namespace gantry::app {

namespace {

using simulate::Moment;
using simulate::Report;
using simulate::SimulatedRun;

Result<std::pair<std::string, Duration>> takes_of(const std::string& text) {
  const auto equals = text.find('=');
  const auto duration = parse_duration(equals == std::string::npos ? "" : text.substr(equals + 1));
  if (duration.ok()) return std::pair(text.substr(0, equals), *duration);
  return refuse({"--takes '{}' is not TASK=DURATION, such as load=5m",
                 "--takes “{}”不是 任务=时长，例如 load=5m"},
                text);
}

Status check_task(const model::Workflow& workflow, const std::string& name) {
  if (workflow.find_task(name)) return ok();
  std::vector<std::string_view> names;
  for (const model::Task& task : workflow.tasks) names.push_back(task.name);
  return with_hint(refuse({"the workflow has no task '{}'", "工作流没有任务“{}”"}, name),
                   nearest(name, names));
}

Result<simulate::Outcomes> outcomes_of(const SimulateOptions& options,
                                       const model::Workflow& workflow) {
  simulate::Outcomes outcomes;
  if (!options.script.empty()) {
    TRY(const std::string text, read_file(options.script));
    TRY(outcomes, simulate::Outcomes::parse(text, options.script));
  }
  for (const std::string& task : options.failing) outcomes.fail(task);
  for (const std::string& text : options.takes) {
    TRY(const auto takes, takes_of(text));
    outcomes.set_takes(takes.first, takes.second);
  }
  for (const std::string& task : outcomes.tasks()) TRY_STATUS(check_task(workflow, task));
  return outcomes;
}

Result<Instant> begin_of(const std::string& text) {
  if (text.empty()) return SystemClock().wall();
  if (const auto date = parse_date(text); date.ok())
    return Instant{days_from_civil(*date) * days(1).us};
  const auto at = parse_instant(text);
  if (at.ok()) return *at;
  return refuse({"--from '{}' is no instant such as 2026-03-28T00:00:00Z, nor a date",
                 "--from “{}”不是 2026-03-28T00:00:00Z 这样的时刻，也不是日期"},
                text);
}

// Pools, people, calendars and variables are those of the home.
Result<simulate::Settings> settings_of(const Context& context, const SimulateOptions& options) {
  simulate::Settings settings;
  TRY(settings.from, begin_of(options.from));
  TRY(const Home home, find_home(context.home_option));
  TRY(const Config config, load_config(home));
  settings.limits = config.limits;
  if (options.slots > 0) settings.limits.local_slots = options.slots;
  settings.around.vars = vars_of(config);
  settings.around.people = read_people(home.people_file());
  settings.around.calendars = read_calendars(context.home_option)->calendars();
  return settings;
}

Result<Report> report_of(const SimulateOptions& options,
                         const std::shared_ptr<const model::Definition>& definition,
                         const simulate::Settings& settings) {
  TRY(auto outcomes, outcomes_of(options, definition->workflow));
  simulate::Simulation simulation(definition, std::move(outcomes), settings);
  if (options.runs == 0) {
    TRY(const ValueMap params, parse_params(options.params));
    return simulation.run_once(params);
  }
  Duration span = days(7);
  if (!options.span.empty()) {
    TRY(span, parse_duration(options.span));
  }
  return simulation.watch_timers(settings.from + std::min(span, simulate::kSpanMax), options.runs);
}

std::string in_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  return line;
}

std::string words_of(const Context& context, const Moment& moment) {
  std::string words = state_text(moment.state, context.terminal.lang);
  if (moment.attempt > 1 && moment.state == "running")
    words += fmt::format(fmt::runtime(in_language(context, {" (attempt {})", "（第 {} 次尝试）"})),
                         moment.attempt);
  if (!moment.reason.empty()) words += " [" + moment.reason + "]";
  if (!moment.message.empty()) words += ": " + in_line(moment.message);
  return words;
}

std::string time_text(Instant at) {
  constexpr std::size_t kToSeconds = 19;
  std::string text = format_instant(at).substr(0, kToSeconds);
  text[10] = ' ';
  return text;
}

void print_timeline(const Context& context, const Report& report) {
  std::vector<std::vector<std::string>> rows;
  Instant begun = report.moments.empty() ? report.ended_at : report.moments.front().at;
  for (const Moment& moment : report.moments)
    rows.push_back({time_text(moment.at), "+" + format_duration(moment.at - begun),
                    moment.task.empty() ? "-" : moment.task, words_of(context, moment)});
  print_table(
      context.terminal,
      {in_language(context, {"TIME (UTC)", "时间（UTC）"}), in_language(context, {"AFTER", "经过"}),
       in_language(context, {"TASK", "任务"}), in_language(context, {"STATE", "状态"})},
      rows);
}

void print_runs(const Context& context, const Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [no, run] : report.runs) {
    const auto& row = run.row;
    const bool over = row.started_at && row.ended_at;
    rows.push_back({time_text(run.origin->scheduled_at), run.origin->trigger,
                    format_date(run.origin->dates.business_date),
                    row.started_at ? time_text(*row.started_at) : "-",
                    over ? format_duration(*row.ended_at - *row.started_at) : "-",
                    state_text(std::string(name_of(row.state)), context.terminal.lang),
                    run.origin->title});
  }
  print_table(context.terminal,
              {in_language(context, {"SCHEDULED (UTC)", "计划时间（UTC）"}),
               in_language(context, {"TRIGGER", "触发器"}),
               in_language(context, {"BUSINESS DATE", "业务日期"}),
               in_language(context, {"STARTS", "开始"}), in_language(context, {"TAKES", "用时"}),
               in_language(context, {"ENDS", "结果"}), in_language(context, {"TITLE", "标题"})},
              rows);
}

const std::vector<std::string>& why_of(const Context& context, const Report& report) {
  return context.terminal.lang == Lang::Zh ? report.why_zh : report.why_en;
}

void print_end(const Context& context, const Report& report) {
  if (report.stuck) {
    fmt::print("{}\n", in_language(context, {"Nothing can go on any more:", "再也无法继续："}));
    for (const std::string& sentence : why_of(context, report)) fmt::print("  {}\n", sentence);
  }
  if (report.cut_short)
    fmt::print("{}\n", in_language(context, {"The simulation was cut short: it takes too many "
                                             "steps or too long a time",
                                             "预演被中断：步骤过多或时间过长"}));
}

void print_outcome(const Context& context, const Report& report) {
  for (const auto& [no, run] : report.runs) {
    if (!is_terminal(run.row.state)) continue;
    fmt::print(fmt::runtime(
                   in_language(context, {"The run ends {} after {}\n", "运行结果：{}，用时 {}\n"})),
               state_text(std::string(name_of(run.row.state)), context.terminal.lang),
               format_duration(report.ended_at - run.origin->created_at));
  }
}

void write_moment(JsonWriter& w, const Moment& moment) {
  w.object().field("at", moment.at).field("run", moment.run.value).field("task", moment.task);
  w.field("state", moment.state).field("reason", moment.reason);
  w.field("message", moment.message).field("attempt", moment.attempt).end();
}

void write_run(JsonWriter& w, const SimulatedRun& run) {
  w.object().field("run", run.origin->run.value).field("title", run.origin->title);
  w.field("trigger", run.origin->trigger).field("scheduled_at", run.origin->scheduled_at);
  w.field("business_date", format_date(run.origin->dates.business_date));
  w.field("params", Value(run.origin->params)).field("state", name_of(run.row.state));
  w.field("reason", name_of(run.row.reason));
  for (const auto& [key, at] :
       {std::pair("started_at", run.row.started_at), std::pair("ended_at", run.row.ended_at)}) {
    w.key(key);
    if (at)
      w.value(*at);
    else
      w.null();
  }
  w.end();
}

void print_report_json(const Context& context, const Report& report) {
  JsonWriter w;
  w.object().key("runs").array();
  for (const auto& [no, run] : report.runs) write_run(w, run);
  w.end().key("timeline").array();
  for (const Moment& moment : report.moments) write_moment(w, moment);
  w.end().field("ended_at", report.ended_at).field("stuck", report.stuck);
  w.field("cut_short", report.cut_short).key("why").array();
  for (const std::string& sentence : why_of(context, report)) w.value(sentence);
  w.end().end();
  fmt::print("{}\n", w.text());
}

int exit_code_of(const SimulateOptions& options, const Report& report) {
  if (report.stuck || report.cut_short) return kFailed;
  if (options.runs > 0) return kSucceeded;
  return report.runs.empty() ? kFailed
                             : exit_code_of_run(name_of(report.runs.begin()->second.row.state));
}

}  // namespace

int simulate(const Context& context, const SimulateOptions& options) {
  auto loaded = load_or_complain(context, options.file);
  if (!loaded) return kInvalid;
  const auto settings = settings_of(context, options);
  if (!settings.ok()) return complain(settings.error());
  const auto definition = std::make_shared<const model::Definition>(*std::move(loaded));
  const auto report = report_of(options, definition, *settings);
  if (!report.ok()) return complain(report.error());
  if (context.json) {
    print_report_json(context, *report);
    return exit_code_of(options, *report);
  }
  if (options.runs > 0)
    print_runs(context, *report);
  else
    print_timeline(context, *report);
  print_end(context, *report);
  if (options.runs == 0) print_outcome(context, *report);
  return exit_code_of(options, *report);
}

}  // namespace gantry::app
