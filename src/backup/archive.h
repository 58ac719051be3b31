// Writing an archive, part by part: the caller asks for the next bytes, so that nothing waits for
// a slow reader and nothing gathers in memory.
//
//   part    = files, then a manifest of them
//   archive = the part of the server, perhaps the part of the secrets, blocks of zeros
//
// Each part is a zstd frame of its own, so that the secrets, which never pass the API, can be put
// behind what came from it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "backup/pack.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/result.h"

namespace gantry::backup {

// Something on the disk and its place in the archive. Of a folder all files below it, as they are
// when their turn comes; what has vanished by then is left out, as are links to folders and what is
// no file.
struct Source {
  std::string disk;
  std::string path;  // in the archive
};

class PartWriter {
 public:
  PartWriter(std::string manifest_name, std::deque<Source> sources);
  void add_bytes(const std::string& path, std::string_view bytes);  // before the first next()
  void add_open_file(const std::string& path, Fd file);             // likewise

  // The next bytes of the archive; empty: that was all.
  Result<std::string> next();

 private:
  struct File {
    std::string path;
    Fd fd;
    std::int64_t size = 0;
    std::int64_t left = 0;
  };

  Status step();
  Status open_next();
  Status begin_file(const std::string& path, Fd file);
  Status expand(const Source& folder);
  Status read_some();
  void end_file();
  void write_manifest();

  const std::string manifest_name_;
  std::deque<Source> sources_;
  Packer packer_;
  Sha256 hash_;
  std::string manifest_;
  std::unique_ptr<File> file_;  // being read
  std::string buffer_;
  bool ended_ = false;
};

// What closes an archive: a frame of two blocks of zeros.
std::string archive_end();

}  // namespace gantry::backup
