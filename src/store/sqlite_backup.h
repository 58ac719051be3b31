// Copies of a store: a snapshot of one that is in use, and what a restored copy needs before a
// server may use it.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace gantry::store {

struct StoreFacts {
  std::int64_t schema = 0;
  std::int64_t incarnation = 0;
  std::int64_t position = 0;
  std::int64_t open_runs = 0;
  std::int64_t running_attempts = 0;
};

// Copies the store at `path`, which others may write meanwhile, as it is at one moment, into the
// new file `into`. Holds up no commit. `go_on` is asked every few megabytes; its error ends the
// copy. The copy is not synced. For a worker: takes as long as the disk needs.
Status snapshot_store(const std::string& path, const std::string& into,
                      const std::function<Status()>& go_on);

// FailedPrecondition for the store of a newer Gantry.
Result<StoreFacts> store_facts(const std::string& path);

// Makes the copy at `path` a store of its own: migrated, a new incarnation, paused with the note,
// sessions and login links ended, all in the one file and synced. What ran when the copy was taken
// is found by the incarnation of its id: nobody knows its end.
Result<StoreFacts> adopt_copy(const std::string& path, Instant now, const std::string& note);

}  // namespace gantry::store
