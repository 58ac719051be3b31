// calendar import: calendars/NAME.yaml from an iCalendar file.
#include <fmt/format.h>

#include <algorithm>

#include "app/calendar_folder.h"
#include "app/commands_calendar.h"
#include "app/complain.h"
#include "app/exit_code.h"
#include "app/home.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "base/limits.h"
#include "spec/diagnostics.h"
#include "spec/ical.h"

namespace gantry::app {

namespace {
constexpr int kYearsAhead = 5;  // of rules without an end

struct Imported {
  std::string path;
  spec::IcalDays days;
};

bool is_file(const std::vector<spec::Diagnostic>& problems) {
  for (const spec::Diagnostic& problem : problems)
    if (problem.severity == spec::Severity::Error) return false;
  return true;
}

Result<std::string> path_for(const Context& context, const CalendarImportOptions& options) {
  TRY(const Home home, find_home(context.home_option));
  TRY_STATUS(make_directories(home.calendars(), 0755));
  const std::string path = join_path(home.calendars(), options.name + ".yaml");
  if (exists(path) && !options.force)
    return explain(Code::AlreadyExists,
                   {"{} is there already; --force replaces it", "{} 已存在；--force 可覆盖"}, path);
  const auto& built_in = spec::built_in_calendars();
  const bool hides = std::any_of(built_in.begin(), built_in.end(),
                                 [&](const auto& one) { return one.name == options.name; });
  if (hides && !options.force)
    return explain(Code::AlreadyExists,
                   {"the calendar '{}' is built in; --force puts this file in its place",
                    "日历“{}”是内置的；--force 会以此文件取而代之"},
                   options.name);
  return path;
}

Result<Imported> import(const Context& context, const CalendarImportOptions& options) {
  TRY(const std::string text, read_file(options.file, limits::kDefinitionBytesMax));
  spec::IcalOptions ical;
  ical.file = options.file;
  ical.last_year = date_of_today().year + kYearsAhead;
  if (options.as == "holidays") ical.as = spec::IcalAs::Holidays;
  if (options.as == "workdays") ical.as = spec::IcalAs::Workdays;
  Imported out;
  out.days = spec::read_ical(text, ical);
  print_problems(stderr, out.days.problems, context.terminal.lang);
  if (!is_file(out.days.problems) || (out.days.holidays.empty() && out.days.workdays.empty()))
    return refuse({"'{}' has no days to take over; nothing was written",
                   "“{}”中没有可采用的日期；未写入任何内容"},
                  options.file);
  TRY(out.path, path_for(context, options));
  const std::string yaml = spec::calendar_yaml(out.days, "From " + base_name(options.file));
  const auto checked = spec::load_calendar(yaml, options.name, out.path);
  if (!checked.calendar) return spec::to_error(checked.diagnostics.front());
  TRY_STATUS(write_file_durably(out.path, yaml, 0644));
  return out;
}

// "1 day off", "3 days off".
std::string counted(const Context& context, std::size_t count, Text one, Text many) {
  return fmt::format(fmt::runtime((count == 1 ? one : many).in(context.terminal.lang)), count);
}
}  // namespace

int calendar_import(const Context& context, const CalendarImportOptions& options) {
  const auto imported = import(context, options);
  if (!imported.ok()) return complain(imported.error());
  const auto& [path, days] = *imported;
  if (context.json) {
    JsonWriter w;
    const auto count = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
    w.object().field("file", path).field("holidays", count(days.holidays));
    w.field("workdays", count(days.workdays)).field("left_out", count(days.problems)).end();
    fmt::print("{}\n", w.text());
  } else if (!context.quiet) {
    const Text text{"{}: {}, {}, {}\n", "{}：{}，{}，{}\n"};
    fmt::print(fmt::runtime(text.in(context.terminal.lang)), path,
               counted(context, days.holidays.size(), {"{} day off", "{} 个休息日"},
                       {"{} days off", "{} 个休息日"}),
               counted(context, days.workdays.size(), {"{} make-up day", "{} 个补班日"},
                       {"{} make-up days", "{} 个补班日"}),
               counted(context, days.problems.size(), {"{} remark above", "上面有 {} 条说明"},
                       {"{} remarks above", "上面有 {} 条说明"}));
  }
  return kSucceeded;
}

}  // namespace gantry::app
