// $GANTRY_OUTPUT and the rest of what a task leaves behind.
#pragma once

#include <string>

namespace gantry::shim {

struct Outputs {
  std::string text;
  std::string error;  // why it could not be taken; empty if it was, or if there is no file
};

// Only regular files, never through a link, at most size_max bytes.
Outputs read_outputs(const std::string& path, std::size_t size_max);

}  // namespace gantry::shim
