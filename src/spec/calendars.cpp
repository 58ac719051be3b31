#include "spec/calendars.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "spec/diagnostics.h"
#include "spec/fields.h"
#include "spec/names.h"

namespace gantry::spec {

using schedule::CalendarParts;
using schedule::WorkHours;
using schedule::WorkSpan;

namespace {

constexpr std::string_view kWeekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr int kFirstYear = 1900;
constexpr int kLastYear = 9998;
constexpr std::size_t kCircleShown = 10;

std::optional<int> weekday_called(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kWeekdays); ++i)
    if (kWeekdays[i] == name) return static_cast<int>(i);
  return std::nullopt;
}

// "9:00" or "09:00" in minutes; "24:00" is the end of the day.
std::optional<int> minute_of(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon > 2 || text.size() != colon + 3) return std::nullopt;
  int parts[2] = {0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == colon) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    int& part = parts[i > colon ? 1 : 0];
    part = part * 10 + (text[i] - '0');
  }
  constexpr int kDay = 24 * 60;
  const int minute = parts[0] * 60 + parts[1];
  return parts[1] < 60 && minute <= kDay ? std::optional(minute) : std::nullopt;
}

std::optional<int> year_of(std::string_view text) {
  if (text.size() != 4) return std::nullopt;
  const auto date = parse_date(std::string(text) + "-01-01");
  return date.ok() && date->year >= kFirstYear && date->year <= kLastYear
             ? std::optional(date->year)
             : std::nullopt;
}

class CalendarReader {
 public:
  CalendarReader(const Source& source, CalendarFile& out)
      : source_(source), root_(source.tree.root()), fields_(source, root_), out_(out) {}

  void read() {
    check_keys(source_, root_, kCalendarKeys);
    out_.description = fields_.plain_text("description").value_or("");
    read_week();
    read_dates("holidays", out_.parts.holidays);
    read_dates("workdays", out_.parts.workdays);
    read_hours();
    read_years();
    read_include();
  }

 private:
  void read_week() {
    if (!fields_.has("week")) return;
    std::uint8_t week = 0;
    for (const Node* node : fields_.texts("week"))
      if (const auto day = read_weekday(*node)) week |= static_cast<std::uint8_t>(1 << *day);
    out_.parts.week = week;
  }

  std::optional<int> read_weekday(const Node& node) {
    const auto day = weekday_called(node.text);
    if (!day)
      source_.problems.add(
          BadValue, node.place,
          refuse({"a day of the week is mon, tue, wed, thu, fri, sat or sun, not '{}'",
                  "星期为 mon、tue、wed、thu、fri、sat 或 sun，而不是“{}”"},
                 node.text),
          source_.problems.suggest(node.text, {std::begin(kWeekdays), std::end(kWeekdays)}));
    return day;
  }

  // A list of dates and ranges, or a map from them to names.
  void read_dates(std::string_view key, std::map<CivilDate, std::string>& into) {
    const Node* node = fields_.find(key);
    if (node == nullptr) return;
    if (node->kind != NodeKind::List && node->kind != NodeKind::Map)
      return report_type(
          source_, *node, key,
          {"a list of dates, or a map from dates to names", "日期的列表，或日期到名称的映射"});
    const bool is_map = node->kind == NodeKind::Map;
    for (std::size_t i = 0; i < node->children.size(); i += is_map ? 2 : 1) {
      const Node& date = source_.tree.at(node->children[i]);
      std::string name;
      if (is_map) {
        const Node& value = source_.tree.at(node->children[i + 1]);
        if (value.kind != NodeKind::Null) name = read_text(source_, value, date.text).value_or("");
      }
      read_span(key, date, name, into);
    }
  }

  void read_span(std::string_view key, const Node& node, const std::string& name,
                 std::map<CivilDate, std::string>& into) {
    const std::string_view text = node.text;
    const auto dots = text.find("..");
    const auto first = parse_date(text.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : parse_date(text.substr(dots + 2));
    if (!node.is_scalar() || !first.ok() || !last.ok() || first->year < kFirstYear ||
        last->year > kLastYear)
      return source_.problems.add(
          BadDate, node.place,
          refuse({"'{}' has dates like 2026-10-01 and ranges like 2026-10-01..2026-10-07, not '{}'",
                  "“{}”中应为 2026-10-01 这样的日期或 2026-10-01..2026-10-07 "
                  "这样的区间，而不是“{}”"},
                 key, node.is_scalar() ? node.text.substr(0, 60) : "..."));
    const std::int64_t begin = days_from_civil(*first);
    const std::int64_t end = days_from_civil(*last);
    if (end < begin || end - begin >= kRangeDaysMax)
      return source_.problems.add(
          OutOfRange, node.place,
          refuse({"the range '{}' is from 1 to {} days long", "区间“{}”的长度应为 1 到 {} 天"},
                 node.text, kRangeDaysMax));
    for (std::int64_t day = begin; day <= end; ++day)
      add_date(node, civil_from_days(day), name, into);
  }

  void add_date(const Node& node, CivilDate date, const std::string& name,
                std::map<CivilDate, std::string>& into) {
    const CalendarParts& parts = out_.parts;
    if (parts.holidays.contains(date) || parts.workdays.contains(date))
      return source_.problems.add(
          DuplicateName, node.place,
          refuse({"{} is listed twice", "{} 被列出了两次"}, format_date(date)));
    into.emplace(date, name);
  }

  // Of all working days, or by day of the week.
  void read_hours() {
    const Node* node = fields_.find("hours");
    if (node == nullptr) return;
    out_.parts.hours.emplace();
    if (node->kind == NodeKind::List) {
      out_.parts.hours->fill(read_spans(*node));
    } else if (node->kind == NodeKind::Map) {
      for (std::size_t i = 0; i < node->children.size(); i += 2)
        if (const auto day = read_weekday(source_.tree.at(node->children[i])))
          (*out_.parts.hours)[static_cast<std::size_t>(*day)] =
              read_spans(source_.tree.at(node->children[i + 1]));
    } else {
      report_type(source_, *node, "hours",
                  {"a list like [\"09:00-18:00\"], or such lists by day of the week",
                   "[\"09:00-18:00\"] 这样的列表，或按星期给出的列表"});
    }
  }

  WorkHours read_spans(const Node& node) {
    if (node.kind != NodeKind::List) {
      report_type(source_, node, "hours",
                  {"a list like [\"09:00-18:00\"]", "[\"09:00-18:00\"] 这样的列表"});
      return {};
    }
    WorkHours out;
    for (const NodeId id : node.children) {
      const Node& item = source_.tree.at(id);
      const auto span = read_work_span(item);
      if (span && (out.empty() || span->begin >= out.back().end))
        out.push_back(*span);
      else
        source_.problems.add(BadValue, item.place,
                             refuse({"working hours are spans like 09:00-12:00, in order and apart "
                                     "from each other",
                                     "工作时间应为 09:00-12:00 这样的时段，按先后排列且互不重叠"}));
    }
    return out;
  }

  static std::optional<WorkSpan> read_work_span(const Node& node) {
    const auto dash = node.text.find('-');
    if (!node.is_scalar() || dash == std::string::npos) return std::nullopt;
    const int begin = minute_of(node.text.substr(0, dash)).value_or(-1);
    const int end = minute_of(node.text.substr(dash + 1)).value_or(-1);
    if (begin < 0 || end <= begin) return std::nullopt;
    return WorkSpan{begin, end};
  }

  void read_years() {
    if (!fields_.has("years")) return;
    out_.parts.years.emplace();
    for (const Node* node : fields_.texts("years")) {
      const std::string_view text = node->text;
      const auto dash = text.find('-');
      const auto first = year_of(text.substr(0, dash));
      const auto last = dash == std::string_view::npos ? first : year_of(text.substr(dash + 1));
      if (!first || !last || *last < *first)
        source_.problems.add(BadValue, node->place,
                             refuse({"'years' has years like 2026 and ranges like 2023-2026, not "
                                     "'{}'",
                                     "'years' 中应为 2026 这样的年份或 2023-2026 "
                                     "这样的区间，而不是“{}”"},
                                    node->text));
      else
        for (int year = *first; year <= *last; ++year) out_.parts.years->insert(year);
    }
  }

  void read_include() {
    for (const Node* node : fields_.texts("include"))
      out_.include.push_back({node->text, node->place});
  }

  const Source& source_;
  const Node& root_;
  Fields fields_;
  CalendarFile& out_;
};

// Links each calendar after those it includes.
class Linker {
 public:
  explicit Linker(const std::map<std::string, CalendarFile>& files) : files_(files) {}

  LinkedCalendars link() {
    for (const auto& [name, file] : files_) {
      (void)file;
      (void)made(name);
    }
    return std::move(out_);
  }

 private:
  std::shared_ptr<const schedule::Calendar> made(const std::string& name) {
    if (const auto done = out_.calendars.find(name); done != out_.calendars.end())
      return done->second;
    if (!begun_.insert(name).second) return nullptr;  // within itself, or bad
    path_.push_back(name);
    const CalendarFile& file = files_.at(name);
    Diagnostics problems(file.file);
    CalendarParts parts = file.parts;
    for (const CalendarFile::Include& include : file.include)
      if (auto member = find(include, problems)) parts.include.push_back(std::move(member));
    std::shared_ptr<const schedule::Calendar> calendar;
    if (!problems.has_errors()) {
      auto result = schedule::Calendar::make(parts);
      if (result.ok())
        calendar = *result;
      else
        problems.add(OutOfRange, {1, 1}, result.error());
    }
    path_.pop_back();
    for (Diagnostic& problem : problems.take()) out_.diagnostics.push_back(std::move(problem));
    if (calendar) out_.calendars.emplace(name, calendar);
    return calendar;
  }

  std::shared_ptr<const schedule::Calendar> find(const CalendarFile::Include& include,
                                                 Diagnostics& problems) {
    if (!files_.contains(include.name)) {
      std::vector<std::string_view> names;
      for (const auto& [name, file] : files_) names.push_back(name);
      problems.add(UnknownCalendar, include.place,
                   refuse({"there is no calendar '{}'", "没有日历“{}”"}, include.name),
                   problems.suggest(include.name, names));
      return nullptr;
    }
    auto member = made(include.name);
    if (member) return member;
    if (const std::string circle = circle_to(include.name); !circle.empty())
      problems.add(
          BadValue, include.place,
          refuse({"calendars include each other in a circle: {}", "日历循环包含：{}"}, circle));
    else
      problems.add(BadValue, include.place,
                   refuse({"the calendar '{}' has errors", "日历“{}”有错误"}, include.name));
    return nullptr;
  }

  // "a -> b -> a" if `name` is being linked; else empty.
  std::string circle_to(const std::string& name) const {
    const auto first = std::find(path_.begin(), path_.end(), name);
    if (first == path_.end()) return {};
    std::vector<std::string> circle(first, path_.end());
    if (circle.size() > kCircleShown) {
      circle.resize(kCircleShown);
      circle.emplace_back("...");
    }
    circle.push_back(name);
    return join(circle, " -> ");
  }

  const std::map<std::string, CalendarFile>& files_;
  std::set<std::string> begun_;
  std::vector<std::string> path_;  // that are being linked, each included by the one before
  LinkedCalendars out_;
};

}  // namespace

CalendarLoad load_calendar(std::string_view text, const std::string& name,
                           const std::string& file) {
  Diagnostics problems(file);
  if (const auto fault = fault_of_id(name))
    problems.add(
        BadName, {1, 1},
        within(Text{"the calendar's name, which is its file's", "日历的名称（即文件名）"}, *fault));
  const std::string_view body = without_mark(text);
  if (!check_text(body, problems)) return {std::nullopt, problems.take()};
  const auto tree = parse_yaml(body, problems);
  if (!tree) return {std::nullopt, problems.take()};
  CalendarFile calendar;
  calendar.file = file;
  calendar.parts.name = name;
  CalendarReader({*tree, problems}, calendar).read();
  CalendarLoad out;
  if (!problems.has_errors()) out.calendar = std::move(calendar);
  out.diagnostics = problems.take();
  return out;
}

LinkedCalendars link_calendars(std::map<std::string, CalendarFile> files) {
  for (const BuiltInCalendar& built_in : built_in_calendars()) {
    const std::string name(built_in.name);
    if (files.contains(name)) continue;
    CalendarLoad loaded = load_calendar(built_in.text, name, name);
    CHECK(loaded.calendar.has_value());
    files.emplace(name, std::move(*loaded.calendar));
  }
  return Linker(files).link();
}

std::optional<int> missing_year(const schedule::Calendar& calendar, CivilDate today) {
  constexpr int kPublished = 11;  // the month
  if (!calendar.covers(today.year)) return today.year;
  if (today.month >= kPublished && !calendar.covers(today.year + 1)) return today.year + 1;
  return std::nullopt;
}

}  // namespace gantry::spec
