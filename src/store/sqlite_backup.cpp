#include "store/sqlite_backup.h"

#include <sqlite3.h>

#include <fmt/format.h>

#include "store/sqlite_schema.h"
#include "store/sqlite_store.h"

namespace gantry::store {

namespace {
constexpr int kPagesPerStep = 1'024;  // of 4 KiB
constexpr const char* kActor = "restore";

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};
using Backup = std::unique_ptr<sqlite3_backup, FinishBackup>;

// Little by little: what is dirty would be written with the next sync of a commit, which would wait
// for all of it.
void flush_some(Database& to) {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(to.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (found == SQLITE_OK && file != nullptr && file->pMethods != nullptr)
    (void)file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

std::vector<model::Change> adoption(const std::vector<model::CredentialRow>& credentials,
                                    Instant now, const std::string& note) {
  std::vector<model::Change> changes;
  changes.push_back({now, kActor, model::ServerChanged{{true, note}}});
  for (model::CredentialRow row : credentials) {
    if (row.kind == model::CredentialKind::Token) continue;
    row.revoked_at = now;
    changes.push_back({now, kActor, model::CredentialChanged{std::move(row)}});
  }
  return changes;
}
}  // namespace

// One read transaction for the whole copy: it sees one snapshot and never begins anew. The writer
// goes on; the log grows meanwhile.
Status snapshot_store(const std::string& path, const std::string& into,
                      const std::function<Status()>& go_on) {
  TRY(Database from, Database::open(path, {.query_only = true}));
  TRY(Database to, Database::open(into, {}));
  TRY_STATUS(to.execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF"));
  TRY(const Transaction snapshot, Transaction::begin_read(from));
  TRY_STATUS(from.integer("SELECT batch FROM store"));
  const Backup backup(sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
  if (!backup) return sqlite_error(to.handle(), "write");
  for (;;) {
    const int code = sqlite3_backup_step(backup.get(), kPagesPerStep);
    if (code == SQLITE_DONE) return ok();
    if (code != SQLITE_OK)
      return error(Code::Unavailable,
                   fmt::format("cannot copy {}: {}", path, sqlite3_errstr(code)));
    flush_some(to);
    TRY_STATUS(go_on());
  }
}

Result<StoreFacts> store_facts(const std::string& path) {
  TRY(Database db, Database::open(path, {.query_only = true}));
  TRY_STATUS(require_known_schema(db));
  StoreFacts facts;
  TRY(facts.schema, db.integer("PRAGMA user_version"));
  TRY(facts.incarnation, db.integer("SELECT incarnation FROM store"));
  TRY(facts.position, db.integer("SELECT position FROM store"));
  TRY(facts.open_runs, db.integer("SELECT count(*) FROM open_run"));
  TRY(facts.running_attempts,
      db.integer("SELECT count(*) FROM open_run o JOIN attempt a ON a.run=o.run WHERE a.state=0"));
  return facts;
}

namespace {
Result<std::vector<model::CredentialRow>> credentials_of(SqliteStore& store) {
  TRY(const auto reader, store.new_reader());
  return reader->credentials();
}

Status adopt(SqliteStore& store, Instant now, const std::string& note) {
  TRY(const Epoch epoch, store.open_epoch());
  TRY_STATUS(store.raise_incarnation());
  TRY(const Recovery recovery, store.load([](const model::Change&) {}));
  TRY(const auto credentials, credentials_of(store));
  const auto changes = adoption(credentials, now, note);
  const TimeMark mark = recovery.mark.value_or(TimeMark{});
  TRY_STATUS(store.commit({epoch, recovery.last_batch + 1, mark, changes}));
  return store.checkpoint();
}
}  // namespace

Result<StoreFacts> adopt_copy(const std::string& path, Instant now, const std::string& note) {
  {
    SqliteOptions options;
    options.checkpoint_thread = false;
    options.holder = "restore";
    TRY(auto store, SqliteStore::open(path, options));
    TRY_STATUS(adopt(*store, now, note));
  }
  return store_facts(path);
}

}  // namespace gantry::store
