#include "store/file_system.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>

#include "base/files.h"
#include "base/text.h"

namespace gantry::store {

namespace {
struct Network {
  long magic;
  std::string_view name;
};
// From linux/magic.h and statfs(2).
constexpr long kFuse = 0x65735546;
constexpr std::array<Network, 12> kNetworks{{{0x6969, "NFS"},
                                             {0x517B, "SMB"},
                                             {0xFE534D42, "SMB2"},
                                             {0xFF534D42, "CIFS"},
                                             {0x01021997, "9P"},
                                             {0x00C36400, "Ceph"},
                                             {0x5346414F, "AFS"},
                                             {0x6B414653, "AFS"},
                                             {0x73757245, "Coda"},
                                             {0x0BD00BD0, "Lustre"},
                                             {0x47504653, "GPFS"},
                                             {0x19830326, "BeeGFS"}}};
// FUSE may be anything. These are local; sshfs, s3fs, glusterfs and the rest are not.
constexpr std::array<std::string_view, 3> kLocalFuse{"fuseblk", "fuse.fuse-overlayfs",
                                                     "fuse.mergerfs"};

std::string_view network_name(const FileSystem& fs) {
  for (const Network& n : kNetworks)
    if (n.magic == fs.magic) return n.name;
  const bool is_local_fuse =
      std::find(kLocalFuse.begin(), kLocalFuse.end(), fs.type) != kLocalFuse.end();
  if (fs.magic == kFuse && !is_local_fuse)
    return fs.type.empty() ? std::string_view("FUSE") : std::string_view(fs.type);
  return {};
}

// proc(5), mountinfo: "36 35 98:0 /root /mount options ... - type source options".
std::string type_of_device(const std::string& mounts, dev_t device) {
  const std::string number = fmt::format("{}:{}", major(device), minor(device));
  for (const std::string_view line : split(mounts, '\n')) {
    const auto fields = split(line, ' ');
    if (fields.size() < 3 || fields[2] != number) continue;
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (fields.end() - dash > 1) return std::string(*(dash + 1));
  }
  return {};
}
}  // namespace

Result<FileSystem> probe_file_system(const std::string& path) {
  struct statfs fs {};
  struct stat file {};
  if (::statfs(path.c_str(), &fs) != 0 || ::stat(path.c_str(), &file) != 0)
    return errno_error("cannot look at the file system of " + path);
  FileSystem found{static_cast<long>(fs.f_type), {}};
  if (const auto mounts = read_file("/proc/self/mountinfo"); mounts.ok())
    found.type = type_of_device(mounts.value(), file.st_dev);
  return found;
}

Status require_local_file_system(const std::string& directory, const ProbeFileSystem& probe) {
  TRY(const FileSystem fs, probe(directory));
  const std::string_view network = network_name(fs);
  if (network.empty()) return ok();
  return error(Code::FailedPrecondition,
               fmt::format("{} is on a network file system ({}): its locks and shared memory do "
                           "not protect a store from damage. Choose a directory on a local disk",
                           directory, network));
}

}  // namespace gantry::store
