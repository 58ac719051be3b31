// calendars, calendar show, check, import.
#include "app/commands_calendar.h"
#include "app/grammar.h"

namespace gantry::app {

namespace {
Command list_command(Context& context) {
  return {.name = "calendars",
          .about = {"list the calendars of working days", "列出工作日历"},
          .example = "gantry calendars",
          .run = [&context] { return calendars(context); }};
}

Command show_command(Context& context) {
  auto o = std::make_shared<CalendarShowOptions>();
  return {.name = "calendar show",
          .about = {"the holidays and make-up days of a calendar", "某个日历的节假日与补班日"},
          .example = "gantry calendar show cn-workdays --year 2026",
          .arguments = {{.names = "CALENDAR",
                         .into = &o->calendar,
                         .help = {"its name, or a file", "名称，或文件"},
                         .required = true,
                         .offers = Offers::Files},
                        {.names = "--year",
                         .into = &o->year,
                         .help = {"of this year (the present one)", "哪一年（默认今年）"},
                         .min = 1900,
                         .max = 9998}},
          .run = [&context, o] { return calendar_show(context, *o); }};
}

Command check_command(Context& context) {
  auto o = std::make_shared<CalendarCheckOptions>();
  return {.name = "calendar check",
          .about = {"whether a date is a working day, and why", "某天是否工作日，以及为什么"},
          .example = "gantry calendar check 2026-10-01 cn-workdays",
          .arguments = {{.names = "DATE",
                         .into = &o->date,
                         .help = {"such as 2026-10-01", "例如 2026-10-01"},
                         .required = true},
                        {.names = "CALENDAR",
                         .into = &o->calendar,
                         .help = {"its name, or a file; none: all", "名称，或文件；不写则为全部"},
                         .offers = Offers::Files}},
          .run = [&context, o] { return calendar_check(context, *o); }};
}

Command import_command(Context& context) {
  auto o = std::make_shared<CalendarImportOptions>();
  return {.name = "calendar import",
          .group = Group::Administer,
          .about = {"make a calendar from an iCalendar file", "由 iCalendar 文件生成日历"},
          .example = "gantry calendar import holidays.ics --name office",
          .arguments = {{.names = "FILE",
                         .into = &o->file,
                         .help = {"the .ics file", ".ics 文件"},
                         .required = true,
                         .offers = Offers::Files},
                        {.names = "--name",
                         .into = &o->name,
                         .help = {"of the calendar: calendars/NAME.yaml is written",
                                  "日历名称：写入 calendars/名称.yaml"},
                         .required = true},
                        {.names = "--as",
                         .into = &o->as,
                         .help = {"what its days are; not given: what each entry says",
                                  "其日期的含义；不写则按各条目所示"},
                         .choices = {"holidays", "workdays"}},
                        {.names = "--force",
                         .into = &o->force,
                         .help = {"replace a file that is there", "覆盖已有文件"}}},
          .run = [&context, o] { return calendar_import(context, *o); }};
}
}  // namespace

void add_calendar_commands(Context& context, std::vector<Command>& out) {
  out.push_back(list_command(context));
  out.push_back(show_command(context));
  out.push_back(check_command(context));
  out.push_back(import_command(context));
}

}  // namespace gantry::app
