// Writes one change and its history record inside the transaction of a commit.
#pragma once

#include "model/change.h"
#include "store/sqlite_counters.h"
#include "store/sqlite_database.h"
#include "store/sqlite_names.h"

namespace gantry::store {

class SqliteWriter {
 public:
  explicit SqliteWriter(Database& db) : db_(db), names_(db) {}
  Status prepare();

  Status write(const model::Change& change, StoreCounters& counters);
  void forget() { names_.clear(); }  // after a rollback

 private:
  struct Put;  // one overload per kind of change
  Status put_history(const model::Change& change, Position position);

  Status put(const model::Change& change, const model::VersionStored& c);
  Status put(const model::WorkflowRow& row);
  Status put(const model::TriggerRow& row);
  Status put(const model::EventRow& row);
  Status put(const model::MeetingRow& row);
  Status put(const model::BackfillBegun& begun);
  Status put(const model::BackfillRow& row);
  Status put(const model::BackfillDateChanged& date);
  Status put(const model::MissedRow& row, Position position);
  Status put(const model::RunOrigin& origin, StoreCounters& counters);
  Status put(const model::RunRow& row);
  Status put(const model::TaskRow& row);
  Status put(const model::AttemptRow& row);
  Status put(const model::PhaseRow& row);
  Status put(const model::ServerRow& row);
  Status put(const model::PoolLimitRow& row);
  Status put(const model::CredentialRow& row);
  Status put(const model::AuditRow& row, Position position);
  Status close(RunNo run);
  Status reopen(const model::Reopening& reopening);
  Status execute_for(RunNo run, std::string_view sql);  // one parameter: the run

  Status put_content(const std::string& hash, std::string_view bytes);
  Result<std::int64_t> folder_id(const std::string& path);
  Result<std::int64_t> label_set_id(const std::vector<model::NamedText>& labels);  // 0 = none
  struct Placed {
    std::int64_t folder = 0;
    std::int64_t labels = 0;
    std::int64_t listed_at = 0;
  };
  Status put_new_run(const model::RunOrigin& origin, const Placed& at);
  Status put_origin(const model::RunOrigin& origin);

  Database& db_;
  SqliteNames names_;
  Statement put_task_, put_attempt_, put_history_, put_run_state_;
};

}  // namespace gantry::store
