// Which file system holds a directory, and whether a store may live there. SQLite's write-ahead
// log needs shared memory and locks that all processes see; network file systems do not keep that
// promise (sqlite.org/wal.html, sqlite.org/howtocorrupt.html section 2.1).
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace gantry::store {

struct FileSystem {
  long magic = 0;    // statfs.f_type
  std::string type;  // as mounted: "ext4", "fuse.sshfs"; empty = unknown
};
using ProbeFileSystem = std::function<Result<FileSystem>(const std::string& path)>;

Result<FileSystem> probe_file_system(const std::string& path);

// FailedPrecondition, with the reason, for a file system a store must not live on.
Status require_local_file_system(const std::string& directory,
                                 const ProbeFileSystem& probe = probe_file_system);

}  // namespace gantry::store
