#include "app/workflow_files.h"

#include <fnmatch.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/explain.h"
#include "base/files.h"
#include "base/text.h"
#include "forms/forms.h"
#include "spec/directory_files.h"

namespace gantry::app {

namespace {
std::vector<std::string> ignored_globs(const std::string& folder) {
  std::vector<std::string> globs;
  const auto text = read_file(folder + "/.gantryignore", limits::kBodyBytesMax);
  if (!text.ok()) return globs;
  for (const std::string_view line : split(*text, '\n'))
    if (const auto glob = trim(line); !glob.empty() && glob.front() != '#')
      globs.emplace_back(glob);
  return globs;
}

Status find_below(const std::string& folder, const std::string& prefix, int depth,
                  std::vector<std::string>& out) {
  TRY(const auto names, list_directory(folder));
  for (const std::string& name : names) {
    if (name.front() == '.') continue;
    const std::string path = join_path(folder, name);
    if (is_folder(path)) {
      if (depth < kFolderDepthMax)
        TRY_STATUS(find_below(path, prefix + name + "/", depth + 1, out));
    } else if (forms::form_of_name(name)) {
      out.push_back(prefix + name);
    }
  }
  return ok();
}
}  // namespace

bool is_folder(const std::string& path) {
  struct stat st {};
  return ::lstat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

std::string name_of_file(const std::string& path) {
  const std::string name = base_name(path);
  if (const auto form = forms::form_of_name(name)) return forms::workflow_name_of(name);
  const auto dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

std::string workflow_name_of(const std::string& file) { return forms::workflow_name_of(file); }

Result<std::vector<std::string>> find_workflow_files(const std::string& folder) {
  std::vector<std::string> files;
  TRY_STATUS(find_below(folder, "", 0, files));
  const auto globs = ignored_globs(folder);
  std::erase_if(files, [&](const std::string& file) {
    return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
      return ::fnmatch(glob.c_str(), file.c_str(), 0) == 0;
    });
  });
  std::sort(files.begin(), files.end());
  return files;
}

spec::Diagnostic file_problem(const std::string& path, std::string code, const Error& why) {
  spec::Diagnostic problem;
  problem.file = path;
  problem.line = problem.column = 1;
  problem.code = std::move(code);
  problem.message = why.message;
  problem.zh = why.zh;
  return problem;
}

std::map<std::string, std::string> twins_of(const std::vector<std::string>& files) {
  std::map<std::string, std::string> first, out;
  for (const std::string& file : files) {
    const auto [found, is_new] = first.try_emplace(workflow_name_of(file), file);
    if (is_new || found->second == file) continue;
    out[file] = found->second;
    out.try_emplace(found->second, file);
  }
  return out;
}

spec::Diagnostic twin_problem(const std::string& path, const std::string& other) {
  return file_problem(path, "duplicate-name",
                      refuse({"{} has the same name, so neither is loaded; rename one of them",
                              "{} 与它同名，因此两个都不加载；请给其中一个改名"},
                             other));
}

namespace {
std::string here() {
  char path[PATH_MAX];
  return ::getcwd(path, sizeof path) == nullptr ? "?" : path;
}

spec::Diagnostic unreadable(const std::string& path, const Error& why) {
  if (is_folder(path))
    return file_problem(path, "unreadable",
                        refuse({"this is a folder; name a workflow file in it",
                                "这是一个文件夹；请给出其中的工作流文件"}));
  if (why.code == Code::NotFound)
    return file_problem(
        path, "unreadable",
        refuse({"there is no such file; the path is seen from {}", "没有这个文件；路径相对于 {}"},
               here()));
  return file_problem(path, why.code == Code::ResourceExhausted ? "too-large" : "unreadable", why);
}
}  // namespace

LoadedFile load_workflow_file(const std::string& path, const std::string& name,
                              const spec::KnownCalendars* calendars) {
  LoadedFile file{name, path, {}};
  auto text = read_file(path, limits::kDefinitionBytesMax);
  auto files = spec::DirectoryFileSource::open(parent_path(path));
  if (!text.ok() || !files.ok())
    file.result.diagnostics.push_back(unreadable(path, text.ok() ? files.error() : text.error()));
  else
    file.result = forms::load(*text, forms::form_of_path(path), name, path, *files, calendars);
  return file;
}

}  // namespace gantry::app
