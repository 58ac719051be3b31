// graph: a drawing of a workflow, of a file or of the server.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"
#include "app/complain.h"
#include "app/exit_code.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/files.h"
#include "forms/forms.h"
#include "layout/flow.h"
#include "spec/load.h"

namespace gantry::app {

namespace {

Result<std::string> drawn(const GraphOptions& options, const model::Workflow& workflow) {
  const layout::Flow flow = layout::flow_of(workflow);
  if (options.to == "mermaid") return layout::to_mermaid(flow);
  if (options.to == "dot") return layout::to_dot(flow);
  if (options.to == "svg") return layout::to_svg(flow, workflow.name);
  return layout::to_text(flow, options.to != "ascii");
}

Status print_graph(const GraphOptions& options, const model::Workflow& workflow) {
  TRY(const std::string text, drawn(options, workflow));
  fmt::print("{}", text);
  return ok();
}

int graph_of_file(const Context& context, const GraphOptions& options) {
  const auto definition = load_or_complain(context, options.file);
  if (!definition) return kInvalid;
  const Status done = print_graph(options, definition->workflow);
  return done.ok() ? kSucceeded : complain(done.error());
}

int graph_of_workflow(const Context& context, const GraphOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    const std::string path = "/api/v1/workflows/" + escape_segment(options.workflow);
    TRY(const Value workflow, client.get(path));
    TRY(const Value version, client.get(path + "/versions/" + member(workflow, "version")));
    const auto loaded = forms::load_stored(member(version, "text"), options.workflow);
    if (!loaded.definition)
      return explain(
          Code::DataLoss,
          {"version {} of workflow '{}' can not be read", "无法读取工作流“{1}”的版本 {0}"},
          member(workflow, "version"), options.workflow);
    return print_graph(options, loaded.definition->workflow);
  });
}
}  // namespace

int graph(const Context& context, const GraphOptions& options) {
  if (options.file.empty() == options.workflow.empty())
    return complain(refuse({"name a FILE or --workflow", "请给出 FILE 或 --workflow 其中之一"}));
  return options.file.empty() ? graph_of_workflow(context, options)
                              : graph_of_file(context, options);
}

}  // namespace gantry::app
