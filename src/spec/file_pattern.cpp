#include "spec/file_pattern.h"

#include <fnmatch.h>

#include <algorithm>

#include "base/explain.h"
#include "base/text.h"

namespace gantry::spec {

namespace {
bool is_pattern(std::string_view name) { return name.find_first_of("*?[") != name.npos; }
}  // namespace

Status check_file_pattern(std::string_view text) {
  if (!text.starts_with('/'))
    return refuse({"'path' begins with '/': it is meant on the server, whatever its folder is",
                   "'path' 须以 '/' 开头：指服务器上的路径，与其当前文件夹无关"});
  if (text.ends_with('/'))
    return refuse(
        {"'path' names files, so it does not end with '/'; all files of a folder are "
         "FOLDER/*",
         "'path' 指文件，不能以 '/' 结尾；文件夹中的所有文件写作 文件夹/*"});
  const auto names = split(text.substr(1), '/');
  for (const std::string_view name : names) {
    if (name == "." || name == ".." || name.empty())
      return refuse({"'path' holds '{}' as a name: write it without", "'path' 中不能有名称“{}”"},
                    name);
    if (name != kAnyFolders && name.find(kAnyFolders) != name.npos)
      return refuse({"'**' stands alone between '/', not as in '{}'",
                     "'**' 须单独位于两个 '/' 之间，不能写成“{}”"},
                    name);
  }
  if (text.find("**/**") != text.npos)
    return refuse({"'**/**' says no more than '**'", "'**/**' 与 '**' 含义相同，请只写一个"});
  if (names.back() == kAnyFolders)
    return refuse(
        {"'path' ends with the name of files: FOLDER/**/*", "'path' 须以文件名结尾：文件夹/**/*"});
  if (is_pattern(names.front()))
    return refuse({"'path' begins with a folder: the whole machine is not watched",
                   "'path' 须以具体文件夹开头：不能监视整台机器"});
  return ok();
}

FilePattern split_file_pattern(std::string_view text) {
  const auto names = split(text.substr(1), '/');
  auto first = std::find_if(names.begin(), names.end(), is_pattern);
  if (first == names.end()) first = std::prev(names.end());
  FilePattern pattern;
  for (auto at = names.begin(); at != first; ++at) pattern.folder += "/" + std::string(*at);
  if (pattern.folder.empty()) pattern.folder = "/";
  pattern.names.assign(first, names.end());
  return pattern;
}

bool matches_name(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

}  // namespace gantry::spec
