#include "runner/boot.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"

namespace gantry::runner {

namespace {
constexpr const char* kMarkName = "boot-id";
}  // namespace

Result<std::string> read_boot_id() {
  TRY(const std::string text, read_file("/proc/sys/kernel/random/boot_id", 100));
  return std::string(trim(text));
}

BootMark::BootMark(const std::string& directory, std::string boot_id)
    : directory_(directory), boot_id_(std::move(boot_id)) {
  const auto mark = read_file(join_path(directory_, kMarkName), 100);
  same_ = mark.ok() && *mark == boot_id_;
}

Status BootMark::renew() {
  if (same_) return ok();
  TRY(const Fd directory, open_file(directory_, O_RDONLY | O_DIRECTORY));
  if (::syncfs(directory.get()) != 0) return errno_error("cannot sync " + directory_);
  TRY_STATUS(write_file_durably(join_path(directory_, kMarkName), boot_id_));
  same_ = true;
  return ok();
}

}  // namespace gantry::runner
