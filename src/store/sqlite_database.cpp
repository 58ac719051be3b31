#include "store/sqlite_database.h"

#include <fmt/format.h>

namespace gantry::store {

namespace {
std::string file_of(sqlite3* db) {
  const char* name = db == nullptr ? nullptr : sqlite3_db_filename(db, "main");
  return name == nullptr || *name == '\0' ? "the store" : name;
}

struct Meaning {
  Code code;
  std::string_view text;
};

Meaning meaning_of(int extended_code) {
  switch (extended_code & 0xff) {
    case SQLITE_FULL: return {Code::ResourceExhausted, "the disk is full: free some space"};
    case SQLITE_IOERR:
      return {Code::Unavailable, "I/O error: look at the disk and the kernel's log"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Code::Unavailable, "another process holds it for too long"};
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Code::Unavailable, "it can not be opened for writing: check path, owner and mode"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::DataLoss, "the file is damaged or no Gantry store: restore a backup"};
    case SQLITE_NOMEM: return {Code::ResourceExhausted, "out of memory"};
    default: return {Code::Internal, "unexpected failure"};
  }
}
}  // namespace

Error sqlite_error(sqlite3* db, std::string_view doing) {
  const int code = db == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(db);
  const Meaning meaning = meaning_of(code);
  return error(meaning.code,
               fmt::format("cannot {} {}: {} ({}, code {})", doing, file_of(db), meaning.text,
                           db == nullptr ? "no connection" : sqlite3_errmsg(db), code));
}

bool is_lost_sync(int extended_code) {
  return extended_code == SQLITE_IOERR_FSYNC || extended_code == SQLITE_IOERR_DIR_FSYNC;
}

Result<bool> Query::next() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* db = sqlite3_db_handle(handle_);
  return sqlite_error(db, sqlite3_stmt_readonly(handle_) != 0 ? "read" : "write");
}

Status Query::run() {
  for (;;) {
    TRY(const bool row, next());
    if (!row) return ok();
  }
}

std::string_view Query::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  const int size = sqlite3_column_bytes(handle_, column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<Database> Database::open(const std::string& path, const DatabaseOptions& options) {
  Database db;
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (options.query_only ? 0 : SQLITE_OPEN_CREATE);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  db.handle_.reset(handle);
  if (code != SQLITE_OK) {
    Error failure = sqlite_error(handle, "open");
    failure.message += " [" + path + "]";
    return failure;
  }
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_wait.us / 1000));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  TRY_STATUS(
      db.execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
                 "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0"));
  if (options.query_only) TRY_STATUS(db.execute("PRAGMA query_only=ON"));
  return db;
}

Status Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return ok();
  return sqlite_error(handle_.get(), "use");
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK)
    return sqlite_error(handle_.get(), "use");
  return Statement(handle);
}

Result<Query> Database::query(std::string_view sql) {
  auto found = kept_.find(sql);
  if (found == kept_.end()) {
    TRY(Statement statement, prepare(sql));
    found = kept_.emplace(std::string(sql), std::move(statement)).first;
  }
  return Query(found->second);
}

Result<std::int64_t> Database::integer(const std::string& sql) {
  TRY(const Statement statement, prepare(sql));
  Query query(statement);
  TRY(const bool row, query.next());
  return row ? query.integer(0) : 0;
}

Result<Transaction> Transaction::begin_write(Database& db) {
  TRY_STATUS(db.execute("BEGIN IMMEDIATE"));
  return Transaction(db);
}

Result<Transaction> Transaction::begin_read(Database& db) {
  TRY_STATUS(db.execute("BEGIN"));
  return Transaction(db);
}

// Some failures have rolled back already; then there is nothing to end.
Transaction::~Transaction() {
  if (db_ != nullptr && sqlite3_get_autocommit(db_->handle()) == 0)
    static_cast<void>(db_->execute("ROLLBACK"));
}

Status Transaction::commit() {
  TRY_STATUS(db_->execute("COMMIT"));
  db_ = nullptr;
  return ok();
}

}  // namespace gantry::store
