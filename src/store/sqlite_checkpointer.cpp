#include "store/sqlite_checkpointer.h"

#include <utility>

#include "base/log.h"

namespace gantry::store {

Result<std::unique_ptr<SqliteCheckpointer>> SqliteCheckpointer::start(
    const std::string& path, const DatabaseOptions& options) {
  TRY(Database db, Database::open(path, options));
  TRY_STATUS(db.execute("PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL"));
  sqlite3_busy_timeout(db.handle(), kRestartWaitMs);
  auto c = std::make_unique<SqliteCheckpointer>(Key{}, std::move(db));
  c->worker_ = std::thread([worker = c.get()] { worker->work(); });
  return c;
}

SqliteCheckpointer::~SqliteCheckpointer() {
  {
    const MutexLock lock(mutex_);
    stop_ = true;
    changed_.notify_one();
  }
  if (worker_.joinable()) worker_.join();
}

void SqliteCheckpointer::wal_grew(int pages) {
  const MutexLock lock(mutex_);
  pages_ = pages;
  if (pages < done_pages_) done_pages_ = 0;  // the log has begun anew
  if (pages_ - done_pages_ >= kPassiveEvery) changed_.notify_one();
}

void SqliteCheckpointer::request() {
  const MutexLock lock(mutex_);
  requested_ = true;
  changed_.notify_one();
}

bool SqliteCheckpointer::is_behind() const {
  const MutexLock lock(mutex_);
  return requested_ || serves_request_;
}

void SqliteCheckpointer::work() {
  while (wait_for_work()) {
    checkpoint();
    const MutexLock lock(mutex_);
    serves_request_ = false;
  }
}

bool SqliteCheckpointer::wait_for_work() {
  const MutexLock lock(mutex_);
  changed_.wait(mutex_,
                [this] { return stop_ || requested_ || pages_ - done_pages_ >= kPassiveEvery; });
  done_pages_ = pages_;
  serves_request_ = std::exchange(requested_, false);
  return !stop_;
}

// A failure leaves the log as it is: it only grows until a later checkpoint succeeds.
void SqliteCheckpointer::checkpoint() {
  int log = 0;
  int copied = 0;
  int code =
      sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &log, &copied);
  if (code == SQLITE_OK && log > kRestartFrom)
    code =
        sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, &log, &copied);
  if (code != SQLITE_OK && code != SQLITE_BUSY)
    log_warning("store", "{}", sqlite_error(db_.handle(), "checkpoint").message);
}

Status checkpoint_fully(Database& db) {
  const int code =
      sqlite3_wal_checkpoint_v2(db.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  return code == SQLITE_OK ? ok() : Status(sqlite_error(db.handle(), "checkpoint"));
}

}  // namespace gantry::store
