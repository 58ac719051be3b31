#include "runner/attempt_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"

namespace gantry::runner {

namespace {

// A record longer than this was not written by a shim.
constexpr std::size_t kFileBytesMax = 2 * shim::kFrameBytesMax;

Fd open_attempt(const std::string& path, int more_flags) {
  return Fd(::open(path.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | more_flags, 0600));
}

Status append_record(int fd, const std::string& path, AttemptId id, shim::Ended ended) {
  shim::ExitRecord record;
  record.attempt = id.value;
  record.ended = ended;
  auto written = write_all(fd, shim::frame(shim::encode(record)));
  if (written.ok()) return ok();
  // Half a record would hide the next one.
  if (::ftruncate(fd, 0) != 0) return errno_error("cannot take back a write to " + path);
  return error(written.error().code, written.error().message + " to " + path);
}

Result<AttemptFate> decide_empty(int fd, const std::string& path, AttemptId id, bool same_boot) {
  const shim::Ended ended = same_boot ? shim::Ended::Void : shim::Ended::Lost;
  TRY_STATUS(append_record(fd, path, id, ended));
  shim::ExitRecord record;
  record.attempt = id.value;
  record.ended = ended;
  return AttemptFate{Fate::Ended, record, std::nullopt};
}

}  // namespace

Result<AttemptFate> find_fate(const std::string& path, AttemptId id, FateOptions options) {
  Fd fd = open_attempt(path, options.claim ? O_CREAT | O_EXCL : 0);
  if (!fd.valid() && errno == EEXIST) fd = open_attempt(path, 0);
  if (!fd.valid() && errno == ENOENT && !options.claim) return AttemptFate{};
  if (!fd.valid()) return errno_error("cannot open " + path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return AttemptFate{Fate::Alive, std::nullopt, std::nullopt};
    return errno_error("cannot lock " + path);
  }
  TRY(const std::string bytes, read_file(path, kFileBytesMax));
  if (bytes.empty()) return decide_empty(fd.get(), path, id, options.same_boot);
  shim::AttemptFile file = shim::decode_attempt_file(bytes);
  const Fate fate = file.record ? Fate::Ended : Fate::Lost;
  return AttemptFate{fate, std::move(file.record), std::move(file.header)};
}

Result<std::optional<shim::ExitRecord>> read_record(const std::string& path) {
  TRY(const std::string bytes, read_file(path, kFileBytesMax));
  return shim::decode_attempt_file(bytes).record;
}

std::string attempt_path(const std::string& attempts_dir, RunNo run, AttemptId id) {
  return fmt::format("{}/{}/{}", attempts_dir, run.value, id.value);
}

}  // namespace gantry::runner
