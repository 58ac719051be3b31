#include "base/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

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

Status write_file_durably(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string temporary = path + ".tmp";
  TRY(Fd fd, open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode));
  if (auto written = write_all(fd.get(), bytes); !written.ok())
    return error(written.error().code, written.error().message + " " + temporary);
  if (::fsync(fd.get()) != 0) return errno_error("cannot sync " + temporary);
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return errno_error("cannot rename " + temporary);
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
int remove_entry(const char* path, const struct stat*, int, struct FTW*) {
  // A read-only directory (a version's files) must be writable before its entries can go.
  return ::remove(path) == 0 || errno == ENOENT ? 0 : -1;
}
int make_writable(const char* path, const struct stat* st, int type, struct FTW*) {
  if (type == FTW_D) ::chmod(path, (st->st_mode & 07777) | S_IRWXU);
  return 0;
}
}  // namespace

Status remove_tree(const std::string& path) {
  constexpr int kOpenFiles = 16;
  ::nftw(path.c_str(), make_writable, kOpenFiles, FTW_PHYS);
  if (::nftw(path.c_str(), remove_entry, kOpenFiles, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
    return ok();
  return errno_error("cannot remove " + path);
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<std::vector<std::string>> list_directory(const std::string& path) {
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return errno_error("cannot list " + path);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  ::closedir(directory);
  std::sort(names.begin(), names.end());
  return names;
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
