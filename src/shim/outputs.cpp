#include "shim/outputs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gantry::shim {

namespace {

constexpr const char* kOutputs = "$GANTRY_OUTPUT";

std::string over_limit(std::size_t size_max) {
  return "the outputs are over the limit of " + std::to_string(size_max) +
         " bytes: hand on larger values as files";
}

std::string over_capture_limit(const std::string& name, std::size_t size_max) {
  return name + ": what `outputs` read is over the limit of " + std::to_string(size_max) +
         " bytes: hand on larger values as files";
}

Outputs read_from(int fd, const std::string& name, std::size_t size_max) {
  struct stat st {};
  if (::fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
    return {{}, name + " is not a regular file" + (name == kOutputs ? " any more" : "")};
  Outputs out;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return {{}, "cannot read " + name + ": " + std::strerror(errno)};
    if (n == 0) return out;
    out.text.append(buffer, static_cast<std::size_t>(n));
    if (out.text.size() > size_max)
      return {{}, name == kOutputs ? over_limit(size_max) : over_capture_limit(name, size_max)};
  }
}

Outputs read_named(const std::string& path, const std::string& name, bool needed,
                   std::size_t size_max) {
  // Without O_NONBLOCK a pipe put there would hold up the shim for ever.
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT && !needed) return {};
  if (fd < 0 && errno == ELOOP) return {{}, name + " is a link: write to the file itself"};
  if (fd < 0) return {{}, "cannot open " + name + ": " + std::strerror(errno)};
  Outputs out = read_from(fd, name, size_max);
  ::close(fd);
  return out;
}

}  // namespace

Outputs read_outputs(const std::string& path, std::size_t size_max) {
  if (path.empty()) return {};
  return read_named(path, kOutputs, false, size_max);
}

Captures read_captures(const std::vector<std::string>& paths, std::string standard_output,
                       std::size_t size_max) {
  Captures out;
  std::size_t size = 0;
  for (const std::string& path : paths) {
    const bool is_file = !path.empty();
    const std::string name = is_file ? path : "standard output";
    Outputs text =
        is_file ? read_named(path, name, true, size_max) : Outputs{std::move(standard_output), {}};
    size += text.text.size();
    if (text.error.empty() && size > size_max) text.error = over_capture_limit(name, size_max);
    if (!text.error.empty()) return {{}, std::move(text.error)};
    out.texts.push_back(std::move(text.text));
  }
  return out;
}

}  // namespace gantry::shim
