#include "shim/claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "shim/clock.h"

namespace gantry::shim {

bool Claim::take(const StartRequest& request) {
  const int fd = ::open(request.attempt_path.c_str(),
                        O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return false;
  fd_ = fd;
  // Recovery may have found the empty file first: it takes the lock, and what it writes counts.
  struct stat st {};
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 || ::fstat(fd_, &st) != 0 || st.st_size != 0) {
    release();
    return false;
  }
  AttemptHeader header;
  header.attempt = request.attempt;
  header.shim_pid = ::getpid();
  header.claimed_us = wall_us();
  header.boot_id = request.boot_id;
  header.leaf = request.leaf;
  header.log_path = request.log_path;
  if (append(encode(header))) return true;
  release();  // an empty file without lock: recovery will find that it was never executed
  return false;
}

bool Claim::record(const ExitRecord& record) { return append(encode(record)); }

bool Claim::append(std::string_view payload) {
  const std::string bytes = frame(payload);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      // Half a record would hide the next one from readers.
      while (::ftruncate(fd_, size_) != 0 && errno == EINTR) {
      }
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  size_ += static_cast<std::int64_t>(bytes.size());
  return true;
}

void Claim::release() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace gantry::shim
