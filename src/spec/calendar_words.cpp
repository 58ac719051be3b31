#include "spec/calendar_words.h"

#include <fmt/format.h>

namespace gantry::spec {

using schedule::DayKind;

Text kind_of(DayKind kind) {
  switch (kind) {
    case DayKind::Workday: return {"working day", "工作日"};
    case DayKind::DayOff: return {"day off", "休息日"};
    case DayKind::Holiday: return {"holiday", "节假日"};
    case DayKind::MakeUp: return {"make-up day", "补班日"};
  }
  return {};
}

std::string weekday_in(Lang lang, CivilDate date) {
  constexpr Text kNames[] = {{"Sun", "周日"}, {"Mon", "周一"}, {"Tue", "周二"}, {"Wed", "周三"},
                             {"Thu", "周四"}, {"Fri", "周五"}, {"Sat", "周六"}};
  return std::string(kNames[schedule::weekday_of(date)].in(lang));
}

Error year_is_missing(const std::string& calendar, int year) {
  return refuse({"{} does not know the holidays of {}: its week counts there",
                 "{} 没有 {} 年的节假日：该年按其一周模式计算"},
                calendar, year);
}

Error describe_day(const schedule::Calendar& calendar, CivilDate date) {
  const schedule::DayInfo info = calendar.day(date);
  const std::string day = format_date(date);
  const std::string name = info.name.empty() ? "" : fmt::format(" ({})", info.name);
  const std::string name_zh = info.name.empty() ? "" : fmt::format("（{}）", info.name);
  Error out;
  out.message =
      fmt::format("{} is a {} in {}{}", day, kind_of(info.kind).en, calendar.name(), name);
  out.zh = fmt::format("{} 在 {} 中是{}{}", day, calendar.name(), kind_of(info.kind).zh, name_zh);
  const auto next = is_work(info.kind) ? std::nullopt : calendar.next_workday(date);
  if (next) {
    out.message += fmt::format("; the next working day is {}", format_date(*next));
    out.zh += fmt::format("；下一个工作日是 {}", format_date(*next));
  }
  if (calendar.covers(date.year)) return out;
  const Error missing = year_is_missing(calendar.name(), date.year);
  out.message += ". " + missing.message;
  out.zh += "。" + missing.zh;
  return out;
}

}  // namespace gantry::spec
