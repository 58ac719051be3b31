#include "backup/restore.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "base/explain.h"
#include "base/files.h"
#include "store/sqlite_schema.h"
#include "store/store_lock.h"

namespace gantry::backup {

namespace {
bool is_folder(const std::string& path) {
  struct stat st {};
  return ::lstat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

// True if there is more in it than folders.
Result<bool> holds_something(const std::string& path) {
  struct stat st {};
  if (::lstat(path.c_str(), &st) != 0)
    return errno == ENOENT ? Result<bool>(false) : errno_error("cannot stat " + path);
  if (!S_ISDIR(st.st_mode)) return true;
  TRY(const auto names, list_directory(path));
  for (const std::string& name : names) {
    TRY(const bool more, holds_something(join_path(path, name)));
    if (more) return true;
  }
  return false;
}

// The shim of a running attempt holds the lock of its file.
bool is_held(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  return file.valid() && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

int running_attempts(const std::string& data) {
  int count = 0;
  const std::string attempts = data + "/attempts";
  const auto runs = list_directory(attempts);
  for (const std::string& run : runs.ok() ? *runs : std::vector<std::string>()) {
    const auto files = list_directory(join_path(attempts, run));
    for (const std::string& file : files.ok() ? *files : std::vector<std::string>())
      count += is_held(join_path(join_path(attempts, run), file)) ? 1 : 0;
  }
  return count;
}

Result<std::int64_t> free_bytes(const std::string& folder) {
  struct statvfs room {};
  if (::statvfs(folder.c_str(), &room) != 0) return errno_error("cannot look at " + folder);
  return static_cast<std::int64_t>(room.f_bavail * room.f_frsize);
}

class Restore {
 public:
  explicit Restore(const RestoreOptions& options)
      : options_(options),
        is_whole_(options.home.data == options.home.root + "/data"),
        target_(is_whole_ ? options.home.root : options.home.data) {}

  Result<Restored> restore() {
    while (target_.size() > 1 && target_.ends_with('/')) target_.pop_back();
    step("check the archive");
    TRY_STATUS(make_directories(parent_path(target_), 0755));
    TRY(const std::int64_t room, free_bytes(parent_path(target_)));
    TRY(out_.contents, read_archive(options_.archive, room));
    TRY_STATUS(require_known_store());
    step("check the home");
    TRY_STATUS(require_free_target());
    building_ = fmt::format("{}.restore-{}", target_, random_hex(4));
    const Status built = build();
    if (built.ok()) {
      if (const Status swapped = take_place(); swapped.ok())
        return std::move(out_);
      else
        return give_up(swapped.error());
    }
    return give_up(built.error());
  }

 private:
  void step(std::string_view name) const { options_.on_step(name); }

  Error give_up(const Error& why) const {
    if (!swapped_) (void)remove_tree(building_);
    return why;
  }

  Status require_known_store() const {
    const Facts& facts = out_.contents.facts;
    if (facts.schema <= store::kSchemaVersion) return ok();
    return explain(
        Code::FailedPrecondition,
        {"the store of the backup has format {}, made by Gantry {}; this program knows "
         "up to {}: use a newer Gantry",
         "备份中数据库的格式为 {}，由 Gantry {} 生成；本程序最高支持 {}：请使用更新的 Gantry"},
        facts.schema, facts.product, store::kSchemaVersion);
  }

  // Whoever holds the lock of the old data keeps servers away until it is moved.
  Status require_free_target() {
    const std::string data = is_whole_ ? target_ + "/data" : target_;
    TRY(const bool holds, holds_something(target_));
    if (!holds) return ok();
    if (!options_.force)
      return explain(Code::FailedPrecondition,
                     {"{} is not empty: restore into another home with --home, or give --force to "
                      "have it moved aside",
                      "{} 不为空：请用 --home 恢复到另一个主目录，或用 --force 将它移到一旁"},
                     target_);
    if (!is_folder(data)) return ok();
    TRY(lock_, store::StoreLock::take(data + "/lock"));
    const int running = running_attempts(data);
    if (running == 0) return ok();
    return explain(Code::FailedPrecondition,
                   {"{} tasks of {} are still running: wait for them or cancel them first",
                    "有 {} 个属于 {} 的任务仍在运行：请等待其结束，或先取消"},
                   running, target_);
  }

  std::string place(const std::string& path) const {
    if (is_whole_) return path.starts_with("home/") ? path.substr(5) : path;
    if (path.starts_with("data/")) return path.substr(5);
    return "restored-home/" + (path.starts_with("home/") ? path.substr(5) : path);
  }

  Status build() {
    step("make the new home");
    TRY_STATUS(make_directories(building_, 0700));
    step("write the files");
    TRY_STATUS(extract_archive(options_.archive, out_.contents, building_,
                               [this](const std::string& path) { return place(path); }));
    step("make the store its own");
    const std::string data = is_whole_ ? building_ + "/data" : building_;
    const std::string note = "restored from the backup of " +
                             format_instant(out_.contents.facts.taken_at) + "; look, then resume";
    TRY(out_.store, store::adopt_copy(data + "/gantry.db", options_.now, note));
    step("sync");
    TRY(const Fd folder, open_file(building_, O_RDONLY | O_DIRECTORY));
    if (::syncfs(folder.get()) != 0) return errno_error("cannot sync " + building_);
    return ok();
  }

  // In one step, whatever is there. What was there is never deleted if it held something.
  Status take_place() {
    step("take its place");
    const bool replaces = exists(target_);
    const unsigned how = replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, building_.c_str(), AT_FDCWD, target_.c_str(), how) != 0)
      return cannot_replace();
    swapped_ = true;
    TRY_STATUS(sync_directory(parent_path(target_)));
    step("move the old one aside");
    if (replaces) TRY_STATUS(put_aside());
    step("done");
    if (!is_whole_) out_.settings = target_ + "/restored-home";
    return ok();
  }

  Status cannot_replace() const {
    const bool mounted = errno == EBUSY || errno == EXDEV;
    Error failed = errno_error("cannot put the new home in the place of " + target_);
    if (mounted) failed.message += ": it is a mount point; restore into a folder below it";
    return failed;
  }

  Status put_aside() {
    TRY(const bool holds, holds_something(building_));
    if (!holds) return remove_tree(building_);
    std::string aside = fmt::format("{}.before-{}", target_, format_instant(options_.now));
    if (::renameat2(AT_FDCWD, building_.c_str(), AT_FDCWD, aside.c_str(), RENAME_NOREPLACE) != 0)
      aside = building_;
    out_.moved_to = aside;
    return sync_directory(parent_path(target_));
  }

  const RestoreOptions& options_;
  const bool is_whole_;
  std::string target_;
  std::string building_;
  std::optional<store::StoreLock> lock_;
  Restored out_;
  bool swapped_ = false;
};
}  // namespace

Result<Restored> restore_backup(const RestoreOptions& options) {
  return Restore(options).restore();
}

}  // namespace gantry::backup
