// Reader of a MemoryDisk.
#pragma once

#include "store/memory_store.h"
#include "store/reader.h"

namespace gantry::store {

class MemoryReader : public Reader {
 public:
  explicit MemoryReader(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

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
  std::shared_ptr<MemoryDisk> disk_;
};

}  // namespace gantry::store
