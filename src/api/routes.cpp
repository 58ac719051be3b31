// Every route of the server. docs/format/api.md tells people about them.
#include <limits>

#include "api/handlers.h"
#include "api/route.h"
#include "runner/log_limits.h"

namespace gantry::api {

namespace {

constexpr std::int64_t kNumberMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kCursorMax = 500;
constexpr auto kKeyMax = static_cast<std::int64_t>(limits::kIdempotencyKeyBytesMax);
constexpr std::int64_t kLabelMax = 1'000;
constexpr std::int64_t kTopicsMax = 10'000;
constexpr std::int64_t kNoteMax = 200;
constexpr std::int64_t kSecretMax = 200;
constexpr auto kNameMax = static_cast<std::int64_t>(limits::kNameBytesMax);

const std::vector<std::string_view> kRunStates{"queued",    "running", "finishing",
                                               "succeeded", "failed",  "cancelled"};
const std::vector<std::string_view> kTaskStates{
    "pending", "queued", "running",   "waiting",         "succeeded",
    "skipped", "failed", "cancelled", "upstream_failed", "interrupted"};
const std::vector<std::string_view> kCauses{"request", "timer", "catch_up", "local"};

Field string_field(std::string_view name, std::int64_t max, Text help) {
  return {.name = name, .kind = FieldKind::String, .help = help, .max = max};
}
Field number_field(std::string_view name, std::int64_t min, std::int64_t max, Text help) {
  return {.name = name, .kind = FieldKind::Integer, .help = help, .min = min, .max = max};
}
Field limit_field() {
  return number_field("limit", 1, limits::kPageMax, {"rows of a page", "每页行数"});
}
Field cursor_field() {
  return string_field("cursor", kCursorMax,
                      {"next_cursor of the page before", "上一页的 next_cursor"});
}
Field states_field(const std::vector<std::string_view>& states) {
  return {.name = "state",
          .kind = FieldKind::Choices,
          .help = {"only these states (repeat it, or commas)", "只列出这些状态（可重复或用逗号）"},
          .choices = states};
}
Route hold_route(std::string_view path, AuditKind audit, Text summary, std::string_view schema,
                 RouteHandler handler) {
  return {.method = "POST",
          .path = path,
          .policy = Policy::Role,
          .role = audit == AuditKind::ServerHeld ? model::Role::Admin : model::Role::Operator,
          .rate = RateClass::Write,
          .audit = audit,
          .summary = summary,
          .body_kind = BodyKind::Json,
          .body = {string_field("note", kNoteMax, {"why, for the others", "原因，供他人查看"})},
          .answer = schema,
          .handler = handler};
}
Field task_field(Text help) { return string_field("task", kNameMax, help); }

void add_system(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/health",
                 .policy = Policy::Open,
                 .summary = {"Whether the server works", "服务器是否正常"},
                 .answer = "Health",
                 .handler = answer<get_health>});
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/openapi.json",
       .policy = Policy::Open,
       .summary = {"This interface as an OpenAPI 3.1 document", "本接口的 OpenAPI 3.1 文档"},
       .answer = "OpenApi",
       .handler = answer<get_openapi>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/pools",
                 .policy = Policy::Token,
                 .summary = {"Slots of the server and of its pools", "服务器及各资源池的槽位"},
                 .answer = "Pool",
                 .answer_is_page = true,
                 .handler = get_pools});
  out.push_back({.method = "POST",
                 .path = "/api/v1/lint",
                 .policy = Policy::Token,
                 .rate = RateClass::Heavy,
                 .only_asks = true,
                 .summary = {"Check the text of a workflow", "检查工作流文本"},
                 .query = {string_field("name", kNameMax,
                                        {"the workflow's name in messages", "消息中的工作流名称"})},
                 .body_kind = BodyKind::Yaml,
                 .answer = "LintResult",
                 .handler = answer<lint_text>});
}

void add_stream(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/stream",
                 .policy = Policy::Token,
                 .rate = RateClass::Stream,
                 .summary = {"What changes, as it changes", "实时变化流"},
                 .query = {{.name = "topics",
                            .kind = FieldKind::String,
                            .help = {"runs, run:NUMBER, workflows, workflow:NAME, pools, server; "
                                     "with commas",
                                     "runs、run:编号、workflows、workflow:名称、pools、server；"
                                     "用逗号分隔"},
                            .required = true,
                            .min = 1,
                            .max = kTopicsMax},
                           number_field("after", 0, kNumberMax,
                                        {"go on after this position, as Last-Event-ID does",
                                         "从该位置之后继续，与 Last-Event-ID 相同"})},
                 .answer = "StreamEvents",
                 .answer_is_events = true,
                 .handler = open_stream});
}

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
                 .handler = answer<get_workflow>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/workflows/{name}/versions",
                 .policy = Policy::Token,
                 .summary = {"Versions of a workflow, newest first", "工作流的版本，最新在前"},
                 .query = {limit_field(), cursor_field()},
                 .answer = "Version",
                 .answer_is_page = true,
                 .handler = answer<list_versions>});
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
       .handler = start_run});
}

void add_holds(std::vector<Route>& out) {
  out.push_back(hold_route("/api/v1/server/pause", AuditKind::ServerHeld,
                           {"Pause the server: nothing starts, no timer fires",
                            "暂停服务器：不再启动任何任务，定时器不触发"},
                           "ServerHold", pause_server));
  out.push_back(hold_route("/api/v1/server/resume", AuditKind::ServerHeld,
                           {"Let the server go on; timers catch up", "恢复服务器；定时器补跑"},
                           "ServerHold", resume_server));
  out.push_back(hold_route(
      "/api/v1/workflows/{name}/pause", AuditKind::WorkflowHeld,
      {"Pause a workflow: its timers and new starts wait", "暂停工作流：定时器与新的启动都等待"},
      "WorkflowHold", pause_workflow));
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
  out.push_back(hold_route("/api/v1/runs/{run}/pause", AuditKind::RunHeld,
                           {"Pause a run: what runs goes on, nothing new starts",
                            "暂停运行：已在执行的继续，不启动新任务"},
                           "RunHold", pause_run));
  out.push_back(hold_route("/api/v1/runs/{run}/resume", AuditKind::RunHeld,
                           {"Let a paused run go on", "恢复已暂停的运行"}, "RunHold", resume_run));
}

void add_run_list(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/runs",
       .policy = Policy::Token,
       .summary = {"Runs, newest or oldest first", "运行列表，最新或最早在前"},
       .query = {string_field("workflow", kNameMax,
                              {"of this workflow; of a folder if it ends in '/'",
                               "所属工作流；以 '/' 结尾表示文件夹"}),
                 states_field(kRunStates),
                 {.name = "cause",
                  .kind = FieldKind::Choice,
                  .help = {"what began it", "触发原因"},
                  .choices = kCauses},
                 string_field("key", kKeyMax, {"idempotency key", "幂等键"}),
                 {.name = "created_from",
                  .kind = FieldKind::Time,
                  .help = {"created then or later", "创建时间不早于"}},
                 {.name = "created_before",
                  .kind = FieldKind::Time,
                  .help = {"created before", "创建时间早于"}},
                 {.name = "label",
                  .kind = FieldKind::Strings,
                  .help = {"with this label: 'name=value', or 'name' for any value; "
                           "repeated: with all of them",
                           "具有该标签：'名称=值'，或只写'名称'表示任意值；可重复，须全部满足"},
                  .min = 1,
                  .max = kLabelMax},
                 {.name = "sort",
                  .kind = FieldKind::Choice,
                  .help = {"by the time of creation, newest or oldest first; other orders "
                           "would have to read every run and are refused",
                           "按创建时间排序，最新或最早在前；其他排序需读取全部运行，因此不提供"},
                  .choices = {"newest", "oldest"}},
                 limit_field(),
                 cursor_field()},
       .answer = "Run",
       .answer_is_page = true,
       .handler = answer<list_runs>});
}

void add_bulk(std::vector<Route>& out) {
  out.push_back(
      {.method = "POST",
       .path = "/api/v1/runs/bulk",
       .policy = Policy::Role,
       .role = model::Role::Operator,
       .rate = RateClass::Heavy,
       .audit = AuditKind::RunsInBulk,
       .summary = {"Cancel or retry many runs; each has its answer",
                   "批量取消或重跑；逐个给出结果"},
       .body_kind = BodyKind::Json,
       .body = {{.name = "action",
                 .kind = FieldKind::Choice,
                 .help = {"what to do", "操作"},
                 .required = true,
                 .choices = {"cancel", "retry"}},
                {.name = "numbers",
                 .kind = FieldKind::Integers,
                 .help = {"these runs; else the filter says which", "指定的运行；否则按筛选条件"},
                 .min = 1,
                 .max = kNumberMax},
                string_field("workflow", kNameMax,
                             {"of this workflow; of a folder if it ends in '/'",
                              "所属工作流；以 '/' 结尾表示文件夹"}),
                states_field(kRunStates),
                {.name = "created_from",
                 .kind = FieldKind::Time,
                 .help = {"created then or later", "创建时间不早于"}},
                {.name = "created_before",
                 .kind = FieldKind::Time,
                 .help = {"created before", "创建时间早于"}},
                {.name = "newest",
                 .kind = FieldKind::Boolean,
                 .help = {"retry with the newest versions", "使用最新版本重跑"}},
                number_field(
                    "limit", 1, limits::kPageMax,
                    {"at most so many, the newest (50)", "最多处理的数量，最新优先（50）"})},
       .answer = "BulkResult",
       .handler = bulk_runs});
}

void add_phases(std::vector<Route>& out) {
  out.push_back(
      {.method = "POST",
       .path = "/api/v1/runs/{run}/retry",
       .policy = Policy::Role,
       .role = model::Role::Operator,
       .rate = RateClass::Start,
       .audit = AuditKind::RunRetried,
       .summary = {"Run again what failed in a run that has ended, and what follows from it",
                   "重跑已结束运行中失败的任务及其下游"},
       .body_kind = BodyKind::Json,
       .body = {string_field("from", kNameMax,
                             {"this task and everything downstream, instead of what failed",
                              "从该任务及其全部下游重跑，而非失败的任务"}),
                {.name = "newest",
                 .kind = FieldKind::Boolean,
                 .help = {"with the newest version of the workflow", "使用工作流的最新版本"}},
                {.name = "force",
                 .kind = FieldKind::Boolean,
                 .help = {"also a run that was quarantined", "也重跑被隔离的运行"}}},
       .status = 202,
       .answer = "Retried",
       .handler = retry_run});
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}/phases",
                 .policy = Policy::Token,
                 .summary = {"The phases of a run: the first and its retries",
                             "运行的各阶段：首次执行与历次重跑"},
                 .answer = "Phase",
                 .answer_is_page = true,
                 .handler = answer<list_phases>});
}

void add_runs(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}",
                 .policy = Policy::Token,
                 .summary = {"A run", "一次运行"},
                 .answer = "Run",
                 .handler = answer<get_run>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}/wait",
                 .policy = Policy::Token,
                 .rate = RateClass::Stream,
                 .summary = {"A run, as soon as it has ended or the time is over",
                             "等待运行结束或超时后返回"},
                 .query = {{.name = "timeout",
                            .kind = FieldKind::Duration,
                            .help = {"the longest time to wait", "最长等待时间"},
                            .max = limits::kWaitMax.us}},
                 .answer = "Run",
                 .handler = wait_run});
  out.push_back(
      {.method = "POST",
       .path = "/api/v1/runs/{run}/cancel",
       .policy = Policy::Role,
       .role = model::Role::Operator,
       .rate = RateClass::Write,
       .audit = AuditKind::RunCancelled,
       .summary = {"Cancel a run; a second time without grace", "取消运行；再次请求则不再宽限"},
       .body_kind = BodyKind::Json,
       .status = 202,
       .answer = "Cancelled",
       .handler = cancel_run});
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}/history",
                 .policy = Policy::Token,
                 .summary = {"What happened in a run, oldest first", "运行历史，最早在前"},
                 .query = {limit_field(), cursor_field()},
                 .answer = "HistoryRecord",
                 .answer_is_page = true,
                 .handler = answer<list_history>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}/why",
                 .policy = Policy::Token,
                 .summary = {"What a run or a task waits for, or why it ended so",
                             "运行或任务在等待什么，或为何如此结束"},
                 .query = {task_field({"of this task", "指定任务"})},
                 .answer = "Why",
                 .handler = why_run});
}

void add_tasks(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/runs/{run}/tasks",
       .policy = Policy::Token,
       .summary = {"The tasks of a run in the order of the file", "运行的任务，按文件顺序"},
       .query = {states_field(kTaskStates), limit_field(), cursor_field()},
       .answer = "Task",
       .answer_is_page = true,
       .handler = answer<list_tasks>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}/attempts",
                 .policy = Policy::Token,
                 .summary = {"The attempts of a run's tasks", "运行中各任务的尝试"},
                 .query = {task_field({"of this task", "指定任务"}), limit_field(), cursor_field()},
                 .answer = "Attempt",
                 .answer_is_page = true,
                 .handler = answer<list_attempts>});
  out.push_back({.method = "POST",
                 .path = "/api/v1/runs/{run}/tasks/{task}/resolve",
                 .policy = Policy::Role,
                 .role = model::Role::Operator,
                 .rate = RateClass::Write,
                 .audit = AuditKind::TaskResolved,
                 .summary = {"Decide a task whose end nobody knows", "裁决结局不明的任务"},
                 .body_kind = BodyKind::Json,
                 .body = {{.name = "as",
                           .kind = FieldKind::Choice,
                           .help = {"what it counts as", "视为"},
                           .required = true,
                           .choices = {"succeeded", "failed", "skipped"}}},
                 .status = 202,
                 .answer = "Resolved",
                 .handler = resolve_task});
}

// What selects lines of a log by their content.
std::vector<Field> log_filter_fields() {
  return {{.name = "since",
           .kind = FieldKind::Time,
           .help = {"only lines of this time or later", "只要该时间及之后的行"}},
          {.name = "stream",
           .kind = FieldKind::Choice,
           .help = {"only lines of this stream; system: said by Gantry",
                    "只要该输出流的行；system 为 Gantry 自身的说明"},
           .choices = {"stdout", "stderr", "system"}},
          {.name = "search",
           .kind = FieldKind::String,
           .help = {"only lines that hold this text", "只要包含此文本的行"},
           .min = 1,
           .max = limits::kLogPatternMax},
          {.name = "regex",
           .kind = FieldKind::String,
           .help = {"only lines that match this expression (RE2 syntax)",
                    "只要匹配此正则表达式的行（RE2 语法）"},
           .min = 1,
           .max = limits::kLogPatternMax},
          {.name = "ignore_case",
           .kind = FieldKind::Boolean,
           .help = {"capitals and small letters are the same", "不区分大小写"}}};
}

std::vector<Field> log_fields() {
  std::vector<Field> out{
      number_field("attempt", 1, std::numeric_limits<std::int32_t>::max(),
                   {"which attempt", "第几次尝试"}),
      number_field("generation", 1, std::numeric_limits<std::int32_t>::max(),
                   {"of which generation", "第几代"}),
      number_field("from", 0, kNumberMax, {"number of the first line", "起始行号"}),
      number_field("before", 1, kNumberMax,
                   {"the lines before this one, the last of them", "此行之前的最后若干行"}),
      number_field("tail", 1, kNumberMax, {"only so many lines, the last", "只要最后若干行"}),
      limit_field()};
  for (Field& field : log_filter_fields()) out.push_back(std::move(field));
  out.push_back(
      {.name = "follow",
       .kind = FieldKind::Boolean,
       .help = {"send lines as they come until the attempt ends", "持续发送新行直到尝试结束"}});
  out.push_back({.name = "format",
                 .kind = FieldKind::Choice,
                 .help = {"text: all of it as a plain text file, as the task wrote it",
                          "text：以纯文本文件返回全部内容，与任务输出一致"},
                 .choices = {"json", "text"}});
  out.push_back({.name = "stamps",
                 .kind = FieldKind::Boolean,
                 .help = {"with format=text: time, stream and flag before each line",
                          "配合 format=text：每行前加时间、输出流与标志"}});
  return out;
}

void add_logs(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/runs/{run}/tasks/{task}/log",
       .policy = Policy::Token,
       .rate = RateClass::Stream,
       .summary = {"The log of an attempt, by default the last", "尝试的日志，默认最后一次"},
       .query = log_fields(),
       .answer = "LogLine",
       .answer_is_lines = true,
       .handler = get_log});
  std::vector<Field> fields = log_filter_fields();
  fields.push_back(limit_field());
  fields.push_back(cursor_field());
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}/logs",
                 .policy = Policy::Token,
                 .rate = RateClass::Heavy,
                 .summary = {"Lines of the logs of all tasks of a run, attempt after attempt",
                             "一次运行中所有任务的日志行，按尝试依次列出"},
                 .query = std::move(fields),
                 .answer = "LogMatch",
                 .answer_is_page = true,
                 .handler = answer<search_logs>});
}

void add_sessions(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/login",
                 .policy = Policy::Open,
                 .summary = {"The page to sign in", "登录页面"},
                 .query = {string_field("link", kSecretMax, {"a one-time link", "一次性链接"})},
                 .answer_is_html = true,
                 .handler = answer<get_login>});
  out.push_back({.method = "POST",
                 .path = "/login",
                 .policy = Policy::Signed,
                 .rate = RateClass::Write,
                 .audit = AuditKind::LoggedIn,
                 .summary = {"Sign in with a token or a one-time link; gives a session cookie",
                             "使用令牌或一次性链接登录，返回会话 Cookie"},
                 .body_kind = BodyKind::Form,
                 .body = {string_field("token", kSecretMax, {"a token", "令牌"}),
                          string_field("link", kSecretMax, {"of a login link", "登录链接"})},
                 .answer = "Me",
                 .handler = post_login});
  out.push_back({.method = "POST",
                 .path = "/logout",
                 .policy = Policy::Role,
                 .role = model::Role::Viewer,
                 .rate = RateClass::Write,
                 .audit = AuditKind::LoggedOut,
                 .summary = {"End the session", "退出登录"},
                 .body_kind = BodyKind::Form,
                 .answer = "SignedOut",
                 .handler = post_logout});
  out.push_back({.method = "GET",
                 .path = "/api/v1/me",
                 .policy = Policy::Token,
                 .summary = {"Who asks, and what they may do", "当前身份及其角色"},
                 .answer = "Me",
                 .handler = answer<get_me>});
}

void add_tokens(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/tokens",
                 .policy = Policy::Role,
                 .role = model::Role::Admin,
                 .summary = {"Valid tokens by name", "有效令牌，按名称排列"},
                 .answer = "Token",
                 .answer_is_page = true,
                 .handler = answer<list_tokens>});
  out.push_back({.method = "POST",
                 .path = "/api/v1/tokens",
                 .policy = Policy::Role,
                 .role = model::Role::Admin,
                 .rate = RateClass::Write,
                 .audit = AuditKind::TokenCreated,
                 .summary = {"Make a token; its secret is told once", "创建令牌；密文只显示一次"},
                 .body_kind = BodyKind::Json,
                 .body = {{.name = "name",
                           .kind = FieldKind::String,
                           .help = {"who or what acts with it", "使用者名称"},
                           .required = true,
                           .min = 1,
                           .max = static_cast<std::int64_t>(limits::kTokenNameMax)},
                          {.name = "role",
                           .kind = FieldKind::Choice,
                           .help = {"what it may do (operator)", "角色（默认 operator）"},
                           .choices = {"viewer", "operator", "admin"}},
                          {.name = "expires",
                           .kind = FieldKind::Duration,
                           .help = {"how long it is valid; else until it is revoked",
                                    "有效期；不填则直到吊销"},
                           .min = seconds(1).us,
                           .max = limits::kTokenLifeMax.us}},
                 .status = 201,
                 .answer = "Token",
                 .handler = create_token});
  out.push_back({.method = "DELETE",
                 .path = "/api/v1/tokens/{token}",
                 .policy = Policy::Role,
                 .role = model::Role::Admin,
                 .rate = RateClass::Write,
                 .audit = AuditKind::TokenRevoked,
                 .summary = {"Revoke a token and its sessions", "吊销令牌及其会话"},
                 .answer = "Token",
                 .handler = revoke_token});
}

void add_audit(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/audit",
       .policy = Policy::Role,
       .role = model::Role::Admin,
       .summary = {"Who did what, newest first", "操作审计，最新在前"},
       .query = {string_field("actor", kNameMax, {"by them", "操作者"}),
                 string_field("action", kNameMax, {"such as run.start", "如 run.start"}),
                 {.name = "from", .kind = FieldKind::Time, .help = {"then or later", "时间不早于"}},
                 {.name = "before", .kind = FieldKind::Time, .help = {"before", "时间早于"}},
                 limit_field(),
                 cursor_field()},
       .answer = "AuditRecord",
       .answer_is_page = true,
       .handler = answer<list_audit>});
}

}  // namespace

std::vector<Route> all_routes() {
  std::vector<Route> out;
  add_system(out);
  add_stream(out);
  add_workflows(out);
  add_holds(out);
  add_run_list(out);
  add_runs(out);
  add_phases(out);
  add_bulk(out);
  add_tasks(out);
  add_logs(out);
  add_sessions(out);
  add_tokens(out);
  add_audit(out);
  return out;
}

}  // namespace gantry::api
