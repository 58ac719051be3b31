#include "spec/directory_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/explain.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/limits.h"
#include "spec/glob.h"

namespace gantry::spec {

namespace {
Error leads_outside(const std::string& path) {
  return explain(Code::PermissionDenied,
                 {"'{}' leads outside of the workflow's folder", "“{}”指向工作流的文件夹之外"},
                 path);
}

// The descriptor of `path` below `folder`, or the reason as an Error that names `path`.
Result<Fd> open_beneath(int folder, const std::string& path, std::uint64_t flags) {
  struct open_how how {};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  Fd fd(static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
  if (fd.valid()) return fd;
  if (errno == ENOENT || errno == ENOTDIR)
    return explain(Code::NotFound, {"there is no file '{}'", "没有文件“{}”"}, path);
  if (errno == EXDEV || errno == ELOOP) return leads_outside(path);
  if (errno == ENOSYS)
    return explain(Code::Unimplemented,
                   {"this kernel lacks openat2 (Linux 5.6), which is needed to read files safely",
                    "此内核没有 openat2（Linux 5.6），而安全地读取文件需要它"});
  return errno_error(fmt::format("cannot open '{}'", path));
}

Result<std::string> read_content(int fd, const std::string& path) {
  std::string content;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error(fmt::format("cannot read '{}'", path));
    if (n == 0) return content;
    content.append(buffer, static_cast<std::size_t>(n));
    if (content.size() > limits::kVersionBytesMax)
      return explain(Code::ResourceExhausted,
                     {"'{}' is larger than the {} bytes that the files of a version may have; "
                      "hand it on as a path outside",
                      "“{}”超过一个版本的文件所允许的 {} 字节；请以外部路径传递"},
                     path, limits::kVersionBytesMax);
  }
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

struct Entry {
  std::string name;
  bool is_folder = false;
};

// Regular files and folders, sorted.
Result<std::vector<Entry>> list_entries(int folder, const std::string& path) {
  TRY(Fd fd, open_beneath(folder, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY));
  const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(fd.get()));
  if (!directory) return errno_error(fmt::format("cannot list '{}'", path));
  fd.release();
  std::vector<Entry> entries;
  while (const dirent* found = ::readdir(directory.get())) {
    const std::string name = found->d_name;
    struct stat st {};
    if (name == "." || name == "..") continue;
    if (::fstatat(::dirfd(directory.get()), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) entries.push_back({name, S_ISDIR(st.st_mode)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

}  // namespace

Result<DirectoryFileSource> DirectoryFileSource::open(const std::string& folder) {
  TRY(Fd fd, open_file(folder, O_PATH | O_DIRECTORY));
  return DirectoryFileSource(folder, std::move(fd));
}

Result<model::VersionFile> DirectoryFileSource::read(const std::string& path) const {
  if (!is_inside_path(path)) return leads_outside(path);
  // O_NONBLOCK: a pipe of that name must not hold us.
  TRY(const Fd fd, open_beneath(fd_.get(), path, O_RDONLY | O_NONBLOCK));
  struct stat st {};
  if (::fstat(fd.get(), &st) != 0) return errno_error(fmt::format("cannot read '{}'", path));
  if (!S_ISREG(st.st_mode))
    return explain(Code::FailedPrecondition, {"'{}' is no regular file", "“{}”不是普通文件"}, path);
  model::VersionFile file;
  TRY(file.content, read_content(fd.get(), path));
  file.path = path;
  file.hash = sha256_hex(file.content);
  file.executable = (st.st_mode & S_IXUSR) != 0;
  return file;
}

Result<std::vector<std::string>> DirectoryFileSource::glob(const std::string& pattern) const {
  std::vector<std::string> found;
  std::vector<std::string> folders{""};
  std::size_t looked_at = 0;
  while (!folders.empty()) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    TRY(const auto entries, list_entries(fd_.get(), folder));
    looked_at += entries.size();
    if (looked_at > limits::kGlobEntriesMax)
      return explain(
          Code::ResourceExhausted,
          {"'{}' would search more than {} files in {}", "“{0}”会在 {2} 中搜索超过 {1} 个文件"},
          pattern, limits::kGlobEntriesMax, folder_);
    for (const Entry& entry : entries) {
      std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
      if (!entry.is_folder && matches_path(pattern, path))
        found.push_back(std::move(path));
      else if (entry.is_folder && may_match_below(pattern, path))
        folders.push_back(std::move(path));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace gantry::spec
