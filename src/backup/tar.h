// The tar format (POSIX.1-2001, pax) as far as a backup needs it: regular files by relative paths.
// Everything else that tar can say - links, devices, folders, owners, sparse files - is refused, so
// that an archive has no way to say "write elsewhere".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry::backup {

constexpr std::size_t kTarBlock = 512;

struct TarEntry {
  std::string path;  // relative, without ".." and empty parts
  std::int64_t size = 0;
  int mode = 0600;
};

// The header of an entry; its bytes follow, then tar_padding(size) zeros.
std::string tar_header(const TarEntry& entry);
std::size_t tar_padding(std::int64_t size);

// Takes an archive in parts of any size. A failure of a callback ends it.
class TarParser {
 public:
  struct Taker {
    std::function<Status(const TarEntry&)> begin;
    std::function<Status(std::string_view)> data;
    std::function<Status()> end;
  };
  explicit TarParser(Taker taker) : taker_(std::move(taker)) {}

  Status feed(std::string_view bytes);
  // After the last part. DataLoss if an entry is cut short. Blocks of zeros at the end may be
  // missing: what makes a backup whole is its manifest.
  Status finish() const;

 private:
  enum class Stage { Header, Extension, Content, Padding, Closed };

  Status take_block(std::string_view block);
  Status take_header(std::string_view block);
  Status take_extension();
  Status begin_entry();
  Status end_content();
  std::size_t wanted() const;

  Taker taker_;
  Stage stage_ = Stage::Header;
  std::string block_;      // of a header or an extension, while it is not whole
  std::int64_t left_ = 0;  // of content, or of padding
  TarEntry entry_;
  std::string path_;        // from an extension; empty: none
  std::int64_t size_ = -1;  // likewise
};

}  // namespace gantry::backup
