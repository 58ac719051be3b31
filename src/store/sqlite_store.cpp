#include "store/sqlite_store.h"

#include <fmt/format.h>

#include "base/log.h"
#include "store/batch_rules.h"
#include "store/sqlite_loader.h"
#include "store/sqlite_pack.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_schema.h"

namespace gantry::store {

SqliteStore::SqliteStore(Key, std::string path, SqliteOptions options)
    : path_(std::move(path)), options_(std::move(options)) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path,
                                                       const SqliteOptions& options) {
  auto store = std::make_unique<SqliteStore>(Key{}, path, options);
  TRY_STATUS(store->connect());
  return store;
}

Status SqliteStore::connect() {
  TRY(Database db, Database::open(path_, {.vfs = options_.vfs, .busy_wait = options_.busy_wait}));
  TRY_STATUS(prepare_schema(db));
  auto connection = std::make_unique<Connection>(std::move(db));
  TRY_STATUS(connection->writer.prepare());
  // What a failed fsync may have lost is in the log: write it all once more, to the file itself.
  if (sync_was_lost_) TRY_STATUS(checkpoint_fully(connection->db));
  connection_ = std::move(connection);
  sync_was_lost_ = false;
  return options_.checkpoint_thread ? watch_log() : ok();
}

Status SqliteStore::watch_log() {
  TRY(checkpointer_,
      SqliteCheckpointer::start(path_, {.vfs = options_.vfs, .busy_wait = options_.busy_wait}));
  const auto hook = [](void* checkpointer, sqlite3*, const char*, int pages) {
    static_cast<SqliteCheckpointer*>(checkpointer)->wal_grew(pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_->db.handle(), hook, checkpointer_.get());
  return ok();
}

Status SqliteStore::ensure_open() { return connection_ ? ok() : connect(); }

// Reads the code of the failure; to be called before anything else is done with the connection.
void SqliteStore::note_failure() {
  sync_was_lost_ = is_lost_sync(sqlite3_extended_errcode(connection_->db.handle()));
}

template <typename Write>
Status SqliteStore::transact(Write write) {
  Status outcome;
  {
    TRY(Transaction transaction, Transaction::begin_write(connection_->db));
    outcome = write();
    if (outcome.ok()) outcome = transaction.commit();
    if (!outcome.ok()) note_failure();
  }
  if (outcome.ok()) return outcome;
  connection_->writer.forget();
  if (sync_was_lost_) {
    log_error("store", "{}: fsync failed, the store is closed until it is reopened", path_);
    connection_.reset();
    checkpointer_.reset();
  }
  return outcome;
}

Result<Epoch> SqliteStore::open_epoch() {
  TRY_STATUS(ensure_open());
  Epoch taken;
  const auto take = [&]() -> Status {
    TRY(Query q, connection_->db.query("UPDATE leader SET epoch=epoch+1, holder=? "
                                       "RETURNING epoch"));
    TRY(const bool row, q.put(options_.holder).next());
    if (!row) return error(Code::DataLoss, "the store has lost its leader row");
    taken.value = q.integer(0);
    return q.run();
  };
  TRY_STATUS(transact(take));
  epoch_ = taken;
  return taken;
}

Result<Recovery> SqliteStore::load(const FoldChange& fold) {
  TRY_STATUS(ensure_open());
  TRY(const Transaction snapshot, Transaction::begin_read(connection_->db));
  TRY(const StoreCounters counters, read_counters(connection_->db));
  TRY_STATUS(load_open_state(connection_->db, fold));
  return counters.recovery;
}

Status SqliteStore::commit(const Batch& batch) {
  if (!connection_)
    return error(Code::Unavailable, path_ + " was closed after a failed fsync: load it again");
  return transact([&] { return write_batch(batch); });
}

Status SqliteStore::write_batch(const Batch& batch) {
  Database& db = connection_->db;
  TRY_STATUS(require_epoch(db, batch.epoch));
  TRY(StoreCounters counters, read_counters(db));
  TRY_STATUS(check_batch_number(counters.recovery.last_batch, batch.number));
  counters.recovery.last_batch = batch.number;
  counters.recovery.mark = batch.mark;
  for (const model::Change& change : batch.changes)
    TRY_STATUS(connection_->writer.write(change, counters));
  return write_counters(db, counters);
}

Result<std::int64_t> SqliteStore::last_batch() {
  TRY_STATUS(ensure_open());
  TRY(const StoreCounters counters, read_counters(connection_->db));
  return counters.recovery.last_batch;
}

Result<bool> SqliteStore::tidy() {
  if (!connection_)
    return error(Code::Unavailable, path_ + " was closed after a failed fsync: load it again");
  bool more = false;
  const auto pack = [&]() -> Status {
    TRY_STATUS(require_epoch(connection_->db, epoch_));
    TRY(more, pack_some(connection_->db));
    return ok();
  };
  TRY_STATUS(transact(pack));
  if (!options_.checkpoint_thread) checkpoint_some();
  return more;
}

void SqliteStore::checkpoint_some() {
  sqlite3_wal_checkpoint_v2(connection_->db.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                            nullptr);
}

Result<RetentionStep> SqliteStore::retain(const RetentionCut& cut) {
  if (!connection_)
    return error(Code::Unavailable, path_ + " was closed after a failed fsync: load it again");
  RetentionStep step;
  // Pages that wait to be synced make commits wait behind them: one step's at a time.
  step.more = true;
  if (checkpointer_ && checkpointer_->is_behind()) return step;
  const auto take = [&]() -> Status {
    TRY_STATUS(require_epoch(connection_->db, epoch_));
    TRY(step, retention_.step(connection_->db, cut));
    return ok();
  };
  const Status taken = transact(take);
  if (taken.ok()) {
    checkpointer_ ? checkpointer_->request() : checkpoint_some();
    return step;
  }
  retention_.begin_again();
  return taken.error();
}

Status SqliteStore::raise_incarnation() {
  TRY_STATUS(ensure_open());
  return transact(
      [&] { return connection_->db.execute("UPDATE store SET incarnation = incarnation + 1"); });
}

Result<std::unique_ptr<Reader>> SqliteStore::new_reader() {
  TRY(auto reader,
      SqliteReader::open(
          path_, {.vfs = options_.vfs, .query_only = true, .busy_wait = options_.busy_wait}));
  return std::unique_ptr<Reader>(std::move(reader));
}

Status SqliteStore::checkpoint() {
  TRY_STATUS(ensure_open());
  return checkpoint_fully(connection_->db);
}

}  // namespace gantry::store
