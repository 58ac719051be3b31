// Thin owners of SQLite's connection and statements; every failure becomes an Error that names the
// file. A connection belongs to one thread at a time.
#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace gantry::store {

// What the last failed call on `db` means: ResourceExhausted (disk full), Unavailable (I/O, busy),
// DataLoss (damaged), else Internal.
Error sqlite_error(sqlite3* db, std::string_view doing);

// True for the failures after which the operating system may have dropped written data.
bool is_lost_sync(int extended_code);

// A row's values by column number, from a statement or from a pack.
class Columns {
 public:
  virtual ~Columns() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view bytes(int column) const = 0;  // valid until the next row

  std::string text(int column) const { return std::string(bytes(column)); }
  bool flag(int column) const { return integer(column) != 0; }
  std::optional<Instant> instant(int column) const {
    if (is_null(column)) return std::nullopt;
    return Instant{integer(column)};
  }
};

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  sqlite3_stmt* handle() const { return handle_.get(); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// One execution of a statement: put() the parameters in order, then next() row by row or run().
// Ends with the object: a statement left open would hold its snapshot for ever.
class Query : public Columns {
 public:
  explicit Query(const Statement& statement) : handle_(statement.handle()) {}
  Query(Query&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Query& operator=(Query&&) = delete;
  ~Query() override {
    if (handle_ != nullptr) sqlite3_reset(handle_);
  }

  Query& put(std::int64_t value) {
    sqlite3_bind_int64(handle_, ++bound_, value);
    return *this;
  }
  Query& put(int value) { return put(std::int64_t{value}); }
  Query& put(bool value) { return put(std::int64_t{value}); }
  Query& put(Instant value) { return put(value.us); }
  Query& put(std::nullopt_t) {
    sqlite3_bind_null(handle_, ++bound_);
    return *this;
  }
  Query& put(const std::optional<Instant>& value) {
    return value ? put(value->us) : put(std::nullopt);
  }
  Query& put(std::string_view text) {
    sqlite3_bind_text64(handle_, ++bound_, text.empty() ? "" : text.data(), text.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
  }
  Query& put(const std::string& text) { return put(std::string_view(text)); }
  Query& put(const char* text) { return put(std::string_view(text)); }
  Query& put_blob(std::string_view bytes) {
    sqlite3_bind_blob64(handle_, ++bound_, bytes.empty() ? "" : bytes.data(), bytes.size(),
                        SQLITE_TRANSIENT);
    return *this;
  }

  Result<bool> next();  // false: no more rows
  Status run();         // to the end, rows ignored

  bool is_null(int column) const override {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(handle_, column); }
  std::string_view bytes(int column) const override;
  int column_count() const { return sqlite3_column_count(handle_); }
  int column_type(int column) const { return sqlite3_column_type(handle_, column); }

 private:
  sqlite3_stmt* handle_;
  int bound_ = 0;
};

struct DatabaseOptions {
  std::string vfs = {};  // empty = the default; tests give one that fails
  bool query_only = false;
  Duration busy_wait = seconds(10);
};

class Database {
 public:
  static Result<Database> open(const std::string& path, const DatabaseOptions& options);

  sqlite3* handle() const { return handle_.get(); }
  Status execute(const std::string& sql);
  Result<std::int64_t> integer(const std::string& sql);  // first column of the first row, else 0
  Result<Statement> prepare(std::string_view sql);
  // As prepare(), kept for the next time.
  Result<Query> query(std::string_view sql);
  int changes() const { return sqlite3_changes(handle_.get()); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  // The statements are declared after the connection: they go first.
  std::unique_ptr<sqlite3, Close> handle_;
  std::map<std::string, Statement, std::less<>> kept_;
};

// Rolls back unless it was committed.
class Transaction {
 public:
  static Result<Transaction> begin_write(Database& db);
  static Result<Transaction> begin_read(Database& db);  // one snapshot for several queries
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Database& db) : db_(&db) {}
  Database* db_;
};

}  // namespace gantry::store
