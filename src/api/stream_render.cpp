#include "api/stream_render.h"

#include "api/backend.h"
#include "api/shapes.h"

namespace gantry::api {

namespace {
constexpr std::size_t kRenderedBytesMax = 16u << 20;
constexpr std::size_t kRunsHeldMax = 20;  // with all their tasks
}  // namespace

Status StreamRenderer::open_reader() {
  if (reader_) return ok();
  TRY(auto lease, backend_.readers.lease());
  reader_.emplace(std::move(lease));
  return ok();
}

void StreamRenderer::forget_if_large() {
  if (rows_.size() > kRunsHeldMax) rows_.clear();
  if (bytes_ <= kRenderedBytesMax) return;
  done_.clear();
  bytes_ = 0;
}

Result<const StreamData*> StreamRenderer::data(const Touched& touched) {
  auto found = done_.find(touched);
  if (found == done_.end()) {
    forget_if_large();
    TRY_STATUS(open_reader());
    TRY(auto rendered, render(touched));
    if (rendered) bytes_ += rendered->json.size();
    found = done_.emplace(touched, std::move(rendered)).first;
  }
  const StreamData* data = found->second ? &*found->second : nullptr;
  return data;
}

Result<std::optional<StreamData>> StreamRenderer::render(const Touched& touched) {
  auto rendered = [&]() -> Result<std::optional<StreamData>> {
    switch (touched.kind) {
      case Touched::Kind::Nothing: break;
      case Touched::Kind::Run: return render_run(touched.run);
      case Touched::Kind::Task: return render_task(touched);
      case Touched::Kind::Attempt: return render_attempt(touched);
      case Touched::Kind::Workflow: return render_workflow(touched.workflow);
    }
    return std::optional<StreamData>();
  }();
  // Retention may take a run while a reader is behind.
  if (!rendered.ok() && rendered.error().code == Code::NotFound) return std::optional<StreamData>();
  return rendered;
}

Result<std::optional<StreamData>> StreamRenderer::render_run(RunNo run) {
  TRY(const store::RunView view, (*reader_)->run(run));
  JsonWriter w;
  write_run(w, view);
  return std::optional(StreamData{"run", std::move(w).text(), view.origin.workflow_name});
}

Result<std::optional<StreamData>> StreamRenderer::render_task(const Touched& touched) {
  TRY(const RunRows* rows, rows_of(touched.run));
  const auto row = rows->tasks.find({touched.task, touched.item});
  if (row == rows->tasks.end()) return std::optional<StreamData>();
  JsonWriter w;
  write_task(w, row->second, *rows->models.rbegin()->second);
  return std::optional(StreamData{"task", std::move(w).text(), {}});
}

Result<std::optional<StreamData>> StreamRenderer::render_attempt(const Touched& touched) {
  TRY(const RunRows* rows, rows_of(touched.run));
  const auto row = rows->attempts.find(touched.attempt);
  if (row == rows->attempts.end()) return std::optional<StreamData>();
  JsonWriter w;
  write_attempt(w, row->second, *rows->models.at(row->second.generation));
  return std::optional(StreamData{"attempt", std::move(w).text(), {}});
}

Result<std::optional<StreamData>> StreamRenderer::render_workflow(WorkflowId id) {
  if (!workflows_) TRY_STATUS(read_workflows());
  const auto found = workflows_->find(id);
  if (found == workflows_->end()) return std::optional<StreamData>();
  return std::optional(found->second);
}

Result<const StreamRenderer::RunRows*> StreamRenderer::rows_of(RunNo run) {
  const auto found = rows_.find(run);
  if (found != rows_.end()) return static_cast<const RunRows*>(&found->second);
  store::Reader& reader = **reader_;
  RunRows rows;
  TRY(const store::RunView view, reader.run(run));
  TRY(rows.models, models_of(backend_, reader, view));
  TRY(auto tasks, reader.tasks(run));
  for (model::TaskRow& row : tasks) rows.tasks[{row.task, row.item}] = std::move(row);
  TRY(auto attempts, attempts_of(reader, view, rows.models, ""));
  for (model::AttemptRow& row : attempts) rows.attempts[row.id] = std::move(row);
  return static_cast<const RunRows*>(&(rows_[run] = std::move(rows)));
}

// The store finds a workflow by its name only; there are few, and they seldom change.
Status StreamRenderer::read_workflows() {
  std::map<WorkflowId, StreamData> all;
  store::Page page{limits::kPageMax, {}};
  do {
    TRY(auto rows, (*reader_)->workflows("", page));
    for (const store::WorkflowView& view : rows.rows) {
      JsonWriter w;
      write_workflow(w, view);
      all[view.row.id] = {"workflow", std::move(w).text(), view.row.name};
    }
    page.cursor = std::move(rows.next_cursor);
  } while (!page.cursor.empty());
  workflows_ = std::move(all);
  return ok();
}

}  // namespace gantry::api
