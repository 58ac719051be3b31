// Leaf cgroups (v2), one per running attempt, kept and used again: what is in a leaf can be killed
// at once, whatever it does to get away. Not every machine lets us make them; without them a tree
// is killed by walking it (shim/tree.h). Where the memory controller is delegated to us, a leaf
// also tells whether the kernel killed for want of memory (shim/leaf_memory.h).
//
//   BASE/gantry-IDENTITY/leaf-TIME-NUMBER
//
// BASE is the cgroup of this process, or the one above it if that was delegated (systemd:
// Delegate=yes with DelegateSubgroup=): only a cgroup without processes can hand on a controller.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "base/mutex.h"
#include "base/result.h"

namespace gantry::runner {

// Any thread.
class LeafPool {
 public:
  LeafPool() = default;
  ~LeafPool();  // takes with it what is empty
  LeafPool(const LeafPool&) = delete;
  LeafPool& operator=(const LeafPool&) = delete;

  // Makes and tries one. The error says why there can be none.
  // `identity` names the data directory (strays.h). What former servers left empty is removed.
  Status open(const std::string& identity);
  // The same below a given directory.
  Status open_at(const std::string& base, const std::string& identity);

  bool tells_memory() const;  // its leaves have the memory controller

  std::string take();  // a directory; empty if there is none to be had
  // The attempt is over and nothing of it is left; of a leaf in use by what can not be killed
  // there is no giving back.
  void give_back(std::string leaf);
  // The same, of an attempt whose file names the leaf and has no record: who reads that file again
  // will kill what is in the leaf, so it must not be another's.
  void retire(const std::string& leaf);

 private:
  Status claim_root(const std::string& root) REQUIRES(mutex_);
  std::string make_leaf() REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::string root_ GUARDED_BY(mutex_);  // empty: there are no leaves
  Fd root_lock_ GUARDED_BY(mutex_);      // tells other servers that the root is in use
  bool tells_memory_ GUARDED_BY(mutex_) = false;
  std::string prefix_ GUARDED_BY(mutex_);
  std::vector<std::string> free_ GUARDED_BY(mutex_);
  std::size_t made_ GUARDED_BY(mutex_) = 0;
};

// SIGKILL to all that is in `leaf`, which a header names; nothing if it is not one of ours.
void kill_leaf(const std::string& leaf);
// Whether a process is in it; false if it is none of ours or gone.
bool is_populated(const std::string& leaf);

// "process trees: ..." for people: what is used, and if it is not all there is, why. `why` is the
// error of open(), empty if it worked.
std::string describe_trees(const std::string& why, bool tells_memory);

}  // namespace gantry::runner
