// Copies the write-ahead log into the database file on a thread and connection of its own, so that
// a commit never waits for it. PASSIVE while the log is short; if it grows beyond kRestartFrom
// pages because commits never pause, RESTART, which makes the writer wait for the last pages, and
// for readers of the old log: a moment only, for a backup may read for minutes. Then the log grows.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "base/mutex.h"
#include "store/sqlite_database.h"

namespace gantry::store {

class SqliteCheckpointer {
  struct Key {};

 public:
  static constexpr int kPassiveEvery = 1'000;  // pages of 4 KiB
  static constexpr int kRestartFrom = 16'384;  // 64 MiB
  static constexpr int kRestartWaitMs = 20;

  static Result<std::unique_ptr<SqliteCheckpointer>> start(const std::string& path,
                                                           const DatabaseOptions& options);
  SqliteCheckpointer(Key, Database db) : db_(std::move(db)) {}  // only start() has a Key
  ~SqliteCheckpointer();

  // The log has this many pages now. Called by the writer after a commit; does not wait.
  void wal_grew(int pages);
  // Copies what there is now, however little. Does not wait.
  void request();
  // Whether the last request is not served yet.
  bool is_behind() const;

 private:
  void work();
  bool wait_for_work();
  void checkpoint();

  Database db_;  // of the worker
  mutable Mutex mutex_;
  Condition changed_;
  int pages_ GUARDED_BY(mutex_) = 0;
  int done_pages_ GUARDED_BY(mutex_) = 0;  // as the log was when the last checkpoint began
  bool requested_ GUARDED_BY(mutex_) = false;
  bool serves_request_ GUARDED_BY(mutex_) = false;
  bool stop_ GUARDED_BY(mutex_) = false;
  std::thread worker_;
};

// Everything into the database file and the log empty; Unavailable if readers prevent it.
Status checkpoint_fully(Database& db);

}  // namespace gantry::store
