#include "engine/closed_run.h"
#include "base/explain.h"

#include <fmt/format.h>

namespace gantry::engine {

namespace {
using ClosedRunPtr = std::shared_ptr<const model::ClosedRun>;

Result<ClosedRunPtr> read_closed_run(store::Store& store, RunNo no) {
  TRY(const auto reader, store.new_reader());
  TRY(store::RunView view, reader->run(no));
  if (!view.closed)
    return explain(Code::FailedPrecondition, {"run {} has not ended", "运行 {} 尚未结束"},
                   no.value);
  auto closed = std::make_shared<model::ClosedRun>();
  TRY(auto phases, reader->phases(no));
  closed->phase = std::move(phases.back());
  TRY(closed->tasks, reader->tasks(no));
  TRY(const auto tasks, reader->version_tasks(view.origin.version));
  for (const store::VersionTask& task : tasks) closed->task_names.push_back(task.name);
  TRY(Value event, reader->run_event(no));
  view.origin.event = std::move(event);
  closed->row = std::move(view.row);
  closed->origin = std::make_shared<const model::RunOrigin>(std::move(view.origin));
  return ClosedRunPtr(std::move(closed));
}
}  // namespace

model::RunProvided load_closed_run(store::Store& store, RunNo run, std::int64_t epoch) {
  model::RunProvided provided;
  provided.run = run;
  provided.epoch = epoch;
  auto closed = read_closed_run(store, run);
  if (closed.ok())
    provided.closed = std::move(closed).value();
  else
    provided.status = closed.error();
  return provided;
}

}  // namespace gantry::engine
