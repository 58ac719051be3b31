#include "app/wrap_spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"

namespace gantry::app {

namespace {
constexpr std::string_view kRecordEnd = ".record";
constexpr std::string_view kNewEnd = ".new";
constexpr off_t kReservedBytes = 16 << 10;
constexpr Duration kLeftKept = days(2);
constexpr std::int64_t kLogBytesMax = limits::kLogHeadBytes + limits::kLogTailBytes + (1 << 20);

std::string logs_folder(const std::string& spool) { return spool + "/.logs"; }

// Root may wrap for a server of another user: what it leaves has to be that user's.
void give_to_owner_of(const std::string& folder, const std::string& path) {
  struct stat st {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &st) != 0 || st.st_uid == 0) return;
  if (::lchown(path.c_str(), st.st_uid, st.st_gid) != 0) return;  // read_file() will say so
}

Result<bool> lock(int fd, const std::string& path) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return false;
    return errno_error("cannot lock " + path);
  }
  return true;
}

Status append_line(int fd, const Value& value) {
  TRY_STATUS(write_all(fd, to_json(value) + "\n"));
  if (::fdatasync(fd) != 0) return errno_error("cannot sync the record");
  return ok();
}

Status make_spool(const std::string& spool) {
  TRY_STATUS(make_directories(spool, 0700));
  give_to_owner_of(parent_path(spool), spool);
  TRY_STATUS(make_directories(logs_folder(spool), 0700));
  give_to_owner_of(spool, logs_folder(spool));
  return ok();
}
}  // namespace

std::string wrap_spool(const Home& home) { return home.data + "/wrap"; }

Result<std::string> own_wrap_spool() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && state[0] == '/')
    return std::string(state) + "/gantry/wrap";
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') {
    const passwd* user = ::getpwuid(::geteuid());
    home = user == nullptr ? nullptr : user->pw_dir;
  }
  if (home == nullptr || home[0] != '/') return invalid("there is no home directory");
  return std::string(home) + "/.local/state/gantry/wrap";
}

std::string wrap_record_path(const std::string& spool, const std::string& id) {
  return fmt::format("{}/{}{}", spool, id, kRecordEnd);
}

std::string wrap_log_path(const std::string& spool, const std::string& id) {
  return fmt::format("{}/{}.log", logs_folder(spool), id);
}

// It gets its name when it is whole and locked: nobody ever sees it without its lock.
Result<WrapFile> WrapFile::create(const std::string& spool, const WrapStart& start) {
  TRY_STATUS(make_spool(spool));
  const std::string path = wrap_record_path(spool, start.id);
  const std::string building = path + std::string(kNewEnd);
  TRY(Fd fd, open_file(building, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0600));
  WrapFile file(spool, start.id, std::move(fd));
  Status made = append_line(file.fd_.get(), start_value(start));
  if (made.ok()) {
    (void)::fallocate(file.fd_.get(), FALLOC_FL_KEEP_SIZE, 0, kReservedBytes);
    give_to_owner_of(spool, building);
    const auto locked = lock(file.fd_.get(), building);
    if (!locked.ok()) made = locked.error();
  }
  if (made.ok() && ::rename(building.c_str(), path.c_str()) != 0)
    made = errno_error("cannot rename " + building);
  if (made.ok()) made = sync_directory(spool);
  if (made.ok()) return file;
  ::unlink(building.c_str());
  ::unlink(path.c_str());
  return made.error();
}

Status WrapFile::seal(const model::AttemptReport& end) {
  give_to_owner_of(spool_, wrap_log_path(spool_, id_));
  return append_line(fd_.get(), end_value(end));
}

Status put_wrap_record(const std::string& spool, const WrapRecord& record) {
  TRY_STATUS(make_spool(spool));
  std::string text = to_json(start_value(record.start)) + "\n";
  if (record.end) text += to_json(end_value(*record.end)) + "\n";
  const std::string path = wrap_record_path(spool, record.start.id);
  TRY_STATUS(write_file_durably(path, text));
  give_to_owner_of(spool, path);
  return ok();
}

Status put_wrap_log(const std::string& spool, const std::string& id, std::string_view text) {
  TRY_STATUS(make_spool(spool));
  TRY_STATUS(write_file_durably(wrap_log_path(spool, id), text));
  give_to_owner_of(spool, wrap_log_path(spool, id));
  return ok();
}

Status put_wrap_log_part(const std::string& spool, const std::string& id, std::int64_t offset,
                         std::string_view bytes) {
  TRY_STATUS(make_spool(spool));
  TRY(const Fd fd, open_file(wrap_log_path(spool, id), O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
  struct stat st {};
  if (::fstat(fd.get(), &st) != 0) return errno_error("cannot look at the log");
  if (offset > st.st_size)
    return explain(Code::FailedPrecondition,
                   {"byte {} comes before byte {}, which is not there: send the log from its "
                    "beginning",
                    "字节 {} 先于尚未到达的字节 {}：请从头发送日志"},
                   offset, st.st_size);
  if (offset + static_cast<std::int64_t>(bytes.size()) > kLogBytesMax)
    return explain(Code::ResourceExhausted, {"a log has at most {} bytes", "日志最多 {} 字节"},
                   kLogBytesMax);
  if (::lseek(fd.get(), offset, SEEK_SET) < 0) return errno_error("cannot write the log");
  return write_all(fd.get(), bytes);
}

std::vector<std::string> wrap_records(const std::string& spool) {
  std::vector<std::string> ids;
  const auto names = list_directory(spool);
  if (!names.ok()) return ids;
  for (const std::string& name : *names) {
    if (!name.ends_with(kRecordEnd)) continue;
    std::string id = name.substr(0, name.size() - kRecordEnd.size());
    if (is_wrap_id(id)) ids.push_back(std::move(id));
  }
  return ids;
}

Result<std::optional<TakenRecord>> take_wrap_record(const std::string& spool,
                                                    const std::string& id) {
  const std::string path = wrap_record_path(spool, id);
  auto fd = open_file(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  if (!fd.ok()) {
    if (!exists(path)) return std::optional<TakenRecord>();
    return fd.error();
  }
  TRY(const bool locked, lock(fd->get(), path));
  if (!locked || !exists(path)) return std::optional<TakenRecord>();
  TRY(const std::string text, read_file(path, kWrapRecordBytesMax * 4));
  TRY(WrapRecord record, parse_wrap_record(text));
  if (record.start.id != id) return invalid(path + " has the id of another record");
  return std::optional(TakenRecord{std::move(record), std::move(*fd)});
}

Status drop_wrap_record(const std::string& spool, const std::string& id) {
  for (const std::string& path : {wrap_record_path(spool, id), wrap_log_path(spool, id)})
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return errno_error("cannot remove " + path);
  return ok();
}

void sweep_wrap_spool(const std::string& spool, Instant now) {
  const auto sweep = [now](const std::string& folder, const auto& is_left) {
    const auto names = list_directory(folder);
    struct stat st {};
    for (const std::string& name : names.ok() ? *names : std::vector<std::string>()) {
      const std::string path = join_path(folder, name);
      if (!is_left(name) || ::lstat(path.c_str(), &st) != 0 || !S_ISREG(st.st_mode)) continue;
      if (now - Instant{st.st_mtim.tv_sec * 1'000'000} > kLeftKept) ::unlink(path.c_str());
    }
  };
  sweep(spool, [](const std::string& name) { return name.ends_with(kNewEnd); });
  sweep(logs_folder(spool), [&spool](const std::string& name) {
    return !exists(wrap_record_path(spool, name.substr(0, name.find('.'))));
  });
}

}  // namespace gantry::app
