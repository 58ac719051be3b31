// Restoring a backup into a home. All of the archive is checked before anything is written; the new
// home is made beside the old one and takes its place in one step, so that a crash leaves the one
// or the other, whole.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "backup/reader.h"
#include "backup/take.h"
#include "store/sqlite_backup.h"

namespace gantry::backup {

struct RestoreOptions {
  std::string archive;
  HomePlaces home;
  Instant now;
  bool force = false;  // a home that holds something is moved aside
  // Tests: called before each step with its name.
  std::function<void(std::string_view)> on_step = [](std::string_view) {};
};

struct Restored {
  Contents contents;
  store::StoreFacts store;
  std::string moved_to;  // what was there before; empty: nothing
  std::string settings;  // where the settings lie, if not in the home itself; see below
};

// FailedPrecondition if the home holds something (without force), if a server writes it, if tasks
// of it still run, or if the backup is of a newer Gantry; else as read_archive().
//
// A home whose data lies elsewhere (/etc/gantry and /var/lib/gantry) is two folders, which nobody
// can exchange in one step: then only the data is, and the settings are put into restored-home/
// there, for whoever looks after /etc.
Result<Restored> restore_backup(const RestoreOptions& options);

}  // namespace gantry::backup
