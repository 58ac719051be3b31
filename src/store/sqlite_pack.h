// Packing: the history, tasks and attempts of closed runs move from the hot tables into compressed
// pieces. Also gives pages that became free back to the file system.
#pragma once

#include <functional>

#include "base/ids.h"
#include "store/pack_rows.h"
#include "store/sqlite_database.h"

namespace gantry::store {

inline constexpr int kPackRowsMax = 2'000;  // moved per call, in one transaction

// Call inside a write transaction. True if more is left to do.
Result<bool> pack_some(Database& db);

// Gives pages that are free back to the file system, a bounded number per call. True if there are
// more. Call inside a write transaction.
Result<bool> return_free_pages(Database& db);

// The packed rows of one kind, in the order they had; history only after position `after`.
// `take` answers false to end early.
using TakeRow = std::function<Result<bool>(const Columns&)>;
Status read_packed(Database& db, RunNo run, PackKind kind, std::int64_t after, const TakeRow& take);

}  // namespace gantry::store
