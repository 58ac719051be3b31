#include "app/calendar_folder.h"

#include <algorithm>
#include <set>

#include "app/home.h"
#include "app/workflow_files.h"
#include "base/clock.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/log.h"
#include "schedule/zone.h"

namespace gantry::app {

namespace {
constexpr std::string_view kExtension = ".yaml";

bool is_same(const spec::Calendars& a, const spec::Calendars& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && *x.second == *y.second;
  });
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> out;
  const auto names = list_directory(folder);
  if (!names.ok()) return out;
  for (const std::string& name : *names)
    if (name.front() != '.' && name.ends_with(kExtension) && name.size() > kExtension.size())
      out.insert(name.substr(0, name.size() - kExtension.size()));
  return out;
}
}  // namespace

spec::CalendarLoad CalendarFolder::read(const std::string& name) const {
  const std::string path = join_path(folder_, name + std::string(kExtension));
  const auto text = read_file(path, limits::kDefinitionBytesMax);
  if (text.ok()) return spec::load_calendar(*text, name, path);
  return {std::nullopt, {file_problem(path, "unreadable", text.error())}};
}

bool CalendarFolder::scan() {
  const MutexLock one(scanning_);
  const auto names = names_in(folder_);
  std::map<std::string, spec::CalendarLoad> read_now;
  for (const std::string& name : names) read_now.emplace(name, read(name));
  const MutexLock lock(mutex_);
  std::erase_if(good_, [&](const auto& entry) { return !names.contains(entry.first); });
  problems_.clear();
  for (auto& [name, loaded] : read_now) {
    if (loaded.calendar)
      good_[name] = std::move(*loaded.calendar);
    else
      problems_[name] = std::move(loaded.diagnostics);
  }
  spec::LinkedCalendars linked = spec::link_calendars(good_);
  for (spec::Diagnostic& problem : linked.diagnostics) {
    std::string name = base_name(problem.file);
    name.resize(name.size() - kExtension.size());
    problems_[name].push_back(std::move(problem));
  }
  // One that can no longer be linked stays as it was.
  for (const auto& [name, problems] : problems_)
    if (const auto before = calendars_.find(name); before != calendars_.end())
      linked.calendars.emplace(name, before->second);
  for (const auto& [name, problems] : problems_) tell(name, problems);
  told_ = problems_;
  const bool changed = !is_same(calendars_, linked.calendars);
  calendars_ = std::move(linked.calendars);
  return changed;
}

void CalendarFolder::tell(const std::string& name, const std::vector<spec::Diagnostic>& problems) {
  if (tell_ == Tell::Nobody) return;
  if (const auto told = told_.find(name); told != told_.end() && told->second == problems) return;
  for (const spec::Diagnostic& problem : problems)
    log_warning("calendars", "{}", spec::to_line(problem));
}

spec::Calendars CalendarFolder::calendars() const {
  const MutexLock lock(mutex_);
  return calendars_;
}

std::map<std::string, spec::CalendarFile> CalendarFolder::files() const {
  const MutexLock lock(mutex_);
  return good_;
}

std::vector<api::CalendarView> CalendarFolder::list() const {
  const MutexLock lock(mutex_);
  std::map<std::string, api::CalendarView> views;
  for (const auto& [name, calendar] : calendars_) {
    views[name].calendar = calendar;
    views[name].built_in = !good_.contains(name) && !problems_.contains(name);
  }
  for (const auto& [name, file] : good_) views[name].description = file.description;
  for (const auto& [name, problems] : problems_) views[name].problems = problems;
  for (const spec::BuiltInCalendar& built_in : spec::built_in_calendars())
    if (auto& view = views[std::string(built_in.name)]; view.built_in) {
      const std::string name(built_in.name);
      view.description = spec::load_calendar(built_in.text, name, name).calendar->description;
    }
  std::vector<api::CalendarView> out;
  for (auto& [name, view] : views) {
    view.name = name;
    out.push_back(std::move(view));
  }
  return out;
}

CivilDate date_of_today() { return schedule::local_date(schedule::Zone(), SystemClock().wall()); }

std::unique_ptr<CalendarFolder> read_calendars(const std::string& home_option) {
  const auto home = find_home(home_option);
  auto folder = std::make_unique<CalendarFolder>(home.ok() ? home->calendars() : std::string(),
                                                 CalendarFolder::Tell::Nobody);
  folder->scan();
  return folder;
}

}  // namespace gantry::app
