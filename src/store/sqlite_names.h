// Names of tasks and workflows for history records, kept in memory while open runs use them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "model/history.h"
#include "store/reader.h"
#include "store/sqlite_database.h"

namespace gantry::store {

class SqliteNames : public model::NameLookup {
 public:
  explicit SqliteNames(Database& db) : db_(db) {}

  std::string_view task_name(RunNo run, TaskIndex task) override;
  std::string_view workflow_name(WorkflowId workflow) override;

  // What the running transaction adds need not be read back.
  void learn_workflow(WorkflowId workflow, const std::string& name) { workflows_[workflow] = name; }
  void learn_run(RunNo run, VersionId version);
  Status require_run(RunNo run);  // Internal if it was never created
  void forget_run(RunNo run) { runs_.erase(run); }
  // After a rollback: what was learned may not be true.
  void clear();

  // A lookup can not fail, reading can: the first failure since the last call.
  Status take_failure();

 private:
  using Tasks = std::shared_ptr<const std::vector<VersionTask>>;
  Tasks tasks_of_run(RunNo run);
  Tasks tasks_of_version(VersionId version);
  Result<VersionId> read_version_of(RunNo run);
  Result<std::vector<VersionTask>> read_tasks(VersionId version);
  Result<std::string> read_workflow(WorkflowId workflow);

  Database& db_;
  std::unordered_map<RunNo, Tasks> runs_;
  std::map<VersionId, std::weak_ptr<const std::vector<VersionTask>>> versions_;
  std::map<WorkflowId, std::string> workflows_;
  std::optional<Error> failure_;
};

}  // namespace gantry::store
