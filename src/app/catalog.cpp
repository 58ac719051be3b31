#include "app/catalog.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <future>

#include "app/versions.h"
#include "base/clock.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/log.h"

namespace gantry::app {

namespace {
// Definitions that the engine has and has not answered: many share a commit.
constexpr std::size_t kSubmittedMax = 256;
// Two writes within a tick of the file system's clock leave the same time.
constexpr std::int64_t kFreshNs = 100'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

bool has_errors(const std::vector<spec::Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const spec::Diagnostic& d) { return d.severity == spec::Severity::Error; });
}
}  // namespace

// A file that is on its way through the engine.
struct Catalog::Submitted {
  std::string name;
  std::string path;
  std::string file = {};  // as it was found
  std::future<model::Answer> answer;
};

std::optional<Catalog::Look> Catalog::look_at(const std::string& path) {
  struct stat st {};
  if (::stat(path.c_str(), &st) != 0) return std::nullopt;
  return Look{static_cast<std::int64_t>(st.st_ino), st.st_size, nanoseconds(st.st_mtim),
              nanoseconds(st.st_ctim)};
}

Result<CatalogSummary> Catalog::scan() {
  const MutexLock lock(scanning_);
  TRY(const auto files, find_workflow_files(home_.workflows()));
  CatalogSummary summary;
  Queue queue;
  const auto twins = twins_of(files);
  for (const std::string& file : files) {
    if (twins.contains(file)) continue;
    load(file, queue, summary);
    if (queue.size() >= kSubmittedMax) settle(queue, summary);
  }
  settle(queue, summary);
  retry_cycles(summary);
  refuse_twins(twins, summary);
  forget_others(files);
  tell_lacks();
  return summary;
}

void Catalog::load(const std::string& file, Queue& queue, CatalogSummary& summary) {
  const std::string path = join_path(home_.workflows(), file);
  const std::string name = workflow_name_of(file);
  const auto look = look_at(path);
  if (const auto known = looks_.find(name); look && known != looks_.end() && known->second == *look)
    return;
  if (name.starts_with(model::kWrapFolder)) {
    ++summary.failed;
    return note(name, {file_problem(path, "refused",
                                    refuse({"the folder wrap/ is that of gantry wrap; take another",
                                            "文件夹 wrap/ 属于 gantry wrap；请换一个"}))});
  }
  const spec::Calendars calendars = calendars_.calendars();
  const spec::KnownCalendars known_calendars{calendars, date_of_today()};
  LoadedFile loaded = load_workflow_file(path, name, &known_calendars);
  // What names other files is read each time: those may have changed instead.
  const bool stands_alone = loaded.result.definition && loaded.result.definition->files.empty();
  const std::int64_t now_ns = SystemClock().wall().us * 1'000;
  if (look && stands_alone && now_ns - look->altered_ns > kFreshNs)
    looks_[name] = *look;
  else
    looks_.erase(name);
  if (!loaded.result.definition) {
    ++summary.failed;
    return note(name, std::move(loaded.result.diagnostics));
  }
  remember_calendars(name, path, loaded.result.definition->workflow);
  queue.push_back(submit(loaded));
  queue.back().file = file;
}

Catalog::Submitted Catalog::submit(const LoadedFile& file) {
  auto definition = std::make_shared<const model::Definition>(*file.result.definition);
  auto promise = std::make_shared<std::promise<model::Answer>>();
  Submitted submitted{file.name, file.path, {}, promise->get_future()};
  Status taken = lay_out_version(home_.versions(), *definition);
  if (taken.ok() && !engine_.request(
                        [definition](model::ReplyTo reply) {
                          return model::Event(model::DefinitionLoaded{reply, "files", definition});
                        },
                        [promise](const model::Answer& answer) { promise->set_value(answer); }))
    taken = explain(Code::Unavailable, {"the engine is busy; it is read again at the next change",
                                        "引擎繁忙；下次改动时会再读取"});
  if (!taken.ok()) {
    model::Answer refusal;
    refusal.status = taken;
    promise->set_value(refusal);
  }
  return submitted;
}

void Catalog::settle(Queue& queue, CatalogSummary& summary) {
  for (Submitted& submitted : queue) {
    const model::Answer answer = submitted.answer.get();
    if (!answer.status.ok()) {
      ++summary.failed;
      looks_.erase(submitted.name);
      const Error& why = answer.status.error();
      const bool is_cycle = why.topic == "trigger-cycle";  // perhaps until another file is read
      if (is_cycle) again_.insert(submitted.file);
      note(submitted.name, {file_problem(submitted.path, is_cycle ? why.topic : "refused", why)});
      continue;
    }
    ++summary.loaded;
    if (answer.changed) ++summary.changed;
    note(submitted.name, {});
  }
  queue.clear();
}

// Files that turn round who starts whom may have been read in the wrong order.
void Catalog::retry_cycles(CatalogSummary& summary) {
  for (int changed = 0; changed != summary.changed && !again_.empty();) {
    changed = summary.changed;
    const auto files = std::exchange(again_, {});
    summary.failed -= static_cast<int>(files.size());
    Queue queue;
    for (const std::string& file : files) load(file, queue, summary);
    settle(queue, summary);
  }
  again_.clear();
}

// Once only one of them is left it is read again.
void Catalog::refuse_twins(const std::map<std::string, std::string>& twins,
                           CatalogSummary& summary) {
  std::map<std::string, std::vector<spec::Diagnostic>> problems;
  for (const auto& [file, other] : twins)
    problems[workflow_name_of(file)].push_back(
        twin_problem(join_path(home_.workflows(), file), join_path(home_.workflows(), other)));
  for (auto& [name, found] : problems) {
    ++summary.failed;
    looks_.erase(name);
    note(name, std::move(found));
  }
}

void Catalog::remember_calendars(const std::string& name, const std::string& path,
                                 const model::Workflow& workflow) {
  std::set<std::string> names;
  for (const model::Trigger& trigger : workflow.triggers)
    if (!trigger.timer->calendar.empty()) names.insert(trigger.timer->calendar);
  const MutexLock lock(mutex_);
  if (names.empty())
    used_.erase(name);
  else
    used_[name] = {path, std::move(names)};
}

// Tells what is new about a file: its errors, once, and that they are gone.
void Catalog::note(const std::string& name, std::vector<spec::Diagnostic> problems) {
  const MutexLock lock(mutex_);
  const auto known = problems_.find(name);
  if (!has_errors(problems)) {
    if (known == problems_.end()) return;
    problems_.erase(known);
    log_info("workflows", "{} is good again", name);
    return;
  }
  if (known != problems_.end() && known->second == problems) return;
  for (const spec::Diagnostic& problem : problems)
    if (problem.severity == spec::Severity::Error)
      log_warning("workflows", "{}", spec::to_line(problem));
  log_warning("workflows", "{} keeps its last good version, if it has one", name);
  problems_[name] = std::move(problems);
}

void Catalog::forget_others(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& file : files) names.push_back(workflow_name_of(file));
  const auto is_gone = [&names](const auto& entry) {
    return !std::binary_search(names.begin(), names.end(), entry.first);
  };
  std::sort(names.begin(), names.end());
  std::erase_if(looks_, is_gone);
  const MutexLock lock(mutex_);
  std::erase_if(problems_, is_gone);
  std::erase_if(used_, is_gone);
}

namespace {
// What a live workflow lacks: its file was good when it was read.
std::vector<spec::Diagnostic> lacks(const std::set<std::string>& names,
                                    const spec::KnownCalendars& known, const std::string& path) {
  std::vector<spec::Diagnostic> out;
  for (const std::string& name : names) {
    const auto calendar = known.calendars.find(name);
    if (calendar == known.calendars.end()) {
      out.push_back(file_problem(path, "unknown-calendar",
                                 refuse({"there is no calendar '{}'; the timers that name it wait",
                                         "没有日历“{}”；引用它的定时器在等待"},
                                        name)));
    } else if (const auto year = spec::missing_year(*calendar->second, known.today)) {
      out.push_back(file_problem(path, "calendar-ends",
                                 refuse({"the calendar '{}' does not know the holidays of {}",
                                         "日历“{}”没有 {} 年的节假日"},
                                        name, *year)));
      out.back().severity = spec::Severity::Warning;
    }
  }
  return out;
}
}  // namespace

// Once for each.
void Catalog::tell_lacks() {
  std::set<std::string> lines;
  for (const api::FileProblem& problem : problems())
    for (const spec::Diagnostic& diagnostic : problem.diagnostics)
      if (diagnostic.code == "unknown-calendar" || diagnostic.code == "calendar-ends")
        lines.insert(spec::to_line(diagnostic));
  for (const std::string& line : lines)
    if (!told_lacks_.contains(line)) log_warning("calendars", "{}", line);
  told_lacks_ = std::move(lines);
}

std::vector<api::FileProblem> Catalog::problems() const {
  const spec::Calendars calendars = calendars_.calendars();
  const spec::KnownCalendars known{calendars, date_of_today()};
  const MutexLock lock(mutex_);
  std::map<std::string, std::vector<spec::Diagnostic>> all = problems_;
  for (const auto& [name, use] : used_) {
    auto lacking = lacks(use.calendars, known, use.path);
    if (!lacking.empty() && !problems_.contains(name)) all[name] = std::move(lacking);
  }
  std::vector<api::FileProblem> out;
  for (const auto& [name, diagnostics] : all) out.push_back({name, diagnostics});
  return out;
}

}  // namespace gantry::app
