#include "runner/workspace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>

#include "base/files.h"
#include "base/hash.h"
#include "base/limits.h"

namespace gantry::runner {

namespace {

constexpr mode_t kReadOnly = 0444;
constexpr mode_t kExecutable = 0555;
constexpr mode_t kDirectory = 0755;

// Whole or not at all: a task never sees half a file.
Status write_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string temporary = path + ".gantry-tmp";
  TRY_STATUS(remove_tree(temporary));
  TRY(const Fd fd, open_file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  if (const auto written = write_all(fd.get(), bytes); !written.ok())
    return error(written.error().code, written.error().message + " " + temporary);
  if (::fchmod(fd.get(), mode) != 0) return errno_error("cannot set the mode of " + temporary);
  if (::rename(temporary.c_str(), path.c_str()) == 0) return ok();
  return errno_error("cannot rename " + temporary);
}

Status copy_file(const std::string& from, const std::string& to, const struct stat& st) {
  TRY(const std::string bytes, read_file(from, limits::kVersionBytesMax));
  return write_file(to, bytes, (st.st_mode & 0111) != 0 ? kExecutable : kReadOnly);
}

Status copy_tree(const std::string& from, const std::string& to) {
  TRY_STATUS(make_directories(to, kDirectory));
  TRY(const auto names, list_directory(from));
  for (const std::string& name : names) {
    const std::string source = join_path(from, name);
    struct stat st {};
    if (::lstat(source.c_str(), &st) != 0) return errno_error("cannot stat " + source);
    if (S_ISDIR(st.st_mode)) {
      TRY_STATUS(copy_tree(source, join_path(to, name)));
    } else if (S_ISREG(st.st_mode)) {
      TRY_STATUS(copy_file(source, join_path(to, name), st));
    }
  }
  return ok();
}

}  // namespace

std::string Workspaces::path(RunNo run) const {
  return fmt::format("{}/workspaces/{}", data_dir_, run.value);
}

std::string Workspaces::attempts_dir() const { return data_dir_ + "/attempts"; }

Status Workspaces::prepare(RunNo run, const std::string& version_hash) {
  if (prepared_.contains(run)) return ok();
  TRY_STATUS(make_directories(attempts_of(run)));
  TRY_STATUS(make_directories(fmt::format("{}/logs/{}", data_dir_, run.value)));
  TRY_STATUS(make_directories(path(run), kDirectory));
  if (!version_hash.empty()) TRY_STATUS(lay_out(run, version_hash));
  prepared_.insert(run);
  return ok();
}

// The mark is written last; it names what has been laid out.
Status Workspaces::lay_out(RunNo run, const std::string& version_hash) {
  const std::string own = join_path(path(run), kWorkspacePrivate);
  const std::string mark = join_path(own, "version");
  if (const auto done = read_file(mark, 1000); done.ok() && *done == version_hash) return ok();
  TRY_STATUS(copy_tree(fmt::format("{}/versions/{}", data_dir_, version_hash), path(run)));
  TRY_STATUS(make_directories(own, kDirectory));
  return write_file(mark, version_hash, kReadOnly);
}

Result<std::string> Workspaces::put_script(RunNo run, std::string_view text) {
  const std::string own = join_path(path(run), kWorkspacePrivate);
  const std::string file = join_path(own, "script-" + sha256_hex(text).substr(0, 16));
  if (exists(file)) return file;
  TRY_STATUS(make_directories(own, kDirectory));
  TRY_STATUS(write_file(file, text, kReadOnly));
  return file;
}

Result<std::string> Workspaces::put_event(RunNo run, std::string_view json) {
  const std::string own = join_path(path(run), kWorkspacePrivate);
  const std::string file = join_path(own, "event.json");
  if (exists(file)) return file;
  TRY_STATUS(make_directories(own, kDirectory));
  TRY_STATUS(write_file(file, json, kReadOnly));
  return file;
}

std::string Workspaces::attempts_of(RunNo run) const {
  return fmt::format("{}/{}", attempts_dir(), run.value);
}

}  // namespace gantry::runner
