#include "spec/version_files.h"

#include <fmt/format.h>

#include <map>

#include "base/files.h"
#include "base/hash.h"
#include "base/limits.h"

namespace gantry::spec {

using model::VersionFile;

namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kWordEnds = " \t\r\n;&|()<>`\"'=,";
constexpr std::string_view kUnknowable = "$*?[]{}\\";

bool begins_word(std::string_view script, std::size_t at) {
  return at == 0 || kWordEnds.find(script[at - 1]) != std::string_view::npos;
}

bool is_redirect_target(std::string_view script, std::size_t at) {
  const auto before = script.substr(0, at).find_last_not_of(" \t\"'");
  return before != std::string_view::npos && script[before] == '>';
}

bool begins_comment(std::string_view script, std::size_t at) {
  return script[at] == '#' && (at == 0 || kBlank.find(script[at - 1]) != std::string_view::npos);
}

// "./a/./b" -> "a/b"; what is left of "." and "./" is empty.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") out += (out.empty() ? "" : "/") + std::string(part);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return out;
}

class Collector {
 public:
  Collector(const Source& source, const FileSource& files) : source_(source), files_(files) {}

  // `severity` is that of a file that is missing.
  void add(const std::string& path, model::SourcePlace place, Severity severity) {
    if (found_.contains(path) || full_) return;
    if (!is_inside_path(path) || path.find_first_of("\r\n") != std::string::npos)
      return source_.problems.add_as(
          severity, FileOutside, place,
          refuse({"'{}' is outside of the workflow's folder, so it can not be part of the version",
                  "“{}”在工作流的文件夹之外，不能成为版本的一部分"},
                 path));
    auto file = files_.read(path);
    if (!file.ok()) return report_unread(path, place, severity, file.error());
    bytes_ += file->content.size();
    found_.emplace(path, std::move(*file));
    if (found_.size() <= limits::kVersionFilesMax && bytes_ <= limits::kVersionBytesMax) return;
    full_ = true;
    source_.problems.add(
        FilesTooBig, place,
        refuse({"the files of a version are at most {} with {} bytes together; "
                "hand larger data on as paths outside",
                "一个版本最多有 {} 个文件，共 {} 字节；更大的数据请以外部路径传递"},
               limits::kVersionFilesMax, limits::kVersionBytesMax));
  }

  void add_glob(const Node& node) {
    const std::string pattern = without_dots(node.text);
    if (!is_inside_path(pattern))
      return source_.problems.add(
          FileOutside, node.place,
          refuse({"'{}' is outside of the workflow's folder", "“{}”在工作流的文件夹之外"},
                 node.text));
    auto paths = files_.glob(pattern);
    if (!paths.ok()) return source_.problems.add(FileMissing, node.place, paths.error());
    if (paths->empty())
      return source_.problems.add(
          FileMissing, node.place,
          refuse({"no file matches '{}'", "没有与“{}”匹配的文件"}, node.text));
    for (const std::string& path : *paths) add(path, node.place, Severity::Error);
  }

  std::vector<VersionFile> take() {
    std::vector<VersionFile> out;
    for (auto& [path, file] : found_) out.push_back(std::move(file));
    return out;
  }

 private:
  void report_unread(const std::string& path, model::SourcePlace place, Severity severity,
                     const Error& why) {
    if (why.code == Code::ResourceExhausted) return source_.problems.add(FilesTooBig, place, why);
    const bool missing = why.code == Code::NotFound;
    source_.problems.add_as(
        missing ? severity : Severity::Error,
        why.code == Code::PermissionDenied ? FileOutside : FileMissing, place,
        missing
            ? refuse({"there is no file '{}' beside the workflow", "工作流旁没有文件“{}”"}, path)
            : why);
  }

  const Source& source_;
  const FileSource& files_;
  std::map<std::string, VersionFile> found_;
  std::size_t bytes_ = 0;
  bool full_ = false;
};

void add_arguments(const TaskDraft& task, Collector& collector) {
  for (const Node* node : task.argv) {
    const bool is_literal = node->text.find("${{") == std::string::npos;
    if (!node->text.starts_with("./") || !is_literal) continue;
    const bool is_program = node == task.argv.front();
    // A later argument may be what the program is to write.
    collector.add(without_dots(node->text), node->place,
                  is_program ? Severity::Error : Severity::Warning);
  }
}

}  // namespace

std::vector<NamedPath> paths_in_script(std::string_view script) {
  std::vector<NamedPath> out;
  for (std::size_t at = 0; at < script.size(); ++at) {
    if (begins_comment(script, at)) {
      at = std::min(script.find('\n', at), script.size());
      continue;
    }
    if (script.substr(at, 2) != "./" || !begins_word(script, at)) continue;
    const std::size_t end = std::min(script.find_first_of(kWordEnds, at), script.size());
    const std::string_view word = script.substr(at, end - at);
    const bool known = word.find_first_of(kUnknowable) == std::string_view::npos;
    std::string path = without_dots(word);
    if (known && !path.empty() && !is_redirect_target(script, at))
      out.push_back({std::move(path), at});
    at = end == at ? at : end - 1;
  }
  return out;
}

std::vector<VersionFile> read_version_files(const Source& source, const Draft& draft,
                                            const FileSource& files) {
  Collector collector(source, files);
  for (const TaskDraft& task : draft.tasks) {
    add_arguments(task, collector);
    if (task.script == nullptr) continue;
    for (const NamedPath& named : paths_in_script(task.script->text))
      collector.add(named.path, source.tree.place_in(*task.script, named.offset),
                    Severity::Warning);
  }
  for (const Node* glob : draft.globs) collector.add_glob(*glob);
  return collector.take();
}

std::string version_hash(std::string_view text, const std::vector<VersionFile>& files) {
  std::string list = fmt::format("gantry-version 1\n{}\n", sha256_hex(text));
  for (const VersionFile& file : files)
    list += fmt::format("{} {} {}\n", file.hash, file.executable ? 'x' : '-', file.path);
  return sha256_hex(list);
}

}  // namespace gantry::spec
