// A closed run read back from the store, for a retry. Any thread; blocks on the disk.
#pragma once

#include "model/event.h"
#include "store/store.h"

namespace gantry::engine {

// Never fails: the event says so. `epoch` is handed through.
model::RunProvided load_closed_run(store::Store& store, RunNo run, std::int64_t epoch);

}  // namespace gantry::engine
