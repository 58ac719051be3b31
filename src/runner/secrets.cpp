#include "runner/secrets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/explain.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/limits.h"

namespace gantry::runner {

namespace {

// A link may stay inside of the directory (as mounted secrets have them) but not lead out of it.
Result<Fd> open_beneath(const std::string& directory, const std::string& name) {
  TRY(const Fd dir, open_file(directory, O_PATH | O_DIRECTORY));
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH;
  Fd fd(static_cast<int>(::syscall(SYS_openat2, dir.get(), name.c_str(), &how, sizeof how)));
  if (fd.valid()) return fd;
  if (errno == EXDEV)
    return explain(Code::PermissionDenied,
                   {"secret {}: {}/{} leads out of its directory", "机密 {}：{}/{} 指向其目录之外"},
                   name, directory, name);
  if (errno == ENOENT)
    return explain(Code::NotFound,
                   {"secret {}: there is no file {}/{}; write the value into it, readable by its "
                    "owner only (chmod 600)",
                    "机密 {}：没有文件 {}/{}；请把值写入该文件，并只允许所有者读取（chmod 600）"},
                   name, directory, name);
  return errno_error(fmt::format("secret {}: cannot open {}/{}", name, directory, name));
}

Status check_file(int fd, const std::string& directory, const std::string& name) {
  struct stat st {};
  if (::fstat(fd, &st) != 0) return errno_error("cannot stat secret " + name);
  if (!S_ISREG(st.st_mode))
    return explain(Code::FailedPrecondition,
                   {"secret {}: {}/{} is not a regular file", "机密 {}：{}/{} 不是普通文件"}, name,
                   directory, name);
  if ((st.st_mode & 077) != 0)
    return explain(Code::PermissionDenied,
                   {"secret {}: others may read it (mode {:04o}); run: chmod 600 {}/{}",
                    "机密 {}：其他用户可以读取（权限 {:04o}）；请运行：chmod 600 {}/{}"},
                   name, st.st_mode & 07777, directory, name);
  return ok();
}

Result<std::string> read_value(int fd, const std::string& name) {
  std::string text(limits::kSecretBytesMax + 3, '\0');
  std::size_t size = 0;
  for (;;) {
    const ssize_t n = ::read(fd, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("cannot read secret " + name);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
    if (size == text.size()) break;
  }
  text.resize(size);
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

Result<std::string> read_secret(const std::string& secrets_dir, const std::string& name) {
  if (!is_inside_path(name))
    return refuse({"secret {}: not the name of a file", "机密 {}：不是文件名"}, name);
  TRY(const Fd fd, open_beneath(secrets_dir, name));
  TRY_STATUS(check_file(fd.get(), secrets_dir, name));
  TRY(std::string value, read_value(fd.get(), name));
  if (value.size() < limits::kSecretBytesMin || value.size() > limits::kSecretBytesMax)
    return refuse({"secret {}: has to have {} to {} bytes, else it can not be masked",
                   "机密 {}：须有 {} 至 {} 字节，否则无法在日志中遮盖"},
                  name, limits::kSecretBytesMin, limits::kSecretBytesMax);
  if (value.find('\0') != std::string::npos)
    return refuse({"secret {}: holds a NUL byte, which no environment can",
                   "机密 {}：含有 NUL 字节，环境变量无法保存"},
                  name);
  return value;
}

}  // namespace gantry::runner
