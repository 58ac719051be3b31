// Packing and unpacking a stream by zstd, part by part. Frames carry a checksum; several may follow
// each other.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry::backup {

class Packer {
 public:
  Packer();
  ~Packer();
  void add(std::string_view bytes);  // what is packed gathers in out()
  void end_frame();
  std::string& out() { return out_; }  // the caller takes it away

 private:
  void compress(std::string_view bytes, int how);
  struct Context;
  std::unique_ptr<Context> context_;
  std::string out_;
};

// Hands on what a packed file holds, in parts, as long as `take` returns ok. DataLoss if it is
// damaged or cut short.
Status unpack_file(int fd, const std::function<Status(std::string_view)>& take);

}  // namespace gantry::backup
