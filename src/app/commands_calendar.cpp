// calendars, calendar show, calendar check: what is read from the home's folder.
#include "app/commands_calendar.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/answers.h"
#include "app/calendar_folder.h"
#include "app/complain.h"
#include "app/exit_code.h"
#include "app/home.h"
#include "app/workflow_files.h"
#include "base/clock.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "base/limits.h"
#include "spec/calendar_words.h"
#include "spec/diagnostics.h"

namespace gantry::app {

using schedule::Calendar;
using schedule::DayKind;

namespace {

using CalendarPtr = std::shared_ptr<const Calendar>;

// 2023, 2024, 2026 -> "2023-2024, 2026"; "every year" in words.
std::string years_of(const Calendar& calendar, Lang lang) {
  if (calendar.years() == nullptr) return std::string(Text{"every year", "所有年份"}.in(lang));
  std::vector<std::string> parts;
  for (auto at = calendar.years()->begin(); at != calendar.years()->end();) {
    const int first = *at;
    int last = first;
    while (++at != calendar.years()->end() && *at == last + 1) last = *at;
    parts.push_back(first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last));
  }
  return join(parts, ", ");
}

// The next days off that have a place in the list, each stretch once.
std::string next_holidays(const Calendar& calendar, CivilDate today) {
  constexpr std::size_t kShown = 2;
  std::vector<std::string> out;
  std::optional<std::int64_t> last;
  for (const auto& [date, info] : calendar.listed()) {
    const std::int64_t day = days_from_civil(date);
    const bool goes_on = last && day == *last + 1;
    if (date < today || info.kind != DayKind::Holiday) continue;
    last = day;
    if (goes_on) continue;
    if (out.size() == kShown) break;
    out.push_back(format_date(date) + (info.name.empty() ? "" : " " + info.name));
  }
  return join(out, ", ");
}

Error unknown(const std::string& name, const spec::Calendars& calendars) {
  std::vector<std::string_view> names;
  for (const auto& [known, calendar] : calendars) names.push_back(known);
  return with_hint(explain(Code::NotFound, {"there is no calendar '{}'", "没有日历“{}”"}, name),
                   nearest(name, names));
}

// A file of calendars/, or any other.
Result<CalendarPtr> calendar_of_file(const Context& context, const std::string& path,
                                     const std::string& home_option) {
  TRY(const std::string text, read_file(path, limits::kDefinitionBytesMax));
  const std::string name = name_of_file(path);
  spec::CalendarLoad loaded = spec::load_calendar(text, name, path);
  print_problems(stderr, loaded.diagnostics, context.terminal.lang);
  if (!loaded.calendar) return refuse({"'{}' is not a valid calendar", "“{}”不是有效的日历"}, path);
  std::map<std::string, spec::CalendarFile> files = read_calendars(home_option)->files();
  files[name] = std::move(*loaded.calendar);
  spec::LinkedCalendars linked = spec::link_calendars(std::move(files));
  const auto made = linked.calendars.find(name);
  if (made != linked.calendars.end()) return made->second;
  print_problems(stderr, linked.diagnostics, context.terminal.lang);
  return refuse({"'{}' is not a valid calendar", "“{}”不是有效的日历"}, path);
}

}  // namespace

Result<CalendarPtr> find_calendar(const Context& context, const std::string& name) {
  if (name.ends_with(".yaml") || name.find('/') != std::string::npos)
    return calendar_of_file(context, name, context.home_option);
  const auto folder = read_calendars(context.home_option);
  const spec::Calendars calendars = folder->calendars();
  if (const auto found = calendars.find(name); found != calendars.end()) return found->second;
  for (const api::CalendarView& view : folder->list())
    if (view.name == name) {
      print_problems(stderr, view.problems, context.terminal.lang);
      return refuse({"'{}' is not a valid calendar", "“{}”不是有效的日历"}, name);
    }
  return unknown(name, calendars);
}

namespace {
void write_day(JsonWriter& w, const Calendar& calendar, CivilDate date) {
  const schedule::DayInfo info = calendar.day(date);
  w.object().field("calendar", calendar.name()).field("date", format_date(date));
  w.field("kind", schedule::name_of(info.kind)).field("working", is_work(info.kind));
  w.field("name", info.name)
      .field("source", info.source)
      .field("known", calendar.covers(date.year));
  w.end();
}

}  // namespace

int calendars(const Context& context) {
  const auto folder = read_calendars(context.home_option);
  const CivilDate today = date_of_today();
  const Lang lang = context.terminal.lang;
  JsonWriter w;
  w.array();
  std::vector<std::vector<std::string>> rows;
  bool good = true;
  for (const api::CalendarView& view : folder->list()) {
    good = good && view.problems.empty();
    const std::string years = view.calendar ? years_of(*view.calendar, lang) : "-";
    const std::string next = view.calendar ? next_holidays(*view.calendar, today) : "-";
    const Text from = view.built_in ? Text{"built in", "内置"} : Text{"file", "文件"};
    w.object().field("name", view.name).field("description", view.description);
    w.field("built_in", view.built_in).field("years", years).field("next_holidays", next).end();
    rows.push_back({view.name, std::string(from.in(lang)), years, next});
  }
  w.end();
  if (context.json)
    fmt::print("{}\n", w.text());
  else
    print_table(context.terminal,
                {in_language(context, {"CALENDAR", "日历"}), in_language(context, {"FROM", "来源"}),
                 in_language(context, {"YEARS", "年份"}),
                 in_language(context, {"NEXT HOLIDAYS", "接下来的节假日"})},
                rows);
  for (const api::CalendarView& view : folder->list()) print_problems(stderr, view.problems, lang);
  return good ? kSucceeded : kInvalid;
}

int calendar_show(const Context& context, const CalendarShowOptions& options) {
  const auto calendar = find_calendar(context, options.calendar);
  if (!calendar.ok()) return complain(calendar.error());
  const int year = options.year == 0 ? date_of_today().year : options.year;
  JsonWriter w;
  w.array();
  std::vector<std::vector<std::string>> rows;
  for (const auto& [date, info] : (*calendar)->listed()) {
    if (date.year != year) continue;
    write_day(w, **calendar, date);
    rows.push_back({format_date(date), spec::weekday_in(context.terminal.lang, date),
                    std::string(spec::kind_of(info.kind).in(context.terminal.lang)), info.name,
                    info.source});
  }
  w.end();
  if (context.json) {
    fmt::print("{}\n", w.text());
    return kSucceeded;
  }
  print_table(context.terminal,
              {in_language(context, {"DATE", "日期"}), in_language(context, {"DAY", "星期"}),
               in_language(context, {"IS", "类别"}), in_language(context, {"NAME", "名称"}),
               in_language(context, {"CALENDAR", "日历"})},
              rows);
  if (!(*calendar)->covers(year))
    fmt::print(stderr, "{}\n",
               message_in(spec::year_is_missing((*calendar)->name(), year), context.terminal.lang));
  return kSucceeded;
}

int calendar_check(const Context& context, const CalendarCheckOptions& options) {
  const auto date = parse_date(options.date);
  if (!date.ok()) return complain(date.error());
  std::vector<CalendarPtr> asked;
  if (options.calendar.empty()) {
    for (const auto& [name, calendar] : read_calendars(context.home_option)->calendars())
      asked.push_back(calendar);
  } else {
    const auto calendar = find_calendar(context, options.calendar);
    if (!calendar.ok()) return complain(calendar.error());
    asked.push_back(*calendar);
  }
  JsonWriter w;
  w.array();
  for (const CalendarPtr& calendar : asked) {
    write_day(w, *calendar, *date);
    if (!context.json)
      fmt::print("{}\n", message_in(spec::describe_day(*calendar, *date), context.terminal.lang));
  }
  w.end();
  if (context.json) fmt::print("{}\n", w.text());
  return kSucceeded;
}

}  // namespace gantry::app
