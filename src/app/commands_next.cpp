// next: when a schedule, a workflow file or a workflow of the server fires.
#include <fmt/format.h>

#include <algorithm>

#include "api/shapes.h"
#include "app/answers.h"
#include "app/calendar_folder.h"
#include "app/commands.h"
#include "app/commands_calendar.h"
#include "app/complain.h"
#include "app/exit_code.h"
#include "app/workflow_files.h"
#include "base/clock.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "base/utf8.h"
#include "core/upcoming.h"
#include "schedule/schedule.h"
#include "spec/calendar_words.h"

namespace gantry::app {

namespace {

Result<Instant> instant_of(const std::string& option, const std::string& text) {
  auto at = parse_instant(text);
  if (at.ok()) return *at;
  return refuse({"{} '{}' is no instant such as 2026-03-28T00:00:00Z, nor a date",
                 "{} “{}”不是 2026-03-28T00:00:00Z 这样的时刻，也不是日期"},
                option, text);
}

// The years that cron expressions and calendars know.
constexpr int kFirstYear = 1900, kLastYear = 9998;

Instant end_of_time() { return {days_from_civil({kLastYear + 1, 1, 1}) * days(1).us}; }

// A date is its beginning on the clock of --timezone.
Result<Instant> begin_of(const std::string& text, const std::string& timezone) {
  const auto date = parse_date(text);
  if (!date.ok()) return instant_of("--from", text);
  TRY(const schedule::Zone zone, schedule::find_zone(timezone.empty() ? "UTC" : timezone));
  return schedule::start_of_day(zone, *date);
}

Result<Instant> given_from(const NextOptions& options) {
  TRY(const Instant from, begin_of(options.from, options.timezone));
  const Instant first{days_from_civil({kFirstYear, 1, 1}) * days(1).us};
  if (from >= first && from < end_of_time()) return from;
  return refuse({"--from '{}' is not in the years {} to {}", "--from “{}”不在 {} 至 {} 年之内"},
                options.from, kFirstYear, kLastYear);
}

Result<Instant> from_of(const NextOptions& options) {
  return options.from.empty() ? Result<Instant>(SystemClock().wall()) : given_from(options);
}

// "2026-03-29T01:00:00Z", the fraction only where there is one.
std::string short_instant(Instant at) {
  std::string text = format_instant(at);
  constexpr std::string_view kNoFraction = ".000000Z";
  if (text.ends_with(kNoFraction)) text.replace(text.size() - kNoFraction.size(), text.npos, "Z");
  return text;
}

// The instant, beside it what differs: the local time, what it was meant for.
std::string line_of(const schedule::Zone* zone, Instant at, Instant scheduled_at) {
  std::string line = short_instant(at);
  if (zone != nullptr) line += "  " + schedule::format_local(*zone, at);
  if (at != scheduled_at) line += fmt::format("  ({})", short_instant(scheduled_at));
  return line;
}

Text words_of(std::string_view idle) {
  if (idle == "trigger_disabled") return {"the trigger is disabled", "触发器已停用"};
  if (idle == "workflow_disabled") return {"the workflow is disabled", "工作流已停用"};
  if (idle == "workflow_paused") return {"the workflow is paused", "工作流已暂停"};
  if (idle == "server_paused") return {"the server is paused", "服务器已暂停"};
  if (idle == "calendar_missing") return {"its calendar is missing", "缺少所用的日历"};
  return {"it fires no more", "不再触发"};
}

// "skipped: 2026-10-01 is a holiday in cn-workdays (国庆节)"
std::string words_of_holiday(const Context& context, const std::string& date,
                             const std::string& calendar, const std::string& name) {
  const Text text{"skipped: {} is a holiday in {}{}", "已跳过：{} 是 {} 的节假日{}"};
  const Text around{" ({})", "（{}）"};
  const std::string note =
      name.empty() ? "" : fmt::format(fmt::runtime(in_language(context, around)), name);
  return fmt::format(fmt::runtime(in_language(context, text)), date, calendar, note);
}

void warn_of_year(const Context& context, const std::string& calendar, int year) {
  if (!context.quiet)
    print_warning(context,
                  message_in(spec::year_is_missing(calendar, year), context.terminal.lang));
}

// What the API answers of one trigger, a line per firing; before them the holidays among them.
Status print_trigger(const Context& context, const NextOptions& options, const Value& trigger) {
  const std::string name = printable(member(trigger, "trigger"));
  if (const std::string idle = member(trigger, "idle"); !idle.empty())
    fmt::print("{}  -  {}\n", name, in_language(context, words_of(idle)));
  TRY(const schedule::Zone zone, schedule::find_zone(member(trigger, "timezone")));
  const Value* skipped = trigger.find("skipped");
  for (const Value& day : skipped == nullptr ? ValueList{} : skipped->as_list()) {
    const Value* holiday = day.find("holiday");
    if (holiday != nullptr && holiday->is(Value::Kind::Bool) && holiday->as_bool())
      fmt::print("{}  -  {}\n", name,
                 words_of_holiday(context, member(day, "date"), printable(member(day, "calendar")),
                                  printable(member(day, "name"))));
  }
  const Value* years = trigger.find("unknown_years");
  for (const Value& year : years == nullptr ? ValueList{} : years->as_list())
    warn_of_year(context, printable(member(trigger, "calendar")), static_cast<int>(year.as_int()));
  const Value* firings = trigger.find("firings");
  for (const Value& firing : firings == nullptr ? ValueList{} : firings->as_list()) {
    const auto at = instant_member(firing, "at");
    const auto scheduled_at = instant_member(firing, "scheduled_at");
    if (at && scheduled_at)
      fmt::print("{}  {}\n", name, line_of(options.local ? &zone : nullptr, *at, *scheduled_at));
  }
  return ok();
}

Status print_triggers(const Context& context, const NextOptions& options, const Value& triggers) {
  if (context.json) {
    print_json(triggers);
    return ok();
  }
  if (triggers.as_list().empty() && !context.quiet)
    fmt::print("{}\n", in_language(context, {"no trigger by time", "没有定时触发器"}));
  for (const Value& trigger : triggers.as_list())
    TRY_STATUS(print_trigger(context, options, trigger));
  return ok();
}

int next_of_workflow(const Context& context, const NextOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    std::string path = "/api/v1/workflows/" + escape_segment(options.workflow) + "/next";
    add_query(path, "count", std::to_string(options.count));
    if (!options.from.empty()) {
      TRY(const Instant from, given_from(options));
      add_query(path, "after", format_instant(from));
    }
    TRY(const Value answer, client.get(path));
    const Value* triggers = answer.find("triggers");
    return print_triggers(
        context, options,
        triggers != nullptr && triggers->is(Value::Kind::List) ? *triggers : Value(ValueList{}));
  });
}

int next_of_file(const Context& context, const NextOptions& options) {
  const auto from = from_of(options);
  if (!from.ok()) return complain(from.error());
  const auto definition = load_or_complain(context, options.file);
  if (!definition) return kInvalid;
  const model::Workflow& workflow = definition->workflow;
  model::WorkflowRow row;
  row.name = workflow.name;
  row.enabled = workflow.enabled;
  row.triggers = workflow.triggers;
  JsonWriter w;
  api::write_upcoming(w, core::upcoming(row, read_calendars(context.home_option)->calendars(),
                                        false, *from, options.count));
  const auto triggers = parse_json(std::move(w).text());
  CHECK(triggers.ok());
  const Status printed = print_triggers(context, options, *triggers);
  return printed.ok() ? kSucceeded : complain(printed.error());
}

Result<schedule::Schedule> rule_of(const NextOptions& options, const schedule::Zone& zone) {
  if (!options.cron.empty()) {
    TRY(schedule::Cron cron, schedule::parse_cron(options.cron));
    cron.zone = zone;
    return schedule::Schedule{std::move(cron)};
  }
  TRY(const Duration period, parse_duration(options.every));
  Instant anchor;
  if (!options.anchor.empty()) {
    TRY(anchor, instant_of("--from-anchor", options.anchor));
  }
  TRY(const schedule::Every every, schedule::make_every(period, anchor));
  return schedule::Schedule{every};
}

schedule::OnHoliday on_holiday_of(const std::string& text) {
  if (text == "before") return schedule::OnHoliday::Before;
  return text == "after" ? schedule::OnHoliday::After : schedule::OnHoliday::Skip;
}

Result<schedule::Schedule> schedule_of(const Context& context, const NextOptions& options,
                                       const schedule::Zone& zone) {
  TRY(schedule::Schedule rule, rule_of(options, zone));
  if (options.calendar.empty()) return rule;
  TRY(auto calendar, find_calendar(context, options.calendar));
  rule.days = schedule::WorkingDays{std::move(calendar), on_holiday_of(options.on_holiday), zone};
  return rule;
}

void print_holidays(const Context& context, const schedule::Schedule& rule, Instant from,
                    Instant until) {
  for (const core::DayOff& day : core::days_off(rule, from, until))
    if (day.is_holiday)
      fmt::print("-  {}\n", words_of_holiday(context, format_date(day.date),
                                             printable(day.calendar), printable(day.name)));
}

Status print_rule(const Context& context, const NextOptions& options) {
  TRY(const schedule::Zone zone,
      schedule::find_zone(options.timezone.empty() ? "UTC" : options.timezone));
  TRY(const schedule::Schedule rule, schedule_of(context, options, zone));
  TRY(Instant after, from_of(options));
  const Instant from = after;
  JsonWriter w;
  w.array();
  for (int i = 0; i < options.count; ++i) {
    const auto firing = schedule::next_firing(rule, after);
    if (!firing || firing->at >= end_of_time()) {
      if (!context.json && !context.quiet)
        fmt::print("{}\n", in_language(context, {"it fires no more", "不再触发"}));
      break;
    }
    after = firing->at;
    w.object().field("at", firing->at).field("scheduled_at", firing->scheduled_at);
    if (options.local) w.field("local", schedule::format_local(zone, firing->at));
    w.end();
    if (!context.json)
      fmt::print("{}\n",
                 line_of(options.local ? &zone : nullptr, firing->at, firing->scheduled_at));
  }
  w.end();
  if (context.json)
    fmt::print("{}\n", std::move(w).text());
  else
    print_holidays(context, rule, from, after);
  for (const int year : core::unknown_years(rule, from, after))
    warn_of_year(context, rule.days->calendar->name(), year);
  return ok();
}

Status check(const NextOptions& options) {
  const auto given = {!options.file.empty(), !options.workflow.empty(), !options.cron.empty(),
                      !options.every.empty()};
  if (std::count(given.begin(), given.end(), true) != 1)
    return refuse({"name one of FILE, --workflow, --cron and --every",
                   "请给出 FILE、--workflow、--cron、--every 其中之一"});
  if (!options.anchor.empty() && options.every.empty())
    return refuse({"--from-anchor belongs to --every", "--from-anchor 只用于 --every"});
  if (!options.timezone.empty() && (!options.file.empty() || !options.workflow.empty()))
    return refuse({"a workflow has its own time zones; --timezone belongs to --cron and --every",
                   "工作流有自己的时区；--timezone 只用于 --cron 和 --every"});
  if (!options.calendar.empty() && options.cron.empty() && options.every.empty())
    return refuse({"a workflow names its own calendars; --calendar belongs to --cron and --every",
                   "工作流有自己的日历；--calendar 只用于 --cron 和 --every"});
  if (!options.on_holiday.empty() && options.calendar.empty())
    return refuse({"--on-holiday belongs to --calendar", "--on-holiday 须与 --calendar 一起使用"});
  if (!options.from.empty()) TRY_STATUS(given_from(options));
  return ok();
}

}  // namespace

int next(const Context& context, const NextOptions& options) {
  if (const Status good = check(options); !good.ok()) return complain(good.error());
  if (!options.workflow.empty()) return next_of_workflow(context, options);
  if (!options.file.empty()) return next_of_file(context, options);
  const Status printed = print_rule(context, options);
  return printed.ok() ? kSucceeded : complain(printed.error());
}

}  // namespace gantry::app
