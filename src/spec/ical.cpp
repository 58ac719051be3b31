#include "spec/ical.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "schedule/calendar.h"
#include "schedule/zone.h"
#include "spec/diagnostics.h"
#include "spec/ical_rule.h"
#include "spec/yaml_text.h"

namespace gantry::spec {

namespace {

constexpr int kMinutesPerDay = 24 * 60;
constexpr int kFirstYear = 1900;
constexpr std::int64_t kDaysOfEventMax = 366;

// NAME;PARAM=VALUE:TEXT of one unfolded line.
struct Property {
  std::string name, params, value;
  int line = 0;
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// A line that begins with a space or a tab goes on with the line before.
std::vector<Property> properties_of(std::string_view text) {
  std::vector<std::pair<std::string, int>> lines;
  int number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool goes_on = line.starts_with(' ') || line.starts_with('\t');
    if (goes_on && !lines.empty())
      lines.back().first += line.substr(1);
    else if (!line.empty())
      lines.emplace_back(line, number);
  }
  std::vector<Property> out;
  for (const auto& [line, at] : lines) {
    bool quoted = false;
    std::size_t colon = 0;
    for (; colon < line.size() && (quoted || line[colon] != ':'); ++colon)
      if (line[colon] == '"') quoted = !quoted;
    const std::string head = line.substr(0, colon);
    const auto semicolon = std::min(head.find(';'), head.size());
    out.push_back({upper(head.substr(0, semicolon)), upper(head.substr(semicolon)),
                   colon < line.size() ? line.substr(colon + 1) : "", at});
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' || text[i] == 'N' ? ' ' : text[i];
  }
  return std::string(trim(out));
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [text](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

enum class Mark { None, Off, Work };

// Chinese calendars write 休 for a day off and 班 for a make-up day; 调休 alone says neither.
Mark mark_of(const std::string& text) {
  if (has_any(upper(text), {"ALTERNATE-WORKDAY", "MAKE-UP WORK", "MAKEUP WORK", "WORKDAY"}))
    return Mark::Work;
  if (has_any(upper(text), {"WORK-HOLIDAY"})) return Mark::Off;
  std::string rest = text;
  for (auto at = rest.find("调休"); at != std::string::npos; at = rest.find("调休"))
    rest.erase(at, std::string_view("调休").size());
  if (has_any(rest, {"班"})) return Mark::Work;
  return has_any(rest, {"休", "放假"}) ? Mark::Off : Mark::None;
}

// "国庆节（休）" -> "国庆节".
std::string without_mark_words(std::string name) {
  for (const std::string_view word :
       {"（休）", "（班）", "(休)", "(班)", "[休]", "[班]", "【休】", "【班】", " 休", " 班"})
    if (const auto at = name.find(word); at != std::string::npos) name.erase(at, word.size());
  return std::string(trim(name));
}

struct Event {
  int line = 0;
  std::string name, marks;
  std::optional<Property> start, end, duration, rule;
  std::vector<Property> extra_dates, left_out_dates;
  bool cancelled = false;
};

struct Entry {
  CivilDate date;
  std::string name;
  Mark mark = Mark::None;
  int line = 0;
};

class IcalReader {
 public:
  explicit IcalReader(const IcalOptions& options) : options_(options), problems_(options.file) {}

  IcalDays read(std::string_view text) {
    const auto properties = properties_of(text);
    if (properties.empty() || properties[0].name != "BEGIN" ||
        upper(properties[0].value) != "VCALENDAR")
      problems_.add(BadValue, {1, 1},
                    refuse({"this is no iCalendar file: it does not begin with BEGIN:VCALENDAR",
                            "这不是 iCalendar 文件：开头不是 BEGIN:VCALENDAR"}));
    else
      for (const Property& property : properties) take(property);
    keep_entries();
    out_.problems = problems_.take();
    return std::move(out_);
  }

 private:
  void note(int line, const Error& what) {
    problems_.add_as(Severity::Warning, BadValue, {line, 1}, what);
  }

  void take(const Property& p) {
    if (p.name == "BEGIN") {
      if (depth_ > 0) ++depth_;  // an alarm in an event says nothing about days
      if (upper(p.value) == "VEVENT") {
        event_ = Event{};
        event_.line = p.line;
        depth_ = 1;
      } else if (upper(p.value) == "VTODO" || upper(p.value) == "VJOURNAL") {
        note(p.line,
             refuse({"{} is left out: only events are read", "{} 被略过：只读取事件"}, p.value));
      }
      return;
    }
    if (p.name == "END" && depth_ > 0 && --depth_ == 0) return end_event();
    if (p.name == "X-WR-TIMEZONE") read_zone(p);
    if (depth_ == 1) take_of_event(p);
  }

  void read_zone(const Property& p) {
    auto zone = schedule::find_zone(p.value);
    if (zone.ok())
      zone_ = *zone;
    else
      note(p.line, zone.error());
  }

  void take_of_event(const Property& p) {
    if (p.name == "SUMMARY") event_.name = unescaped(p.value);
    if (p.name == "CATEGORIES" || p.name == "X-APPLE-SPECIAL-DAY")
      event_.marks += " " + unescaped(p.value);
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
    if (p.name == "STATUS" && upper(p.value) == "CANCELLED") event_.cancelled = true;
    if (p.name == "EXRULE" || p.name == "RECURRENCE-ID")
      note(p.line, refuse({"{} is not understood and left out", "{} 无法理解，已略过"}, p.name));
  }

  // A time in UTC is that of the calendar's zone, if it names one.
  std::optional<IcalTime> time_of(const Property& p, std::string_view text) {
    auto time = parse_ical_time(text);
    if (!time || time->date.year < kFirstYear || time->date.year > options_.last_year + 100) {
      note(p.line,
           refuse({"{} is no date: '{}'; the event is left out", "{} 不是日期：“{}”；该事件被略过"},
                  p.name, p.value));
      return std::nullopt;
    }
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
      const auto end = time_of(*event.end, event.end->value);
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
    if (event.cancelled)
      return note(event.line,
                  refuse({"'{}' is cancelled and left out", "“{}”已取消，被略过"}, event.name));
    if (!event.start)
      return note(event.line,
                  refuse({"an event without DTSTART is left out", "没有 DTSTART 的事件被略过"}));
    const auto start = time_of(*event.start, event.start->value);
    if (!start) return;
    const auto length = days_of_event(event, *start);
    if (!length) return;
    std::set<CivilDate> begins{start->date};
    if (event.rule && !follow(event, start->date, begins)) return;
    for (const Property& p : event.extra_dates)
      for (const CivilDate date : dates_in(p)) begins.insert(date);
    for (const Property& p : event.left_out_dates)
      for (const CivilDate date : dates_in(p)) begins.erase(date);
    const Mark mark = mark_of(event.marks + " " + event.name);
    for (const CivilDate begin : begins)
      for (std::int64_t i = 0; i < *length; ++i)
        entries_.push_back({civil_from_days(days_from_civil(begin) + i),
                            without_mark_words(event.name), mark, event.line});
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

  std::vector<CivilDate> dates_in(const Property& p) {
    std::vector<CivilDate> out;
    for (const std::string_view item : split(p.value, ','))
      if (const auto time = time_of(p, item)) out.push_back(time->date);
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
    auto& other = is_work ? out_.holidays : out_.workdays;
    if (other.contains(entry.date))
      return note(entry.line, refuse({"{} is both a day off and a working day; '{}' is left out",
                                      "{} 既是休息日又是工作日；“{}”被略过"},
                                     format_date(entry.date), entry.name));
    (is_work ? out_.workdays : out_.holidays).emplace(entry.date, entry.name);
  }

  const IcalOptions& options_;
  Diagnostics problems_;
  schedule::Zone zone_;
  int depth_ = 0;  // in an event, and what is in it
  Event event_;
  std::vector<Entry> entries_;
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
           days_from_civil(at->first) == days_from_civil(last->first) + 1)
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
