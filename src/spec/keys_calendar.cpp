// The keys of a calendar file.
#include "spec/keys.h"

namespace gantry::spec {

namespace {

constexpr Key kCalendarKnown[] = {
    {.name = "description",
     .about = {"What the calendar is for.", "日历的用途。"},
     .example = "description: Working days of our office"},
    {.name = "include",
     .form = Form::Texts,
     .about = {"Other calendars, ours and built-in ones. A day off of any of them is one here, and "
               "so is a make-up day.",
               "其他日历，自己的或内置的。其中任何一个的休息日在此也是休息日，补班日亦然。"},
     .example = "include: [cn-workdays]"},
    {.name = "week",
     .form = Form::Texts,
     .about = {"The working days of an ordinary week.", "普通一周中的工作日。"},
     .example = "week: [mon, tue, wed, thu, fri, sat]",
     .usual = {"the days on which all included calendars work, else Monday to Friday",
               "所有被包含的日历都工作的日子；没有包含时为周一至周五"}},
    {.name = "holidays",
     .form = Form::Dates,
     .about = {"Days off: dates and ranges, as a list or with names.",
               "休息日：日期与区间，写成列表，或带名称。"},
     .example = "holidays:\n  2026-12-24: Christmas Eve\n  2026-12-28..2026-12-31: Closed"},
    {.name = "workdays",
     .form = Form::Dates,
     .about = {"Working days that the week does not have, such as make-up Saturdays.",
               "一周模式之外的工作日，例如调休补班的周六。"},
     .example = "workdays: [2026-12-19]"},
    {.name = "hours",
     .form = Form::Spans,
     .about = {"The hours of a working day, or lists of them by day of the week.",
               "工作日的时段，或按星期给出。"},
     .example = "hours: [\"09:00-12:00\", \"13:00-18:00\"]",
     .usual = {"those of the first included calendar that has some, else the whole day",
               "第一个写有时段的被包含日历的时段；否则为全天"}},
    {.name = "years",
     .form = Form::Texts,
     .about = {"The years for which the holidays are complete. In others the week counts, and a "
               "warning tells.",
               "节假日齐全的年份。其他年份按一周模式计算，并给出警告。"},
     .example = "years: [2025, 2026-2027]",
     .usual = {"those that all included calendars have, else every year",
               "所有被包含日历共有的年份；否则为所有年份"}},
};

}  // namespace

const KeySet kCalendarKeys{{"a calendar", "日历"}, "", kCalendarKnown, {}};

}  // namespace gantry::spec
