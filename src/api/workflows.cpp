// Workflows and their versions. Files are the truth, so nothing is written here.
#include "api/handlers.h"
#include "api/shapes.h"

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

Result<net::Response> list_versions(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::WorkflowView workflow, reader->workflow(call.path[0]));
  TRY(const auto page, reader->versions(workflow.row.name, page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const store::VersionView& version : page.rows) write_version(w, version);
  return json_response(end_page(w, page.next_cursor));
}

// Paged by name: the cursor is the last name of the page before.
Result<net::Response> list_file_problems(Backend& backend, const Call& call) {
  const store::Page asked = page_of(call);
  JsonWriter w;
  begin_page(w);
  int written = 0;
  std::string last, next;
  for (const FileProblem& problem : backend.services.file_problems()) {
    if (problem.workflow <= asked.cursor) continue;
    if (written == asked.limit) {
      next = last;
      break;
    }
    w.object().field("workflow", problem.workflow).key("diagnostics").array();
    for (const spec::Diagnostic& diagnostic : problem.diagnostics)
      write_diagnostic(w, diagnostic, call.lang);
    w.end().end();
    last = problem.workflow;
    ++written;
  }
  return json_response(end_page(w, next));
}

}  // namespace gantry::api
