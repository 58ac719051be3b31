#include "store/sqlite_names.h"

#include <fmt/format.h>

#include "store/sqlite_rows.h"

namespace gantry::store {

std::string_view SqliteNames::task_name(RunNo run, TaskIndex task) {
  const auto found = runs_.find(run);
  const Tasks& tasks = found != runs_.end() ? found->second : runs_[run] = tasks_of_run(run);
  return tasks && task.value < tasks->size() ? (*tasks)[task.value].name : std::string_view();
}

std::string_view SqliteNames::workflow_name(WorkflowId workflow) {
  const auto found = workflows_.find(workflow);
  if (found != workflows_.end()) return found->second;
  auto name = read_workflow(workflow);
  if (!name.ok()) {
    failure_ = name.error();
    return {};
  }
  return workflows_[workflow] = std::move(name).value();
}

void SqliteNames::learn_run(RunNo run, VersionId version) {
  runs_[run] = tasks_of_version(version);
}

Status SqliteNames::require_run(RunNo run) {
  TRY([[maybe_unused]] const VersionId version, read_version_of(run));
  return ok();
}

void SqliteNames::clear() {
  runs_.clear();
  versions_.clear();
  workflows_.clear();
  failure_.reset();
}

Status SqliteNames::take_failure() {
  if (!failure_) return ok();
  const Error failure = *failure_;
  failure_.reset();
  return failure;
}

SqliteNames::Tasks SqliteNames::tasks_of_run(RunNo run) {
  const auto version = read_version_of(run);
  if (version.ok()) return tasks_of_version(version.value());
  failure_ = version.error();
  return nullptr;
}

SqliteNames::Tasks SqliteNames::tasks_of_version(VersionId version) {
  auto& kept = versions_[version];
  if (Tasks tasks = kept.lock()) return tasks;
  auto read = read_tasks(version);
  if (!read.ok()) {
    failure_ = read.error();
    return nullptr;
  }
  auto tasks = std::make_shared<const std::vector<VersionTask>>(std::move(read).value());
  kept = tasks;
  return tasks;
}

Result<VersionId> SqliteNames::read_version_of(RunNo run) {
  TRY(Query q, db_.query("SELECT version FROM run WHERE run=?"));
  TRY(const bool row, q.put(run.value).next());
  if (!row) return error(Code::Internal, fmt::format("run {} was never created", run.value));
  return VersionId{q.integer(0)};
}

// Of a version that is not stored nothing is known, which is no failure.
Result<std::vector<VersionTask>> SqliteNames::read_tasks(VersionId version) {
  TRY(Query q, db_.query("SELECT tasks FROM version WHERE id=?"));
  TRY(const bool row, q.put(version.value).next());
  if (!row) return std::vector<VersionTask>();
  return decode_version_tasks(q.bytes(0));
}

Result<std::string> SqliteNames::read_workflow(WorkflowId workflow) {
  TRY(Query q, db_.query("SELECT name FROM workflow WHERE id=?"));
  TRY(const bool row, q.put(workflow.value).next());
  return row ? q.text(0) : std::string();
}

}  // namespace gantry::store
