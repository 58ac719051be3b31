// Reading an archive: all of it is looked at, and compared with its manifests, before anything is
// made of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backup/facts.h"
#include "base/fd.h"
#include "base/result.h"

namespace gantry::backup {

struct ArchivedFile {
  std::string path;
  std::int64_t size = 0;
  int mode = 0;
  std::string sha256;
};

struct Contents {
  Facts facts;
  std::vector<ArchivedFile> files;  // in their order; without facts and manifests
  std::int64_t bytes = 0;           // of all files, unpacked
  bool with_secrets = false;
};

// Reads an archive to its end and checks every sum. InvalidArgument for what no backup holds (a
// link, a path that leads out), DataLoss for what is damaged, FailedPrecondition for a newer
// format, ResourceExhausted if it unpacks to more than `bytes_max`. Writes nothing.
Result<Contents> read_archive(const std::string& file, std::int64_t bytes_max);

// Writes the files below `folder`, which is empty, where `place` puts them (empty: nowhere), and
// checks again that they are those of `contents`. New folders 0700, files only for their owner.
using Place = std::function<std::string(const std::string& path)>;
Status extract_archive(const std::string& file, const Contents& contents, const std::string& folder,
                       const Place& place);

}  // namespace gantry::backup
