// Leaf cgroups (v2), one per running attempt, kept and used again: what is in a leaf can be killed
// at once, whatever it does to get away. Not every machine lets us make them; without them a tree
// is killed by walking it (shim/tree.h).
#pragma once

#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"

namespace gantry::runner {

// Any thread.
class LeafPool {
 public:
  // Makes and tries one. The error says why there can be none; for `gantry doctor`.
  // `identity` names the data directory (strays.h). Empty leaves of former servers are removed.
  Status open(const std::string& identity);

  std::string take();  // a directory; empty if there is none to be had
  // The attempt is over and nothing of it is left; of a leaf in use by what can not be killed
  // there is no giving back.
  void give_back(std::string leaf);

 private:
  std::string make_leaf() REQUIRES(mutex_);

  Mutex mutex_;
  std::string root_ GUARDED_BY(mutex_);  // empty: there are no leaves
  std::string prefix_ GUARDED_BY(mutex_);
  std::vector<std::string> free_ GUARDED_BY(mutex_);
  std::size_t made_ GUARDED_BY(mutex_) = 0;
};

// SIGKILL to all that is in `leaf`, which a header names; nothing if it is not one of ours.
void kill_leaf(const std::string& leaf);

}  // namespace gantry::runner
