// The one row that describes the store as a whole: read at the start of a commit, written at its
// end.
#pragma once

#include <optional>

#include "store/sqlite_database.h"
#include "store/store.h"

namespace gantry::store {

struct StoreCounters {
  Recovery recovery;  // incarnation, last batch, mark, highest ids, last position
  std::int64_t last_listed_at = 0;
};

Result<StoreCounters> read_counters(Database& db);
Status write_counters(Database& db, const StoreCounters& counters);

// FailedPrecondition unless `epoch` leads.
Status require_epoch(Database& db, Epoch epoch);

}  // namespace gantry::store
