// What the leaf cgroup (v2) of an attempt tells about its memory: whether the kernel killed one of
// its processes for want of memory, and how much all of them together had. Only where the memory
// controller is delegated; else it knows nothing. A leaf is used again, so figures count from the
// construction on. Files: "memory.events" and "memory.peak" in the kernel's cgroup-v2.rst.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shim/protocol.h"

namespace gantry::shim {

// The number of processes that the kernel has killed, from the text of memory.events.
std::optional<std::int64_t> oom_kills_in(std::string_view events);

class LeafMemory {
 public:
  explicit LeafMemory(const std::string& leaf);  // empty: knows nothing
  ~LeafMemory();
  LeafMemory(const LeafMemory&) = delete;
  LeafMemory& operator=(const LeafMemory&) = delete;

  bool knows_kills() const { return kills_before_.has_value(); }
  bool was_killed_for() const;      // one of the processes was
  std::int64_t peak_bytes() const;  // 0 = not known (before Linux 6.12 it can not be set back)

 private:
  std::string events_path_;
  std::optional<std::int64_t> kills_before_;
  int peak_fd_ = -1;
};

// What the leaf adds to the record of an attempt that has ended.
void add_memory(const LeafMemory& memory, ExitRecord& record);

}  // namespace gantry::shim
