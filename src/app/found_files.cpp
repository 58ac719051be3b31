#include "app/found_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>

#include "base/explain.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/utf8.h"

namespace gantry::app {

namespace {
constexpr std::int64_t kNanoseconds = 1'000'000'000;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

FoundFile file_of(std::string path, const struct stat& info) {
  FoundFile file;
  file.path = std::move(path);
  file.device = info.st_dev;
  file.inode = info.st_ino;
  file.modified_ns = info.st_mtim.tv_sec * kNanoseconds + info.st_mtim.tv_nsec;
  file.size_bytes = info.st_size;
  file.changed_at = Instant{info.st_ctim.tv_sec * 1'000'000 + info.st_ctim.tv_nsec / 1'000};
  return file;
}

// One walk. The first problem stays; a bound that is met ends it.
class Walk {
 public:
  explicit Walk(const spec::FilePattern& pattern) : names_(pattern.names) {}

  FoundFiles take(const std::string& folder) {
    Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    found_.is_folder_there = fd.valid();
    if (fd.valid())
      visit(std::move(fd), folder == "/" ? "" : folder, 0);
    else
      unreadable(folder);
    std::sort(found_.files.begin(), found_.files.end(),
              [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; });
    return std::move(found_);
  }

 private:
  void problem(Error error) {
    if (!found_.problem) found_.problem = std::move(error);
  }

  void unreadable(const std::string& folder) {
    const int code = errno;
    const Error why = errno_error("cannot read");
    if (code == ENOENT)
      return problem(explain(Code::NotFound,
                             {"the folder {} is not there: make it; it is looked for every 10 s",
                              "文件夹 {} 不存在：请创建它；每 10 秒查找一次"},
                             folder));
    if (code == EACCES)
      return problem(explain(Code::PermissionDenied,
                             {"the folder {} can not be read: the server's user needs the "
                              "permissions r and x on it",
                              "无法读取文件夹 {}：服务器的用户需要对它的 r 和 x 权限"},
                             folder));
    problem(explain(why.code, {"the folder {} can not be read: {}", "无法读取文件夹 {}：{}"},
                    folder, why.message));
  }

  void visit(Fd fd, const std::string& path, std::size_t depth) {
    if (++folders_ > limits::kFoldersWatchedMax) return too_many();
    if (level_ == limits::kFileLevelsMax) return too_deep(path);
    ++level_;
    list(std::move(fd), path, depth);
    --level_;
  }

  void list(Fd fd, const std::string& path, std::size_t depth) {
    const int at = fd.get();
    const Folder folder(::fdopendir(at));
    if (!folder) return unreadable(path);
    (void)fd.release();  // it is the folder's now
    while (const dirent* entry = ::readdir(folder.get())) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") look_at(at, path, name, depth);
      if (full_) return;
    }
  }

  // `**` stands for this folder and for any below it.
  void look_at(int folder, const std::string& path, const std::string& name, std::size_t depth) {
    const bool any = names_[depth] == spec::kAnyFolders;
    const std::size_t next = any ? depth + 1 : depth;
    const bool wanted = names_[next] == spec::kAnyFolders || spec::matches_name(names_[next], name);
    const bool below = any && name.front() != '.';
    if (!wanted && !below) return;
    struct stat info {};
    if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return;  // gone
    if (S_ISDIR(info.st_mode)) {
      if (below) enter(folder, path, name, depth);
      if (wanted && next + 1 < names_.size()) enter(folder, path, name, next + 1);
    }
    if (S_ISREG(info.st_mode) && wanted && next + 1 == names_.size()) add(path + "/" + name, info);
  }

  void enter(int folder, const std::string& path, const std::string& name, std::size_t depth) {
    Fd fd(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd.valid()) return visit(std::move(fd), path + "/" + name, depth);
    if (errno != ENOENT && errno != ELOOP && errno != ENOTDIR) unreadable(path + "/" + name);
  }

  void add(const std::string& path, const struct stat& info) {
    if (!is_utf8(path))
      return problem(refuse({"the file {} is not taken: its name is no UTF-8; rename it",
                             "不接收文件 {}：其名称不是 UTF-8；请重命名"},
                            repair_utf8(path)));
    if (!paths_.insert(path).second) return;  // several ways through `**`
    if (found_.files.size() == limits::kFilesWatchedMax) return too_many();
    found_.files.push_back(file_of(path, info));
  }

  void too_deep(const std::string& path) {
    problem(explain(Code::ResourceExhausted,
                    {"{} is more than {} folders deep: what is in it is not seen",
                     "{} 的深度超过 {} 层：其中的文件不会被看到"},
                    path, limits::kFileLevelsMax));
  }

  void too_many() {
    full_ = true;
    found_.problem = explain(
        Code::ResourceExhausted,
        {"there are more than {} files or {} folders: the others are not seen until some are "
         "moved away; narrow the pattern, or let the workflow move what is done",
         "超过 {} 个文件或 {} 个文件夹：移走一部分之前其余的不会被看到；请缩小模式，或让工作流移走"
         "已处理的文件"},
        limits::kFilesWatchedMax, limits::kFoldersWatchedMax);
  }

  const std::vector<std::string>& names_;
  FoundFiles found_;
  std::set<std::string> paths_;
  std::size_t folders_ = 0;  // visited
  std::size_t level_ = 0;    // each holds a descriptor
  bool full_ = false;
};
}  // namespace

FoundFiles DiskFinder::find(const spec::FilePattern& pattern) {
  return Walk(pattern).take(pattern.folder);
}

}  // namespace gantry::app
