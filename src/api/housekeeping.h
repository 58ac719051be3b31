// What the API asks of the app to keep a server in order: backups, and taking away what is old.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace gantry::api {

// The next bytes of a backup; empty: that was all. One thread at a time; dropping it ends the
// backup.
using NextBytes = std::function<Result<std::string>()>;
// Blocks until the store is copied.
using BeginBackup = std::function<Result<NextBytes>(bool logs)>;

// Folders or files, and what they took on the disk.
struct Removed {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

// What a round of retention took, or would take.
struct Collected {
  std::int64_t runs = 0;     // with their history
  std::int64_t logs = 0;     // runs that stay, without their logs
  std::int64_t records = 0;  // of history; of a dry run unknown
  std::int64_t audit = 0;
  Removed log_folders, workspaces, attempts, versions;
  std::int64_t store_bytes = 0;  // that the store gave back to the disk
};

// As JSON, the schema Collected.
std::string text_of(const Collected& collected, bool dry_run);

// `done` is called exactly once, on any thread, or dropped when the server stops.
using OnCollected = std::function<void(const Result<Collected>&)>;
using Collect = std::function<void(bool dry_run, OnCollected done)>;

}  // namespace gantry::api
