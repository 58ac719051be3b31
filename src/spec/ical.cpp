#include "spec/ical.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "schedule/calendar.h"
#include "schedule/zone.h"
#include "spec/calendars.h"
#include "spec/diagnostics.h"
#include "spec/ical_marks.h"
#include "spec/ical_properties.h"
#include "spec/ical_rule.h"
#include "spec/yaml_text.h"

namespace gantry::spec {

namespace {

constexpr int kMinutesPerDay = 24 * 60;
constexpr int kFirstYear = 1900;
constexpr std::int64_t kDaysOfEventMax = 366;

struct Event {
  int line = 0;
  std::string uid, name, marks;
  std::optional<IcalProperty> start, end, duration, rule, instead;
  std::vector<IcalProperty> extra_dates, left_out_dates;
  bool cancelled = false;
};

// The days of one event: each stretch of `length` days has its first one in `begins`.
struct Entry {
  std::string uid, name;
  Mark mark = Mark::None;
  int line = 0;
  std::set<CivilDate> begins;
  std::int64_t length = 1;
  bool is_override = false;

  // In order, each once, also where stretches overlap.
  std::vector<CivilDate> dates() const {
    std::vector<CivilDate> out;
    std::int64_t next = std::numeric_limits<std::int64_t>::min();
    for (const CivilDate begin : begins) {
      const std::int64_t first = days_from_civil(begin);
      for (next = std::max(next, first); next < first + length; ++next)
        out.push_back(civil_from_days(next));
    }
    return out;
  }
};

// A day of a series in whose place another event stands, or none.
struct Override {
  std::string uid;
  CivilDate date;
};

class IcalReader {
 public:
  explicit IcalReader(const IcalOptions& options) : options_(options), problems_(options.file) {}

  IcalDays read(std::string_view text) {
    const auto properties = ical_properties(text);
    if (properties.empty() || properties[0].name != "BEGIN" ||
        in_capitals(properties[0].value) != "VCALENDAR")
      problems_.add(BadValue, {1, 1},
                    refuse({"this is no iCalendar file: it does not begin with BEGIN:VCALENDAR",
                            "这不是 iCalendar 文件：开头不是 BEGIN:VCALENDAR"}));
    else
      for (const IcalProperty& property : properties) take(property);
    if (!properties.empty() && !problems_.has_errors()) look_at_end(properties.back());
    apply_overrides();
    if (!problems_.has_errors()) keep_entries();
    out_.problems = problems_.take();
    return std::move(out_);
  }

 private:
  void note(int line, const Error& what) {
    problems_.add_as(Severity::Warning, BadValue, {line, 1}, what);
  }

  // Whoever cuts a file off cuts events off that nobody can miss afterwards.
  void look_at_end(const IcalProperty& last) {
    if (depth_ > 0)
      note(event_.line, refuse({"the file ends within this event, which is left out",
                                "文件在此事件中途结束，该事件被略过"}));
    else if (last.name != "END" || in_capitals(last.value) != "VCALENDAR")
      note(last.line, refuse({"the file ends without END:VCALENDAR: it may be cut off",
                              "文件结尾没有 END:VCALENDAR：可能不完整"}));
  }

  void take(const IcalProperty& p) {
    if (problems_.has_errors()) return;
    if (p.name == "BEGIN") {
      if (depth_ > 0) ++depth_;  // an alarm in an event says nothing about days
      if (in_capitals(p.value) == "VEVENT") {
        if (depth_ > 0)
          note(event_.line,
               refuse({"an event without END:VEVENT is left out", "没有 END:VEVENT 的事件被略过"}));
        event_ = Event{};
        event_.line = p.line;
        depth_ = 1;
      } else if (in_capitals(p.value) == "VTODO" || in_capitals(p.value) == "VJOURNAL") {
        note(p.line,
             refuse({"{} is left out: only events are read", "{} 被略过：只读取事件"}, p.value));
      }
      return;
    }
    if (p.name == "END" && depth_ > 0 && --depth_ == 0) return end_event();
    if (p.name == "X-WR-TIMEZONE") read_zone(p);
    if (depth_ == 1) take_of_event(p);
  }

  void read_zone(const IcalProperty& p) {
    auto zone = schedule::find_zone(p.value);
    if (zone.ok())
      zone_ = *zone;
    else
      note(p.line, zone.error());
  }

  void take_of_event(const IcalProperty& p) {
    if (p.name == "UID") event_.uid = p.value;
    if (p.name == "SUMMARY") event_.name = ical_text(p.value);
    if (p.name == "CATEGORIES" || p.name == "X-APPLE-SPECIAL-DAY")
      event_.marks += " " + ical_text(p.value);
    if (p.name == "DTSTART") event_.start = p;
    if (p.name == "DTEND") event_.end = p;
    if (p.name == "DURATION") event_.duration = p;
    if (p.name == "RRULE") {
      if (event_.rule)
        note(p.line, refuse({"a second rule is left out", "第二条规则被略过"}));
      else
        event_.rule = p;
    }
    if (p.name == "RDATE") event_.extra_dates.push_back(p);
    if (p.name == "EXDATE") event_.left_out_dates.push_back(p);
    if (p.name == "STATUS" && in_capitals(p.value) == "CANCELLED") event_.cancelled = true;
    if (p.name == "RECURRENCE-ID") event_.instead = p;
    if (p.name == "RECURRENCE-ID" && p.params.find("RANGE=") != std::string::npos)
      note(p.line, refuse({"RANGE of RECURRENCE-ID is not understood: only the one day is moved",
                           "RECURRENCE-ID 的 RANGE 无法理解：只移动这一天"}));
    if (p.name == "EXRULE")
      note(p.line, refuse({"{} is not understood and left out", "{} 无法理解，已略过"}, p.name));
  }

  // Of DTSTART and DTEND, without which there is no event.
  std::optional<IcalTime> time_of_event(const IcalProperty& p) {
    const auto time = time_of(p.value);
    if (!time)
      note(p.line,
           refuse({"{} is no date: '{}'; the event is left out", "{} 不是日期：“{}”；该事件被略过"},
                  p.name, p.value));
    return time;
  }

  // A time in UTC is that of the calendar's zone, if it names one.
  std::optional<IcalTime> time_of(std::string_view text) const {
    auto time = parse_ical_time(text);
    if (!time || time->date.year < kFirstYear || time->date.year > options_.last_year + 100)
      return std::nullopt;
    if (!time->is_utc) return time;
    const Instant instant{days_from_civil(time->date) * days(1).us + minutes(time->minute).us};
    const auto local = schedule::local_time(zone_, instant);
    const auto [day, us] = split_days(local.us);
    time->date = civil_from_days(day);
    time->minute = static_cast<int>(us / minutes(1).us);
    return time;
  }

  // The days that an event of this start covers; none if it is shorter than a day.
  std::optional<std::int64_t> days_of_event(const Event& event, const IcalTime& start) {
    std::int64_t minutes_long = start.is_date ? kMinutesPerDay : 0;
    if (event.end) {
      const auto end = time_of_event(*event.end);
      if (!end) return std::nullopt;
      minutes_long = (days_from_civil(end->date) - days_from_civil(start.date)) * kMinutesPerDay +
                     end->minute - start.minute;
    } else if (event.duration) {
      const auto length = length_of(event.duration->value);
      if (!length) {
        note(event.duration->line,
             refuse({"the duration '{}' is not understood; the event is left out",
                     "时长“{}”无法理解；该事件被略过"},
                    event.duration->value));
        return std::nullopt;
      }
      minutes_long = *length;
    }
    const std::int64_t days_long = minutes_long / kMinutesPerDay;
    if (days_long >= 1 && days_long <= kDaysOfEventMax) return days_long;
    note(event.line, refuse({"'{}' is shorter than a day or longer than {} days and left out",
                             "“{}”不足一天或超过 {} 天，已略过"},
                            event.name, kDaysOfEventMax));
    return std::nullopt;
  }

  // P1D, P2W, PT24H.
  static std::optional<std::int64_t> length_of(std::string_view text) {
    if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
    text.remove_prefix(1);
    const bool of_hours = text.starts_with('T');
    if (of_hours) text.remove_prefix(1);
    std::int64_t value = 0;
    for (const char c : text.substr(0, text.size() - 1)) {
      if (c < '0' || c > '9' || value > kDaysOfEventMax * 24) return std::nullopt;
      value = value * 10 + (c - '0');
    }
    if (of_hours) return text.back() == 'H' ? std::optional(value * 60) : std::nullopt;
    if (text.back() == 'D') return value * kMinutesPerDay;
    if (text.back() == 'W') return value * kMinutesPerDay * schedule::kDaysPerWeek;
    return std::nullopt;
  }

  void end_event() {
    const Event event = std::move(event_);
    if (event.cancelled) {
      take_override(event);
      return note(event.line,
                  refuse({"'{}' is cancelled and left out", "“{}”已取消，被略过"}, event.name));
    }
    if (!event.start)
      return note(event.line,
                  refuse({"an event without DTSTART is left out", "没有 DTSTART 的事件被略过"}));
    const auto start = time_of_event(*event.start);
    if (!start) return;
    const auto length = days_of_event(event, *start);
    if (!length) return;
    Entry entry{event.uid,
                without_mark_words(event.name),
                mark_of(event.marks + " " + event.name),
                event.line,
                {start->date},
                *length,
                take_override(event)};
    if (event.rule && !follow(event, start->date, entry.begins)) return;
    for (const IcalProperty& p : event.extra_dates)
      for (const CivilDate date : dates_in(p)) entry.begins.insert(date);
    for (const IcalProperty& p : event.left_out_dates)
      for (const CivilDate date : dates_in(p)) entry.begins.erase(date);
    add(std::move(entry));
  }

  void add(Entry entry) {
    days_seen_ += entry.dates().size();
    if (days_seen_ > schedule::kCalendarDaysMax)
      return problems_.add(OutOfRange, {entry.line, 1},
                           refuse({"with '{}' the file has more than {} days, more than a calendar "
                                   "takes",
                                   "加上“{}”，文件中的日期超过 {} 个，超出日历的上限"},
                                  entry.name, schedule::kCalendarDaysMax));
    entries_.push_back(std::move(entry));
  }

  // True if the event stands for one day of a series, which is noted.
  bool take_override(const Event& event) {
    if (!event.instead) return false;
    const auto dates = dates_in(*event.instead);
    if (!dates.empty()) overrides_.push_back({event.uid, dates.front()});
    return true;
  }

  // They may stand before the series in the file.
  void apply_overrides() {
    std::multimap<std::string, Entry*> series;
    for (Entry& entry : entries_)
      if (!entry.is_override && !entry.uid.empty()) series.emplace(entry.uid, &entry);
    for (const Override& one : overrides_) {
      const auto [first, last] = series.equal_range(one.uid);
      for (auto at = first; at != last; ++at) at->second->begins.erase(one.date);
    }
  }

  bool follow(const Event& event, CivilDate start, std::set<CivilDate>& into) {
    const auto rule = parse_ical_rule(event.rule->value);
    if (!rule.ok()) {
      note(event.rule->line, rule.error());
      note(event.line,
           refuse({"'{}' is left out because of its rule", "“{}”因其规则而被略过"}, event.name));
      return false;
    }
    const auto dates = days_of(*rule, start, options_.last_year);
    into.insert(dates.begin(), dates.end());
    return true;
  }

  std::vector<CivilDate> dates_in(const IcalProperty& p) {
    std::vector<CivilDate> out;
    for (const std::string_view item : split(p.value, ','))
      if (const auto time = time_of(item))
        out.push_back(time->date);
      else
        note(p.line, refuse({"'{}' in {} is no date and left out", "“{}”（{} 中）不是日期，已略过"},
                            item, p.name));
    return out;
  }

  void keep_entries() {
    const bool any_marked = options_.as == IcalAs::AsMarked &&
                            std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
                              return entry.mark != Mark::None;
                            });
    for (const Entry& entry : entries_) {
      bool is_work = options_.as == IcalAs::Workdays;
      if (options_.as == IcalAs::AsMarked) is_work = entry.mark == Mark::Work;
      if (any_marked && entry.mark == Mark::None)
        note(entry.line,
             refuse({"'{}' is marked neither as a day off nor as a working day, as "
                     "others are, and left out; --as holidays takes all",
                     "“{}”不像其他条目那样标有休或班，已略过；--as holidays 则全部采用"},
                    entry.name));
      else
        keep(entry, is_work);
    }
  }

  void keep(const Entry& entry, bool is_work) {
    const auto& other = is_work ? out_.holidays : out_.workdays;
    std::vector<CivilDate> in_both;
    for (const CivilDate date : entry.dates())
      if (other.contains(date))
        in_both.push_back(date);
      else
        (is_work ? out_.workdays : out_.holidays).emplace(date, entry.name);
    if (in_both.size() == 1)
      note(entry.line, refuse({"{} is both a day off and a working day; '{}' is left out",
                               "{} 既是休息日又是工作日；“{}”被略过"},
                              format_date(in_both.front()), entry.name));
    if (in_both.size() > 1)
      note(entry.line, refuse({"{} days from {} on are both days off and working days; '{}' is "
                               "left out on them",
                               "自 {1} 起有 {0} 天既是休息日又是工作日；“{2}”在这些日期被略过"},
                              in_both.size(), format_date(in_both.front()), entry.name));
  }

  const IcalOptions& options_;
  Diagnostics problems_;
  schedule::Zone zone_;
  int depth_ = 0;  // in an event, and what is in it
  Event event_;
  std::vector<Entry> entries_;
  std::size_t days_seen_ = 0;
  std::vector<Override> overrides_;
  IcalDays out_;
};

void write_days(std::string& out, std::string_view key,
                const std::map<CivilDate, std::string>& days) {
  if (days.empty()) return;
  out += fmt::format("{}:\n", key);
  for (auto at = days.begin(); at != days.end();) {
    const auto first = at;
    auto last = at;
    while (++at != days.end() && at->second == first->second &&
           days_from_civil(at->first) == days_from_civil(last->first) + 1 &&
           days_from_civil(at->first) < days_from_civil(first->first) + kRangeDaysMax)
      last = at;
    out += "  " + format_date(first->first);
    if (last != first) out += ".." + format_date(last->first);
    out += fmt::format(": {}\n", to_json(Value(first->second)));
  }
}

}  // namespace

IcalDays read_ical(std::string_view text, const IcalOptions& options) {
  return IcalReader(options).read(without_mark(text));
}

std::string calendar_yaml(const IcalDays& days, const std::string& description) {
  std::set<int> years;
  for (const auto* list : {&days.holidays, &days.workdays})
    for (const auto& [date, name] : *list) years.insert(date.year);
  std::vector<std::string> written;
  for (const int year : years) written.push_back(fmt::format("{}", year));
  std::string out = fmt::format("description: {}\nyears: [{}]\n", to_json(Value(description)),
                                join(written, ", "));
  write_days(out, "holidays", days.holidays);
  write_days(out, "workdays", days.workdays);
  return out;
}

}  // namespace gantry::spec
