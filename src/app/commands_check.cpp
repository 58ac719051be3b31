// lint, version, and what all commands share.
#include <fmt/format.h>
#include <sys/stat.h>

#include "app/build_facts.h"
#include "app/calendar_folder.h"
#include "app/commands.h"
#include "app/complain.h"
#include "app/exit_code.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
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

std::string name_of_file(const std::string& path) {
  const std::string name = base_name(path);
  const auto dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
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
    for (const std::string& name : names) files.push_back(join_path(path, name));
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

// A file people.yaml with the key `people` is that of a home; any other is a workflow.
std::optional<std::string> people_text(const std::string& path) {
  if (base_name(path) != "people.yaml") return std::nullopt;
  auto text = read_file(path);
  if (!text.ok() || ("\n" + *text).find("\npeople:") == std::string::npos) return std::nullopt;
  return std::move(text).value();
}

std::vector<spec::Diagnostic> problems_of(const std::string& path,
                                          const spec::KnownCalendars& calendars) {
  if (const auto people = people_text(path)) return spec::load_people(*people, path).diagnostics;
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
  for (const std::string& path : *files) {
    for (spec::Diagnostic& problem : problems_of(path, known)) {
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
