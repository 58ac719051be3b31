// StreamRenderer: the JSON of objects that have changed, as the API shows them, made once for all
// readers of one step. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/backend.h"
#include "api/readers.h"
#include "api/stream_feed.h"

namespace gantry::api {

class Backend;

struct StreamData {
  std::string_view event;  // "run", "task", "attempt", "workflow"
  std::string json;
  std::string workflow;  // its name, or that of the run
};

class StreamRenderer {
 public:
  explicit StreamRenderer(Backend& backend) : backend_(backend) {}

  // Valid until the next call. Null if the store has it no more.
  Result<const StreamData*> data(const Touched& touched);

 private:
  struct RunRows {
    PhaseModels models;  // tasks are of the last phase, attempts of that of their generation
    std::map<TaskRef, model::TaskRow> tasks;
    std::map<AttemptId, model::AttemptRow> attempts;
  };
  Result<std::optional<StreamData>> render(const Touched& touched);
  Result<std::optional<StreamData>> render_run(RunNo run);
  Result<std::optional<StreamData>> render_task(const Touched& touched);
  Result<std::optional<StreamData>> render_attempt(const Touched& touched);
  Result<std::optional<StreamData>> render_workflow(WorkflowId id);
  Result<const RunRows*> rows_of(RunNo run);
  Status read_workflows();
  Status open_reader();
  void forget_if_large();

  Backend& backend_;
  std::optional<Readers::Lease> reader_;
  std::size_t bytes_ = 0;  // of done_
  std::map<Touched, std::optional<StreamData>> done_;
  std::map<RunNo, RunRows> rows_;
  std::optional<std::map<WorkflowId, StreamData>> workflows_;
};

}  // namespace gantry::api
