// FileMemory: what one file trigger knows of the files it sees. Pure: it is told what is there and
// what time it is. Bounded: it knows no file that was not there at the last look.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/found_files.h"

namespace gantry::app {

// What makes a file one of a kind; that of another device covers disks whose numbers change at a
// boot. A file that was renamed has one of them in common with what it was.
std::vector<std::string> keys_of(const FoundFile& file);

class FileMemory {
 public:
  // Replaces what it knew. `now` is time since boot.
  void look(const std::vector<FoundFile>& found, Duration now);
  // Neither taken nor changed for `settle`, the one that was written first first.
  std::vector<FoundFile> settled(Duration settle, Duration now) const;
  void take(const FoundFile& file);
  // Until the next one can have settled; none if nothing waits.
  std::optional<Duration> wait(Duration settle, Duration now) const;
  std::size_t size() const { return files_.size(); }

 private:
  struct Known {
    FoundFile file;
    Duration since;  // as it is
    bool is_taken = false;
  };
  std::unordered_map<std::string, Known> files_;  // by path
};

}  // namespace gantry::app
