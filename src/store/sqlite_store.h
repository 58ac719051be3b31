// SqliteStore: the embedded store, one file. WAL, synchronous=FULL, one writer. What the file holds
// is described in docs/format/store.md; the traps it avoids are those of sqlite.org/howtocorrupt:
// only SQLite touches the file, it is never opened over a fork, the caller holds a StoreLock.
//
// The checkpointer's thread starts with open(): fork before, never after.
#pragma once

#include <memory>
#include <string>

#include "store/sqlite_checkpointer.h"
#include "store/sqlite_retention.h"
#include "store/sqlite_writer.h"
#include "store/store.h"

namespace gantry::store {

struct SqliteOptions {
  std::string vfs = {};           // empty = the system's; tests give one that fails
  bool checkpoint_thread = true;  // false: tidy() checkpoints, in the caller's thread
  std::string holder = {};        // who leads, for messages: "host, pid 17"
  Duration busy_wait = seconds(10);
};

class SqliteStore : public Store {
  struct Key {};

 public:
  SqliteStore(Key, std::string path, SqliteOptions options);  // only open() has a Key
  // Creates the file if it is absent (its directory must exist) and migrates it.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                   const SqliteOptions& options = {});
  ~SqliteStore() override;

  Result<Epoch> open_epoch() override;
  Result<Recovery> load(const FoldChange& fold) override;
  Status commit(const Batch& batch) override;
  Result<std::int64_t> last_batch() override;
  Result<bool> tidy() override;
  Result<RetentionStep> retain(const RetentionCut& cut) override;
  Status raise_incarnation() override;
  Result<std::unique_ptr<Reader>> new_reader() override;

  // All of the log into the database file (before a copy, at a clean end).
  Status checkpoint();

 private:
  struct Connection {
    explicit Connection(Database opened) : db(std::move(opened)), writer(db) {}
    Database db;
    SqliteWriter writer;
  };

  Status connect();
  Status ensure_open();
  Status watch_log();
  void checkpoint_some();
  // Runs `write` as one transaction; afterwards the store is as before if anything failed.
  template <typename Write>
  Status transact(Write write);
  Status write_batch(const Batch& batch);
  void note_failure();

  const std::string path_;
  const SqliteOptions options_;
  std::unique_ptr<Connection> connection_;  // null after a lost sync, until reopened
  std::unique_ptr<SqliteCheckpointer> checkpointer_;
  SqliteRetention retention_;
  Epoch epoch_;
  bool sync_was_lost_ = false;
};

}  // namespace gantry::store
