// What a pattern names on the disk. An interface, so that tests can say what is there.
//
// Only regular files count. Below the pattern's folder no symbolic link is followed, neither to a
// file nor to a folder: whoever may write into a watched folder can not make one see files
// elsewhere. The folder itself is what the owner of the workflow wrote, links included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "spec/file_pattern.h"

namespace gantry::app {

struct FoundFile {
  std::string path;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;  // since 1970
  std::int64_t size_bytes = 0;
  Instant changed_at;  // by the kernel: written, renamed, moved here; nobody can set it
  bool operator==(const FoundFile&) const = default;
};

struct FoundFiles {
  std::vector<FoundFile> files;  // in the order of paths
  std::optional<Error> problem;  // what could not be looked at; the files are those that could
  bool is_folder_there = true;
};

class FileFinder {
 public:
  virtual ~FileFinder() = default;
  // Blocks on the disk. Any thread.
  virtual FoundFiles find(const spec::FilePattern& pattern) = 0;
};

class DiskFinder final : public FileFinder {
 public:
  FoundFiles find(const spec::FilePattern& pattern) override;
};

}  // namespace gantry::app
