// The tables and their migrations. docs/format/store.md describes every column.
#pragma once

#include "base/result.h"
#include "store/sqlite_database.h"

namespace gantry::store {

inline constexpr std::int64_t kApplicationId = 0x476e7479;  // "Gnty"
inline constexpr std::int64_t kSchemaVersion = 12;

// Sets up a new file, migrates an old one. FailedPrecondition for a file of a newer Gantry,
// DataLoss for a file that is something else.
Status prepare_schema(Database& db);

// For readers and the checker: the file must be a store of this version.
Status require_schema(Database& db);

// The file must be a store of this version or an older one.
Status require_known_schema(Database& db);

}  // namespace gantry::store
