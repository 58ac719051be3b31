// A directory that goes with the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "base/files.h"

namespace gantry::store {

class Scratch {
 public:
  Scratch() {
    std::string pattern = testing::TempDir() + "/gantry-store-XXXXXX";
    const char* made = ::mkdtemp(pattern.data());
    CHECK(made != nullptr);
    directory_ = made;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { static_cast<void>(remove_tree(directory_)); }

  const std::string& directory() const { return directory_; }
  std::string path(const std::string& name) const { return join_path(directory_, name); }

 private:
  std::string directory_;
};

}  // namespace gantry::store
