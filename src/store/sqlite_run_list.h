// Lists of runs that stay fast with millions of runs, whatever the filters: each combination of
// (workflow or folder, set of labels, state, cause) is an exact range of an index that ends in the
// run number; the first of all ranges are merged.
#pragma once

#include <vector>

#include "store/reader.h"
#include "store/sqlite_database.h"

namespace gantry::store {

// The first `limit` runs beyond `after` in the order of the filter, which is not shown itself.
Result<std::vector<RunNo>> list_runs(Database& db, const RunFilter& filter, RunNo after, int limit);

}  // namespace gantry::store
