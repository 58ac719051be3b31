#include "app/catalog.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <future>

#include "app/versions.h"
#include "base/files.h"
#include "base/log.h"
#include "base/text.h"
#include "spec/directory_files.h"

namespace gantry::app {

namespace {
constexpr std::string_view kExtension = ".yaml";
constexpr int kFolderDepthMax = 16;

bool is_folder(const std::string& path) {
  struct stat st {};
  return ::lstat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

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
    } else if (name.ends_with(kExtension) && name.size() > kExtension.size()) {
      out.push_back(prefix + name);
    }
  }
  return ok();
}
}  // namespace

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

namespace {
spec::Diagnostic unreadable(const std::string& path, const Error& why) {
  spec::Diagnostic problem;
  problem.file = path;
  problem.line = problem.column = 1;
  problem.code = why.code == Code::ResourceExhausted ? "too-large" : "unreadable";
  problem.message = why.message;
  return problem;
}
}  // namespace

LoadedFile load_workflow_file(const std::string& path, const std::string& name) {
  LoadedFile file{name, path, {}};
  auto text = read_file(path, limits::kDefinitionBytesMax);
  auto files = spec::DirectoryFileSource::open(parent_path(path));
  if (!text.ok() || !files.ok())
    file.result.diagnostics.push_back(unreadable(path, text.ok() ? files.error() : text.error()));
  else
    file.result = spec::load(*text, name, path, *files);
  return file;
}

Result<CatalogSummary> Catalog::scan() {
  TRY(const auto names, find_workflow_files(home_.workflows()));
  CatalogSummary summary;
  for (const std::string& name : names) {
    const LoadedFile file = load_workflow_file(join_path(home_.workflows(), name),
                                               name.substr(0, name.size() - kExtension.size()));
    for (const spec::Diagnostic& problem : file.result.diagnostics)
      if (problem.severity == spec::Severity::Error)
        log_warning("workflows", "{}", spec::to_line(problem));
    const Status taken = file.result.definition ? submit(file) : Status(invalid("it has errors"));
    if (!taken.ok())
      log_warning("workflows", "{} keeps its last good version: {}", file.name,
                  taken.error().message);
    ++(taken.ok() ? summary.loaded : summary.failed);
  }
  return summary;
}

Status Catalog::submit(const LoadedFile& file) {
  auto definition = std::make_shared<const model::Definition>(*file.result.definition);
  TRY_STATUS(lay_out_version(home_.versions(), *definition));
  auto committed = std::make_shared<std::promise<Status>>();
  auto answer = committed->get_future();
  const bool accepted = engine_.request(
      [definition](model::ReplyTo reply) {
        return model::Event(model::DefinitionLoaded{reply, "files", definition});
      },
      [committed](const model::Answer& a) { committed->set_value(a.status); });
  if (!accepted) return error(Code::Unavailable, "the engine is busy");
  return answer.get();
}

}  // namespace gantry::app
