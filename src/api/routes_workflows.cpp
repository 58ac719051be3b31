// Workflows, their versions and files, and what holds them.
#include "api/routes.h"
#include "core/upcoming.h"

namespace gantry::api {

namespace {

void add_workflows(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/workflows",
                 .policy = Policy::Token,
                 .summary = {"Workflows by name", "按名称列出工作流"},
                 .query = {string_field("prefix", kNameMax, {"names that begin so", "名称前缀"}),
                           limit_field(), cursor_field()},
                 .answer = "Workflow",
                 .answer_is_page = true,
                 .handler = answer<list_workflows>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/workflows/{name}",
                 .policy = Policy::Token,
                 .summary = {"A workflow and its newest version", "工作流及其最新版本"},
                 .answer = "WorkflowDetails",
                 .has_tag = true,
                 .handler = answer<get_workflow>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/workflows/{name}/versions",
                 .policy = Policy::Token,
                 .summary = {"Versions of a workflow, newest first", "工作流的版本，最新在前"},
                 .query = {limit_field(), cursor_field()},
                 .answer = "Version",
                 .answer_is_page = true,
                 .has_tag = true,
                 .handler = answer<list_versions>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/workflows/{name}/versions/{version}",
                 .policy = Policy::Token,
                 .summary = {"One version: the text of its file, and its other files",
                             "一个版本：文件文本及其附带文件"},
                 .answer = "VersionDetails",
                 .has_tag = true,
                 .handler = answer<get_version>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/workflows/{name}/missed",
                 .policy = Policy::Token,
                 .summary = {"What its timers missed, newest first: one record per gap",
                             "定时器错过的触发，最新在前：每段空缺一条"},
                 .query = {limit_field()},
                 .answer = "Missed",
                 .answer_is_page = true,
                 .handler = answer<list_missed>});
}

void add_workflow_files(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/workflow-problems",
                 .policy = Policy::Token,
                 .summary = {"Workflow files with errors; what runs is their last good version",
                             "有错误的工作流文件；仍在使用其最后的正确版本"},
                 .query = {limit_field(), cursor_field()},
                 .answer = "FileProblem",
                 .answer_is_page = true,
                 .handler = answer<list_file_problems>});
  out.push_back(
      {.method = "POST",
       .path = "/api/v1/workflows/{name}/runs",
       .policy = Policy::Role,
       .role = model::Role::Operator,
       .rate = RateClass::Start,
       .audit = AuditKind::RunRequested,
       .summary = {"Start a run", "启动一次运行"},
       .body_kind = BodyKind::Json,
       .body = {{.name = "params", .kind = FieldKind::Object, .help = {"values by name", "参数值"}},
                {.name = "key",
                 .kind = FieldKind::String,
                 .help = {"idempotency key", "幂等键"},
                 .min = 1,
                 .max = kKeyMax}},
       .status = 201,
       .answer = "Started",
       .headers = {{"Location", "Where the run is."}},
       .key = KeyUse::Always,
       .handler = start_run});
}

std::vector<Field> csv_fields() {
  return {
      {.name = "csv",
       .kind = FieldKind::String,
       .help = {"a row of params' names, then a row per run", "第一行为参数名，其后每行一次运行"},
       .required = true,
       .min = 1,
       .max = limits::kBodyBytesMax},
      {.name = "params", .kind = FieldKind::Object, .help = {"of all rows", "所有行共用的参数"}},
      {.name = "key",
       .kind = FieldKind::String,
       .help = {"the rows' idempotency keys begin with it: another one starts all anew (csv)",
                "各行幂等键的前缀：换一个则全部重新启动（默认 csv）"},
       .min = 1,
       .max = kKeyMax}};
}

void add_csv(std::vector<Route>& out) {
  out.push_back({.method = "POST",
                 .path = "/api/v1/workflows/{name}/csv-plan",
                 .policy = Policy::Token,
                 .rate = RateClass::Heavy,
                 .only_asks = true,
                 .summary = {"Which runs a CSV text would start, and what is wrong with it",
                             "CSV 文本将启动哪些运行，以及其中的错误"},
                 .body_kind = BodyKind::Json,
                 .body = csv_fields(),
                 .answer = "CsvPlan",
                 .handler = answer<plan_csv_runs>});
  out.push_back({.method = "POST",
                 .path = "/api/v1/workflows/{name}/csv-runs",
                 .policy = Policy::Role,
                 .role = model::Role::Operator,
                 .rate = RateClass::Heavy,
                 .audit = AuditKind::RunRequested,
                 .summary = {"Start a run per row of a CSV text, or none if a row is wrong",
                             "按 CSV 文本逐行启动运行；任一行有误则全部不启动"},
                 .body_kind = BodyKind::Json,
                 .body = csv_fields(),
                 .answer = "CsvStarted",
                 .handler = start_csv_runs});
}

void add_next(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/workflows/{name}/next",
       .policy = Policy::Token,
       .summary = {"When the triggers of a workflow fire next", "工作流的各触发器接下来何时触发"},
       .query = {number_field("count", 1, core::kUpcomingMax,
                              {"firings of each trigger", "每个触发器的触发次数"}),
                 time_field("after",
                            {"after this time; none: now", "从此时刻之后算起；不写则为现在"})},
       .answer = "NextFirings",
       .handler = answer<next_firings>});
}

void add_holds(std::vector<Route>& out) {
  out.push_back(hold_route("/api/v1/workflows/{name}/resume", AuditKind::WorkflowHeld,
                           {"Let a workflow go on; its timers catch up", "恢复工作流；定时器补跑"},
                           "WorkflowHold", resume_workflow));
  out.push_back(hold_route(
      "/api/v1/workflows/{name}/disable", AuditKind::WorkflowHeld,
      {"Disable a workflow: no timers, no requests", "停用工作流：定时器不触发，拒绝启动请求"},
      "WorkflowHold", disable_workflow));
  out.push_back(hold_route("/api/v1/workflows/{name}/enable", AuditKind::WorkflowHeld,
                           {"Enable a workflow that a person disabled", "重新启用被停用的工作流"},
                           "WorkflowHold", enable_workflow));
}

}  // namespace

void add_workflow_routes(std::vector<Route>& out) {
  add_workflows(out);
  add_csv(out);
  add_next(out);
  add_workflow_files(out);
  add_holds(out);
}

}  // namespace gantry::api
