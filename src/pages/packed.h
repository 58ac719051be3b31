// The pages as cmake/pack_pages.cpp wrote them, compressed.
#pragma once

#include <cstddef>
#include <string_view>

namespace gantry::pages {

struct Packed {
  std::string_view frame;  // zstd
  std::size_t size_bytes;  // of what is in it
};
extern const Packed kPacked;

}  // namespace gantry::pages
