// Workflows and their versions. Files are the truth, so nothing is written here.

#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"

namespace gantry::api {

Result<net::Response> list_workflows(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto page, reader->workflows(call.text("prefix"), page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const store::WorkflowView& workflow : page.rows) write_workflow(w, workflow);
  return json_response(end_page(w, page.next_cursor));
}

Result<net::Response> get_workflow(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::WorkflowView workflow, reader->workflow(call.path[0]));
  TRY(const auto model, backend.versions.get(*reader, workflow.row.version, workflow.row.name));
  JsonWriter w;
  write_workflow_details(w, workflow, *model);
  return json_response(std::move(w).text());
}

Result<net::Response> list_missed(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto rows, reader->missed(call.path[0], page_of(call).limit));
  JsonWriter w;
  begin_page(w);
  for (const model::MissedRow& row : rows)
    w.object()
        .field("trigger", row.trigger)
        .field("first", row.first)
        .field("last", row.last)
        .field("count", row.count)
        .field("reason", model::name_of(row.reason))
        .end();
  return json_response(end_page(w, ""));
}

namespace {
Result<std::int64_t> version_number(const std::string& text) {
  if (const auto number = whole_number(text)) return *number;
  return explain(Code::NotFound,
                 {"there is no version '{}': give its number", "没有版本“{}”：请给出编号"},
                 text.substr(0, 30));
}
}  // namespace

Result<net::Response> list_versions(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::WorkflowView workflow, reader->workflow(call.path[0]));
  TRY(const auto page, reader->versions(workflow.row.name, page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const store::VersionView& version : page.rows) write_version(w, version);
  return json_response(end_page(w, page.next_cursor));
}

Result<net::Response> get_version(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const std::int64_t number, version_number(call.path[1]));
  TRY(const store::VersionView version, reader->version_by_number(call.path[0], number));
  TRY(const model::Definition definition, reader->definition(version.id));
  JsonWriter w;
  w.object();
  write_version_fields(w, version);
  w.field("text", definition.text).key("files").array();
  for (const model::VersionFile& file : definition.files)
    w.object()
        .field("path", file.path)
        .field("hash", file.hash)
        .field("executable", file.executable)
        .field("bytes", static_cast<std::int64_t>(file.content.size()))
        .end();
  w.end().end();
  return json_response(std::move(w).text());
}

Result<net::Response> next_firings(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::WorkflowView workflow, reader->workflow(call.path[0]));
  TRY(const model::ServerRow server, reader->server());
  const model::Calendars calendars = live_calendars(backend.services.calendars());
  constexpr int kUsual = 5;
  const Instant from = call.instant("after").value_or(backend.services.clock.wall());
  JsonWriter w;
  w.object().field("workflow", workflow.row.name).key("triggers");
  write_upcoming(w, core::upcoming(workflow.row, calendars, server.paused, from,
                                   static_cast<int>(call.integer("count", kUsual))));
  w.end();
  return json_response(std::move(w).text());
}

// The cursor is the key of the last one of the page before.
Result<net::Response> list_file_problems(Backend& backend, const Call& call) {
  const store::Page asked = page_of(call);
  JsonWriter w;
  begin_page(w);
  int written = 0;
  std::string last, next;
  for (const FileProblem& problem : backend.services.file_problems()) {
    if (problem.key() <= asked.cursor) continue;
    if (written == asked.limit) {
      next = last;
      break;
    }
    w.object().key("workflow");
    problem.workflow.empty() ? w.null() : w.value(problem.workflow);
    w.key("diagnostics").array();
    for (const spec::Diagnostic& diagnostic : problem.diagnostics)
      write_diagnostic(w, diagnostic, call.lang);
    w.end().end();
    last = problem.key();
    ++written;
  }
  return json_response(end_page(w, next));
}

}  // namespace gantry::api
