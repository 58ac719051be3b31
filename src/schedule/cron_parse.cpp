#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/explain.h"
#include "base/limits.h"
#include "base/text.h"
#include "schedule/cron.h"
#include "schedule/cron_days.h"
#include "schedule/cron_field.h"

namespace gantry::schedule {

namespace {
constexpr std::array<std::string_view, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays{"SUN", "MON", "TUE", "WED",
                                                    "THU", "FRI", "SAT"};

// Sunday is 7 as well as 0: the sets are folded after reading.
enum Index : std::size_t { kSecond, kMinute, kHour, kDay, kMonth, kWeekday, kFieldCount };
constexpr std::array<FieldKind, kFieldCount> kFields{
    {{{"second", "秒"}, 0, 59},
     {{"minute", "分"}, 0, 59},
     {{"hour", "时"}, 0, 23},
     {{"day-of-month", "日"}, 1, 31, {}, DayField::OfMonth},
     {{"month", "月"}, 1, 12, kMonths},
     {{"day-of-week", "星期"}, 0, 7, kWeekdays, DayField::OfWeek}}};

struct Macro {
  std::string_view name;
  std::string_view meaning;
};
constexpr std::array<Macro, 7> kMacros{{{"@yearly", "0 0 1 1 *"},
                                        {"@annually", "0 0 1 1 *"},
                                        {"@monthly", "0 0 1 * *"},
                                        {"@weekly", "0 0 * * 0"},
                                        {"@daily", "0 0 * * *"},
                                        {"@midnight", "0 0 * * *"},
                                        {"@hourly", "0 * * * *"}}};

std::vector<CronPiece> split_at_blanks(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::vector<CronPiece> parts;
  for (std::size_t at = text.find_first_not_of(kBlank); at != std::string_view::npos;
       at = text.find_first_not_of(kBlank, at)) {
    const std::size_t end = std::min(text.find_first_of(kBlank, at), text.size());
    parts.push_back({text.substr(at, end - at), at});
    at = end;
  }
  return parts;
}

// Five pieces are an expression that fires at second 0.
std::array<CronPiece, kFieldCount> six_fields(const std::vector<CronPiece>& pieces) {
  std::array<CronPiece, kFieldCount> out{CronPiece{"0", 0}};
  std::copy(pieces.begin(), pieces.end(), out.end() - static_cast<std::ptrdiff_t>(pieces.size()));
  return out;
}

CronFields fields_of(const std::array<FieldSet, kFieldCount>& sets,
                     const std::array<CronPiece, kFieldCount>& pieces) {
  const auto star = [&](Index field) { return pieces[field].text.starts_with('*'); };
  const auto free = [&](Index field) { return star(field) || pieces[field].text == "?"; };
  const auto narrow = [&](Index field) { return static_cast<std::uint32_t>(sets[field].values); };
  CronFields fields;
  fields.seconds = sets[kSecond].values;
  fields.minutes = sets[kMinute].values;
  fields.hours = narrow(kHour);
  fields.months = narrow(kMonth);
  fields.days = narrow(kDay);
  fields.days_from_end = sets[kDay].from_end;
  fields.near_days = sets[kDay].near;
  fields.last_workday = sets[kDay].last_workday;
  fields.weekdays = (narrow(kWeekday) | narrow(kWeekday) >> 7) & 0x7F;
  fields.nth_weekdays = sets[kWeekday].nth;
  fields.last_weekdays = sets[kWeekday].last;
  fields.elapsed_time = star(kMinute) || star(kHour);
  fields.either_day = !free(kDay) && !free(kWeekday);
  return fields;
}

Error never_fires(std::string_view text, const std::array<CronPiece, kFieldCount>& pieces) {
  const std::string_view weekday = pieces[kWeekday].text;
  if (weekday == "*" || weekday == "?")
    return refuse({"cron '{}' never fires: day-of-month {} is in no month {}",
                   "cron “{}”永远不会触发：{} 日不在 {} 月中"},
                  text, pieces[kDay].text, pieces[kMonth].text);
  return refuse(
      {"cron '{}' never fires: no month {} has a day-of-month {} that is a day-of-week {}",
       "cron “{}”永远不会触发：{} 月中没有既是 {} 日又是星期 {} 的日子"},
      text, pieces[kMonth].text, pieces[kDay].text, weekday);
}

Result<CronFields> parse_fields(std::string_view text, std::string_view seed) {
  const std::vector<CronPiece> given = split_at_blanks(text);
  if (given.size() != kFieldCount && given.size() != kFieldCount - 1)
    return refuse({"cron '{}' has {} fields; write 5: minute hour day-of-month month day-of-week, "
                   "or 6: a second before them",
                   "cron “{}”有 {} 个字段；应为 5 个：分 时 日 月 星期，或在前面加上秒共 6 个"},
                  text, given.size());
  const auto pieces = six_fields(given);
  std::array<FieldSet, kFieldCount> sets;
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    TRY(sets[i], parse_cron_field(text, pieces[i], kFields[i], seed));
  }
  const CronFields fields = fields_of(sets, pieces);
  // As many years as next_after() looks ahead.
  if (!day_from(fields, days_from_civil({2000, 1, 1}))) return never_fires(text, pieces);
  return fields;
}

Result<std::string_view> meaning_of(std::string_view macro) {
  std::vector<std::string_view> names;
  for (const Macro& known : kMacros) {
    if (equal_ignoring_case(known.name, macro)) return known.meaning;
    names.push_back(known.name);
  }
  if (equal_ignoring_case(macro, "@reboot"))
    return refuse({"cron '@reboot' names no time; start such a thing with the machine's services",
                   "cron “@reboot”不是时间；请用系统服务来启动"});
  return with_hint(refuse({"there is no cron macro '{}'", "没有 cron 宏“{}”"}, macro),
                   nearest(macro, names));
}
}  // namespace

std::string cron_seed(std::string_view workflow, std::string_view trigger) {
  return fmt::format("{}\n{}", workflow, trigger);
}

Result<Cron> parse_cron(std::string_view text, std::string_view seed) {
  if (text.size() > limits::kCronBytesMax)
    return refuse({"a cron expression of {} bytes is over the limit of {}",
                   "cron 表达式有 {} 字节，超过上限 {}"},
                  text.size(), limits::kCronBytesMax);
  std::string_view expression = text;
  if (trim(text).starts_with('@')) {
    TRY(expression, meaning_of(trim(text)));
  }
  TRY(const CronFields fields, parse_fields(expression, seed));
  return Cron{fields, Zone()};
}

}  // namespace gantry::schedule
