// Tasks, attempts and history of a run; the decision of a person about a task.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/audit.h"
#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"

namespace gantry::api {

namespace {

// Pages of what the store gives whole: the cursor is the place in the list.
struct Slice {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string next;
};
Result<Slice> slice_of(const Call& call, std::size_t size) {
  const std::string cursor = call.text("cursor");
  std::size_t begin = 0;
  const auto [end, failure] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), begin);
  if (!cursor.empty() && (failure != std::errc() || end != cursor.data() + cursor.size()))
    return refuse({"'cursor': it is not one that a page of this list gave",
                   "“cursor”：不是该列表某一页给出的游标"});
  const auto limit = static_cast<std::size_t>(call.integer("limit", limits::kPageMax));
  Slice slice{std::min(begin, size), 0, {}};
  slice.end = std::min(size, slice.begin + limit);
  if (slice.end < size) slice.next = fmt::format("{}", slice.end);
  return slice;
}

// Whether it has rows for items only.
bool is_in_items(const model::Workflow& workflow, TaskIndex task) {
  TaskIndex at = workflow.tasks[task.value].group;
  for (; at != model::kNoTask; at = workflow.tasks[at.value].group)
    if (workflow.tasks[at.value].flow->foreach.exists()) return true;
  return false;
}

// A row for every task: those that the store has, and pending ones for the rest.
std::vector<model::TaskRow> all_tasks(RunNo run, const model::Workflow& workflow,
                                      std::vector<model::TaskRow> rows) {
  std::vector<bool> has(workflow.tasks.size(), false);
  for (const model::TaskRow& row : rows)
    if (row.task.value < has.size()) has[row.task.value] = true;
  for (std::uint32_t i = 0; i < has.size(); ++i) {
    if (has[i] || is_in_items(workflow, TaskIndex{i})) continue;
    model::TaskRow row;
    row.run = run;
    row.task = TaskIndex{i};
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.task, a.item) < std::tie(b.task, b.item);
  });
  return rows;
}

Result<VersionCache::WorkflowPtr> workflow_of(Backend& backend, store::Reader& reader,
                                              const store::RunView& run) {
  return backend.versions.get(reader, run.origin.version, run.origin.workflow_name);
}

}  // namespace

Result<net::Response> list_tasks(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, read_run(*reader, call.path[0]));
  TRY(const auto workflow, workflow_of(backend, *reader, run));
  TRY(auto rows, reader->tasks(run.origin.run));
  rows = all_tasks(run.origin.run, *workflow, std::move(rows));
  if (const Value* states = value_in(call.query, "state")) {
    const ValueList& wanted = states->as_list();
    std::erase_if(rows, [&](const model::TaskRow& row) {
      return std::find(wanted.begin(), wanted.end(), Value(name_of(row.state))) == wanted.end();
    });
  }
  TRY(const Slice slice, slice_of(call, rows.size()));
  JsonWriter w;
  begin_page(w);
  for (std::size_t i = slice.begin; i < slice.end; ++i) write_task(w, rows[i], *workflow);
  return json_response(end_page(w, slice.next));
}

Result<net::Response> list_attempts(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, read_run(*reader, call.path[0]));
  TRY(const PhaseModels models, models_of(backend, *reader, run));
  TRY(auto rows, attempts_of(*reader, run, models, call.text("task")));
  TRY(const Slice slice, slice_of(call, rows.size()));
  JsonWriter w;
  begin_page(w);
  for (std::size_t i = slice.begin; i < slice.end; ++i)
    write_attempt(w, rows[i], *models.at(rows[i].generation));
  return json_response(end_page(w, slice.next));
}

Result<net::Response> list_history(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, read_run(*reader, call.path[0]));
  TRY(const auto page, reader->history(run.origin.run, page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const store::HistoryView& record : page.rows) write_history(w, record);
  return json_response(end_page(w, page.next_cursor));
}

void resolve_task(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto reader = backend.readers.lease();
  if (!reader.ok()) return reply->fail(reader.error());
  auto run = find_run(**reader, call->path[0]);
  if (!run.ok()) return reply->fail(run.error());
  if (auto known = (*reader)->run(*run); !known.ok()) return reply->fail(known.error());
  model::ResolveRequested request;
  request.run = *run;
  request.task = call->path[1];
  request.as = *model::task_state_of(text_in(call->body, "as"));
  request.actor = call->actor;
  const auto make = [request](model::ReplyTo to) mutable {
    request.reply = to;
    return model::Event(request);
  };
  const auto on_answer = [reply, request](const model::Answer& answer) {
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    JsonWriter w;
    w.object().field("number", request.run.value).field("task", request.task);
    w.field("as", name_of(request.as)).end();
    reply->send(json_response(std::move(w).text(), 202));
  };
  mutate(backend, call, make, on_answer);
}

}  // namespace gantry::api
