// Reader over its own connection to the store's file, which cannot write.
#pragma once

#include "store/reader.h"
#include "store/sqlite_database.h"
#include "store/sqlite_pack.h"

namespace gantry::store {

class SqliteReader : public Reader {
 public:
  explicit SqliteReader(Database db) : db_(std::move(db)) {}  // a store's; see open()
  static Result<std::unique_ptr<SqliteReader>> open(const std::string& path,
                                                    const DatabaseOptions& options);

  Result<Rows<RunView>> runs(const RunFilter& filter, const Page& page) override;
  Result<RunView> run(RunNo run) override;
  Result<Value> run_event(RunNo run) override;
  Result<RunNo> last_run_of(const std::string& workflow) override;
  Result<std::vector<model::TaskRow>> tasks(RunNo run) override;
  Result<std::vector<model::AttemptRow>> attempts(RunNo run) override;
  Result<std::vector<model::PhaseRow>> phases(RunNo run) override;
  Result<Rows<HistoryView>> history(RunNo run, const Page& page) override;
  Result<RemovedHistory> removed_history() override;
  Result<RetentionSurvey> retention_survey(const RetentionCut& cut) override;

  Result<Rows<WorkflowView>> workflows(const std::string& prefix, const Page& page) override;
  Result<WorkflowView> workflow(const std::string& name) override;
  Result<Rows<VersionView>> versions(const std::string& workflow, const Page& page) override;
  Result<VersionView> version(VersionId id) override;
  Result<VersionView> version_by_number(const std::string& workflow, std::int64_t number) override;
  Result<std::vector<VersionTask>> version_tasks(VersionId id) override;
  Result<model::Definition> definition(VersionId id) override;
  Result<std::vector<model::MissedRow>> missed(const std::string& workflow, int limit) override;
  Result<model::ServerRow> server() override;
  Result<std::vector<model::PoolLimitRow>> pool_limits() override;

  Result<std::vector<model::CredentialRow>> credentials() override;
  Result<std::optional<model::CredentialRow>> token_with_key(const std::string& key) override;
  Result<Rows<AuditView>> audit(const AuditFilter& filter, const Page& page) override;
  Result<Rows<model::EventRow>> events(const EventFilter& filter, const Page& page) override;
  Result<model::EventRow> event(EventId id) override;
  Result<std::optional<EventId>> event_by_keys(model::EventFrom from, const std::string& name,
                                               const std::vector<std::string>& keys) override;
  Result<Rows<BackfillView>> backfills(const BackfillFilter& filter, const Page& page) override;
  Result<BackfillView> backfill(BackfillId id) override;
  Result<Rows<model::BackfillDate>> backfill_dates(BackfillId id,
                                                   std::optional<model::DateFate> fate,
                                                   const Page& page) override;
  Result<std::optional<BackfillId>> backfill_by_key(const std::string& workflow,
                                                    const std::string& key) override;
  Result<std::vector<model::DateRun>> runs_by_date(const std::string& workflow,
                                                   const std::string& trigger, CivilDate first,
                                                   CivilDate last) override;
  Result<std::map<CivilDate, BackfillId>> planned_dates(const std::string& workflow,
                                                        const std::string& trigger) override;

 private:
  Result<std::vector<RunView>> views_of(const std::vector<RunNo>& runs);
  Status require_run(RunNo run);
  Status require_backfill(BackfillId id);
  // Packed rows of the run, then those still in their table.
  Status read_rows(RunNo run, PackKind kind, const std::string& sql, const TakeRow& take);
  Result<std::int64_t> workflow_id(const std::string& name);
  Status add_cursors(WorkflowView& view);
  Result<std::vector<model::VersionFile>> files_of(const std::string& json);
  Result<std::string> content(const std::string& hash);

  Database db_;
};

}  // namespace gantry::store
