#include "spec/trigger_calendar.h"

#include <utility>

#include "model/codec.h"
#include "schedule/cron.h"
#include "spec/calendars.h"

namespace gantry::spec {

namespace {

// A range like 1-5 keeps make-up Saturdays away, so it is never what is meant.
void check_weekday(const Source& source, const Fields& fields, const model::Trigger& trigger) {
  constexpr std::uint32_t kEveryDay = 0b1111111;
  const auto cron = schedule::parse_cron(trigger.cron);
  if (!cron.ok() || (cron->fields.weekdays & kEveryDay) == kEveryDay) return;
  source.problems.add(
      WeekdayWithCalendar, fields.find("cron")->place,
      refuse(
          {"the cron expression names days of the week, so it would miss make-up days that "
           "'{}' has on others; write * there, the calendar decides",
           "cron 表达式限定了星期，会漏掉“{}”中落在其他日子的补班日；请在该字段写 *，由日历决定"},
          trigger.timer->calendar));
}

void check_calendar(const Source& source, const Node& node, const KnownCalendars& known) {
  const auto found = known.calendars.find(node.text);
  if (found == known.calendars.end()) {
    std::vector<std::string_view> names;
    for (const auto& [name, calendar] : known.calendars) names.push_back(name);
    return source.problems.add(UnknownCalendar, node.place,
                               refuse({"there is no calendar '{}'; gantry calendars lists them",
                                       "没有日历“{}”；gantry calendars 列出全部日历"},
                                      node.text),
                               source.problems.suggest(node.text, names));
  }
  const auto year = missing_year(*found->second, known.today);
  if (!year) return;
  source.problems.add(
      CalendarEnds, node.place,
      refuse({"the calendar '{}' does not know the holidays of {}; its week counts there",
              "日历“{}”没有 {} 年的节假日；该年按其一周模式计算"},
             node.text, *year));
}

std::optional<model::OnHoliday> read_rule(const Source& source, const Fields& fields) {
  const auto text = fields.plain_text("on_holiday");
  if (!text) return std::nullopt;
  const auto rule = model::on_holiday_of(*text);
  if (!rule)
    source.problems.add(BadValue, fields.find("on_holiday")->place,
                        refuse({"'on_holiday' is skip, before or after, not '{}'",
                                "'on_holiday' 为 skip、before 或 after，而不是“{}”"},
                               *text),
                        source.problems.suggest(*text, {"skip", "before", "after"}));
  return rule;
}

}  // namespace

void read_trigger_calendar(const Source& source, const Fields& fields, const Draft& draft,
                           model::Trigger& trigger) {
  const auto rule = read_rule(source, fields);
  if (fields.has("on_holiday") && !fields.has("calendar"))
    source.problems.add(MisplacedKey, fields.key_place("on_holiday"),
                        refuse({"'on_holiday' belongs to a trigger with a 'calendar'",
                                "'on_holiday' 只用于有 'calendar' 的触发器"}));
  const auto name = fields.plain_text("calendar");
  if (!name) return;
  if (!model::is_timer(trigger.kind))
    return source.problems.add(MisplacedKey, fields.key_place("calendar"),
                               refuse({"'calendar' belongs to timers", "'calendar' 只用于定时器"}));
  model::TimerDetails details = *trigger.timer;
  details.calendar = *name;
  details.on_holiday = rule.value_or(details.on_holiday);
  trigger.timer = std::move(details);
  if (trigger.kind == model::TriggerKind::Cron && fields.has("cron"))
    check_weekday(source, fields, trigger);
  if (draft.calendars != nullptr)
    check_calendar(source, *fields.find("calendar"), *draft.calendars);
}

}  // namespace gantry::spec
