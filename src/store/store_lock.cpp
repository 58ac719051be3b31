#include "store/store_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/explain.h"
#include "base/files.h"
#include "base/text.h"

namespace gantry::store {

namespace {
Error taken(const std::string& path) {
  const auto text = read_file(path, 100);
  const std::string pid(text.ok() ? trim(text.value()) : std::string_view());
  return about(
      "second-server",
      explain(Code::FailedPrecondition,
              {"another gantry server uses this data directory (pid {}, lock {}): stop it, "
               "or choose another directory",
               "另一个 gantry 服务器正在使用此数据目录（pid {}，锁 {}）：请停止它，"
               "或换一个目录"},
              pid.empty() ? "?" : pid, path));
}
}  // namespace

Result<StoreLock> StoreLock::take(const std::string& path) {
  TRY(Fd fd, open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW));
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    return errno == EWOULDBLOCK ? taken(path) : errno_error("cannot lock " + path);
  }
  if (::ftruncate(fd.get(), 0) != 0) return errno_error("cannot write " + path);
  TRY_STATUS(write_all(fd.get(), fmt::format("{}\n", ::getpid())));
  return StoreLock(std::move(fd));
}

}  // namespace gantry::store
