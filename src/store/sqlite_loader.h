// What a restarted engine begins from: the open part of the store as foldable changes.
#pragma once

#include "store/sqlite_database.h"
#include "store/store.h"

namespace gantry::store {

// See Store::load. Call inside a transaction: it reads several tables.
Status load_open_state(Database& db, const FoldChange& fold);

}  // namespace gantry::store
