// lint, version, and what all commands share.
#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "app/build_facts.h"
#include "app/calendar_folder.h"
#include "app/commands.h"
#include "app/complain.h"
#include "app/exit_code.h"
#include "app/home.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "base/limits.h"
#include "spec/diagnostics.h"
#include "spec/json_schema.h"
#include "spec/people.h"

namespace gantry::app {

Result<ValueMap> parse_params(const std::vector<std::string>& params) {
  ValueMap out;
  for (const std::string& param : params) {
    const auto equals = param.find('=');
    if (equals == std::string::npos || equals == 0)
      return about("bad-param", refuse({"'{}' is no param; write it as name=value",
                                        "“{}”不是参数；请写成 名称=值"},
                                       param));
    const Value name(param.substr(0, equals));
    if (Value(out).find(name) != nullptr)
      return about("bad-param",
                   refuse({"param '{}' is given twice", "参数“{}”给出了两次"}, to_text(name)));
    out.emplace_back(name, Value(param.substr(equals + 1)));
  }
  return out;
}

namespace {
namespace fs = std::filesystem;

// In the folder of a home: the configuration, and what the server itself writes.
bool is_of_server(const std::string& folder, const std::string& name) {
  const Home home{folder, join_path(folder, "data")};
  if (!is_folder(home.workflows())) return false;
  return name == "gantry.yaml" || (name.starts_with("data/") && is_folder(home.versions()));
}

Result<std::vector<std::string>> expand(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    struct stat st {};
    if (::stat(path.c_str(), &st) != 0 || !S_ISDIR(st.st_mode)) {
      files.push_back(path);
      continue;
    }
    TRY(const auto names, find_workflow_files(path));
    for (const std::string& name : names)
      if (!is_of_server(path, name)) files.push_back(join_path(path, name));
  }
  return files;
}

std::string lint_json(const std::vector<spec::Diagnostic>& problems, Lang lang) {
  JsonWriter w;
  w.array();
  for (const spec::Diagnostic& problem : problems) {
    w.object()
        .field("file", problem.file)
        .field("line", problem.line)
        .field("column", problem.column);
    w.field("severity", name_of(problem.severity).en)
        .field("code", problem.code)
        .field("message", message_in(problem, lang));
    if (!problem.suggestion.empty()) w.field("suggestion", problem.suggestion);
    w.end();
  }
  w.end();
  return std::move(w).text();
}

std::string all_good(const Context& context, std::size_t files) {
  const Text text = files == 1 ? Text{"1 file checked, no errors", "已检查 1 个文件，没有错误"}
                               : Text{"{} files checked, no errors", "已检查 {} 个文件，没有错误"};
  return fmt::format(fmt::runtime(text.in(context.terminal.lang)), files);
}

// The home asked for, and any other that looks like one.
bool is_home(const fs::path& folder, const std::string& home_option) {
  const auto home = find_home(home_option);
  return is_folder((folder / "workflows").string()) ||
         (home.ok() && fs::weakly_canonical(home->root) == folder);
}

// By its place: what the server takes it for. Elsewhere a file people.yaml with the key `people`
// is one of people, and any other is a workflow.
enum class FileKind { Workflow, Calendar, People };

FileKind kind_of(const std::string& path, const std::string& home_option) {
  std::error_code failure;
  const fs::path file = fs::weakly_canonical(path, failure);
  const fs::path folder = file.parent_path();
  if (folder.filename() == "calendars" && is_home(folder.parent_path(), home_option))
    return FileKind::Calendar;
  if (file.filename() != "people.yaml") return FileKind::Workflow;
  if (is_home(folder, home_option)) return FileKind::People;
  const auto text = read_file(path);
  const bool has_key = text.ok() && ("\n" + *text).find("\npeople:") != std::string::npos;
  return has_key ? FileKind::People : FileKind::Workflow;
}

std::vector<spec::Diagnostic> problems_of_people(const std::string& path) {
  const auto text = read_file(path);
  if (!text.ok()) return {file_problem(path, "unreadable", text.error())};
  return spec::load_people(*text, path).diagnostics;
}

// With those it includes, which lie beside it.
std::vector<spec::Diagnostic> problems_of_calendar(const std::string& path) {
  const auto text = read_file(path, limits::kDefinitionBytesMax);
  if (!text.ok()) return {file_problem(path, "unreadable", text.error())};
  auto loaded = spec::load_calendar(*text, name_of_file(path), path);
  if (!loaded.calendar) return loaded.diagnostics;
  const fs::path folder = fs::path(path).parent_path();
  CalendarFolder beside(folder.empty() ? "." : folder.string(), CalendarFolder::Tell::Nobody);
  beside.scan();
  for (const api::CalendarView& view : beside.list())
    if (view.name == name_of_file(path)) return view.problems;
  return {};
}

std::vector<spec::Diagnostic> problems_of(const std::string& path,
                                          const spec::KnownCalendars& calendars,
                                          const std::string& home_option) {
  switch (kind_of(path, home_option)) {
    case FileKind::Calendar: return problems_of_calendar(path);
    case FileKind::People: return problems_of_people(path);
    case FileKind::Workflow: break;
  }
  return load_workflow_file(path, name_of_file(path), &calendars).result.diagnostics;
}

}  // namespace

int lint(const Context& context, const std::vector<std::string>& paths) {
  auto files = expand(paths);
  if (!files.ok()) return complain(files.error());
  std::vector<spec::Diagnostic> problems;
  bool failed = false;
  const spec::Calendars calendars = read_calendars(context.home_option)->calendars();
  const spec::KnownCalendars known{calendars, date_of_today()};
  for (const auto& [path, other] : twins_of(*files)) {
    problems.push_back(twin_problem(path, other));
    failed = true;
  }
  for (const std::string& path : *files) {
    for (spec::Diagnostic& problem : problems_of(path, known, context.home_option)) {
      failed = failed || problem.severity == spec::Severity::Error;
      problems.push_back(std::move(problem));
    }
  }
  if (context.json) {
    fmt::print("{}\n", lint_json(problems, context.terminal.lang));
  } else {
    print_problems(stdout, problems, context.terminal.lang);
    if (!failed && !context.quiet) fmt::print("{}\n", all_good(context, files->size()));
  }
  return failed ? kInvalid : kSucceeded;
}

int schema(const Context& context) {
  fmt::print("{}\n", spec::json_schema(context.terminal.lang));
  return kSucceeded;
}

int version(const Context& context) {
  const BuildFacts& b = kBuildFacts;
  if (context.json) {
    fmt::print(
        "{{\"version\":\"{}\",\"commit\":\"{}\",\"date\":\"{}\",\"build\":\"{}\","
        "\"compiler\":\"{}\"}}\n",
        GANTRY_VERSION, b.commit, b.date, b.type, b.compiler);
    return kSucceeded;
  }
  const Text facts{"gantry {}\n  commit   {} of {}\n  build    {}, {}\n",
                   "gantry {}\n  提交     {}，{}\n  构建     {}，{}\n"};
  fmt::print(fmt::runtime(facts.in(context.terminal.lang)), GANTRY_VERSION, b.commit, b.date,
             b.type, b.compiler);
  return kSucceeded;
}

}  // namespace gantry::app
