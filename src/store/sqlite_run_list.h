// Lists of runs that stay fast with millions of runs, whatever the filters: each combination of
// (workflow or folder, state, cause) is an exact range of an index that ends in the run number;
// the newest of all ranges are merged.
#pragma once

#include <vector>

#include "store/reader.h"
#include "store/sqlite_database.h"

namespace gantry::store {

// The newest `limit` runs with a number below `before`, newest first.
Result<std::vector<RunNo>> newest_runs(Database& db, const RunFilter& filter, RunNo before,
                                       int limit);

}  // namespace gantry::store
