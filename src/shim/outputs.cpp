#include "shim/outputs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gantry::shim {

namespace {

std::string over_limit(std::size_t size_max) {
  return "the outputs are over the limit of " + std::to_string(size_max) +
         " bytes: hand on larger values as files";
}

Outputs read_from(int fd, std::size_t size_max) {
  struct stat st {};
  if (::fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
    return {{}, "$GANTRY_OUTPUT is not a regular file any more"};
  Outputs out;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return {{}, std::string("cannot read $GANTRY_OUTPUT: ") + std::strerror(errno)};
    if (n == 0) return out;
    out.text.append(buffer, static_cast<std::size_t>(n));
    if (out.text.size() > size_max) return {{}, over_limit(size_max)};
  }
}

}  // namespace

Outputs read_outputs(const std::string& path, std::size_t size_max) {
  if (path.empty()) return {};
  // Without O_NONBLOCK a pipe put there would hold up the shim for ever.
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0 && errno == ELOOP) return {{}, "$GANTRY_OUTPUT is a link: write to the file itself"};
  if (fd < 0) return {{}, std::string("cannot open $GANTRY_OUTPUT: ") + std::strerror(errno)};
  Outputs out = read_from(fd, size_max);
  ::close(fd);
  return out;
}

}  // namespace gantry::shim
