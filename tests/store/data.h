// Changes to put into a store under test.
#pragma once

#include <string>
#include <vector>

#include "store/store.h"

namespace gantry::store {

model::Change change(model::ChangeBody body, std::string actor = "engine");
std::shared_ptr<const model::Definition> definition_of(const std::string& workflow, int tasks);
// VersionStored and WorkflowChanged, version id = workflow id.
std::vector<model::Change> workflow_changes(std::int64_t id, const std::string& name,
                                            int tasks = 3);
model::RunOrigin origin_of(std::int64_t run, std::int64_t workflow, const std::string& name);
model::Change created(const model::RunOrigin& origin);
model::RunRow run_row(std::int64_t run, model::RunState state);
model::TaskRow task_row(std::int64_t run, std::uint32_t task, model::TaskState state);
model::AttemptRow attempt_row(std::int64_t run, std::uint32_t task, std::int64_t id,
                              model::AttemptState state);

// Every member different from its default, to see that none is lost.
model::RunOrigin full_origin(std::int64_t run);
model::RunRow full_run_row(std::int64_t run);
model::TaskRow full_task_row(std::int64_t run, std::uint32_t task);
model::AttemptRow full_attempt_row(std::int64_t run, std::uint32_t task, std::int64_t id);

// A run with `tasks` succeeded tasks of one attempt each, closed.
std::vector<model::Change> finished_run(std::int64_t run, std::int64_t workflow,
                                        const std::string& name, int tasks);

// Commits with the right number and mark; remembers the epoch.
class Committer {
 public:
  explicit Committer(Store& store) : store_(&store) {}
  Status open();  // takes the lead and asks for the last batch
  Status commit(const std::vector<model::Change>& changes);
  Epoch epoch() const { return epoch_; }
  std::int64_t next() const { return next_; }

 private:
  Store* store_;
  Epoch epoch_;
  std::int64_t next_ = 1;
};

TimeMark mark_of(std::int64_t n);

// All that load() folds, as texts that can be compared.
struct Loaded {
  Recovery recovery;
  std::vector<model::Change> changes;
};
Result<Loaded> load_all(Store& store);
// The text of every change, fields included.
std::vector<std::string> describe(const std::vector<model::Change>& changes);
// All that a reader gives: equal texts mean equal content.
Result<std::string> describe_everything(Reader& reader);

}  // namespace gantry::store
