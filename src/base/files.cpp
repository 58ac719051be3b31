#include "base/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

namespace gantry {

Result<Fd> open_file(const std::string& path, int flags, mode_t mode) {
  Fd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd.valid()) return errno_error("cannot open " + path);
  return fd;
}

Result<std::string> read_file(const std::string& path, std::size_t size_bytes_max) {
  TRY(Fd fd, open_file(path, O_RDONLY));
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("cannot read " + path);
    if (n == 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > size_bytes_max)
      return error(Code::ResourceExhausted,
                   fmt::format("{} is over the limit of {} bytes", path, size_bytes_max));
  }
}

Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return ok();
}

Status sync_directory(const std::string& path) {
  TRY(Fd fd, open_file(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(fd.get()) != 0) return errno_error("cannot sync " + path);
  return ok();
}

namespace {
Status write_new_file(const std::string& path, std::string_view bytes, mode_t mode) {
  TRY(Fd fd, open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  if (auto written = write_all(fd.get(), bytes); !written.ok())
    return error(written.error().code, written.error().message + " " + path);
  if (::fsync(fd.get()) != 0) return errno_error("cannot sync " + path);
  return ok();
}

Status replace_file(const std::string& temporary, const std::string& path, std::string_view bytes,
                    mode_t mode) {
  TRY_STATUS(write_new_file(temporary, bytes, mode));
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return errno_error("cannot rename " + temporary + " to " + path);
  return ok();
}
}  // namespace

Status write_file_durably(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string temporary = path + ".tmp";
  ::unlink(temporary.c_str());  // of a writer that was killed; its mode may be another
  if (auto replaced = replace_file(temporary, path, bytes, mode); !replaced.ok()) {
    ::unlink(temporary.c_str());
    return replaced;
  }
  return sync_directory(parent_path(path));
}

Status make_directories(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) return ok();
  if (errno == EEXIST) {
    struct stat st {};
    if (::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) return ok();
    return error(Code::FailedPrecondition, path + " exists and is not a directory");
  }
  if (errno != ENOENT) return errno_error("cannot create directory " + path);
  TRY_STATUS(make_directories(parent_path(path), mode));
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
    return errno_error("cannot create directory " + path);
  return ok();
}

namespace {
struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Result<std::vector<std::string>> names_in(DIR* directory, const std::string& path) {
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  if (errno != 0) return errno_error("cannot list " + path);
  std::sort(names.begin(), names.end());
  return names;
}

// Opens a directory to be emptied and makes that possible: a version's files are read-only, and a
// task may have left anything.
Result<Fd> open_for_removal(int parent, const std::string& name, const std::string& path) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd fd(::openat(parent, name.c_str(), kFlags));
  if (!fd.valid() && errno == EACCES &&
      ::fchmodat(parent, name.c_str(), S_IRWXU, AT_SYMLINK_NOFOLLOW) == 0)
    fd.reset(::openat(parent, name.c_str(), kFlags));
  if (!fd.valid()) return errno_error("cannot open " + path);
  // If this fails the removal of an entry says why.
  [[maybe_unused]] const int changed = ::fchmod(fd.get(), S_IRWXU);
  return fd;
}

// Removes below one directory by descriptors, not paths: nobody can lead it elsewhere with a
// symbolic link, and no path is too long.
class TreeRemover {
 public:
  explicit TreeRemover(int root) : root_(root) {}

  Status empty(int directory, const std::string& path, int depth) {
    TRY(const auto names, names_of(directory, path));
    for (const std::string& name : names)
      TRY_STATUS(remove(directory, name, join_path(path, name), depth));
    return ok();
  }

  // True if directories too deep for the descriptors at hand were moved up and wait to be removed.
  bool moved_any() { return std::exchange(moved_any_, false); }

 private:
  static constexpr int kDepthMax = 100;

  static Result<std::vector<std::string>> names_of(int directory, const std::string& path) {
    Fd copy(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Directory stream(copy.valid() ? ::fdopendir(copy.get()) : nullptr);
    if (!stream) return errno_error("cannot list " + path);
    copy.release();
    return names_in(stream.get(), path);
  }

  Status remove(int parent, const std::string& name, const std::string& path, int depth) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return ok();
    if (errno != EISDIR) return errno_error("cannot remove " + path);
    TRY(const Fd directory, open_for_removal(parent, name, path));
    if (depth == kDepthMax) return move_up(parent, name, path);
    TRY_STATUS(empty(directory.get(), path, depth + 1));
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return ok();
    return errno_error("cannot remove " + path);
  }

  Status move_up(int parent, const std::string& name, const std::string& path) {
    constexpr int kTries = 1000;  // a task may have chosen some of these names
    for (int i = 0; i < kTries; ++i) {
      const std::string above = fmt::format("gantry-moved-{}", moved_count_++);
      if (::renameat(parent, name.c_str(), root_, above.c_str()) == 0) {
        moved_any_ = true;
        return ok();
      }
      if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) break;
    }
    return errno_error("cannot move " + path);
  }

  int root_;
  int moved_count_ = 0;
  bool moved_any_ = false;
};
}  // namespace

Status remove_tree(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return ok();
  if (errno != EISDIR) return errno_error("cannot remove " + path);
  TRY(const Fd root, open_for_removal(AT_FDCWD, path, path));
  TreeRemover remover(root.get());
  do {
    TRY_STATUS(remover.empty(root.get(), path, 0));
  } while (remover.moved_any());
  if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return ok();
  return errno_error("cannot remove " + path);
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<std::vector<std::string>> list_directory(const std::string& path) {
  const Directory directory(::opendir(path.c_str()));
  if (!directory) return errno_error("cannot list " + path);
  return names_in(directory.get(), path);
}

std::string join_path(std::string_view a, std::string_view b) {
  if (a.empty()) return std::string(b);
  return fmt::format("{}{}{}", a, a.back() == '/' ? "" : "/", b);
}

std::string parent_path(std::string_view path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

std::string base_name(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

bool is_inside_path(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos)
    return false;
  while (true) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace gantry
