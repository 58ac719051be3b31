// $GANTRY_OUTPUT and the rest of what a task leaves behind.
#pragma once

#include <string>
#include <vector>

namespace gantry::shim {

struct Outputs {
  std::string text;
  std::string error;  // why it could not be taken; empty if it was, or if there is no file
};

// Only regular files, never through a link, at most size_max bytes.
Outputs read_outputs(const std::string& path, std::size_t size_max);

struct Captures {
  std::vector<std::string> texts;  // none if there is an error
  std::string error;
};

// The texts of `paths`; an empty path stands for `standard_output`. At most size_max bytes in all.
// A file that is not there is an error.
Captures read_captures(const std::vector<std::string>& paths, std::string standard_output,
                       std::size_t size_max);

}  // namespace gantry::shim
