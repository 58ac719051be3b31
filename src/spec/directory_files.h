// FileSource over a folder of the file system. Nothing outside of it is ever read, whatever links
// lie in it: the kernel resolves each path beneath the folder (openat2, Linux 5.6).
#pragma once

#include "base/fd.h"
#include "spec/load.h"

namespace gantry::spec {

class DirectoryFileSource final : public FileSource {
 public:
  // NotFound if there is no such folder.
  static Result<DirectoryFileSource> open(const std::string& folder);

  // Regular files up to kVersionBytesMax. NotFound: there is none; PermissionDenied: it leads
  // outside; ResourceExhausted: too big; FailedPrecondition: no regular file.
  Result<model::VersionFile> read(const std::string& path) const override;

  // Regular files only; links are not followed. ResourceExhausted if more than kGlobEntriesMax
  // entries would have to be looked at.
  Result<std::vector<std::string>> glob(const std::string& pattern) const override;

 private:
  DirectoryFileSource(std::string folder, Fd fd) : folder_(std::move(folder)), fd_(std::move(fd)) {}

  std::string folder_;
  Fd fd_;
};

}  // namespace gantry::spec
