// Health, the document, pools, the live stream, the hold on the whole server, backups.
#include "api/routes.h"

namespace gantry::api {

namespace {

constexpr std::int64_t kTopicsMax = 10'000;
constexpr std::int64_t kPoolNoteMax = 200;

void add_system(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/health",
                 .policy = Policy::Open,
                 .summary = {"Whether the server works", "服务器是否正常"},
                 .answer = "Health",
                 .answer_of_503 = "Health",
                 .handler = answer<get_health>});
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/openapi.json",
       .policy = Policy::Open,
       .summary = {"This interface as an OpenAPI 3.1 document", "本接口的 OpenAPI 3.1 文档"},
       .answer = "OpenApi",
       .has_tag = true,
       .handler = answer<get_openapi>});
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/settings",
       .policy = Policy::Role,
       .role = model::Role::Admin,
       .summary = {"Every setting, its value and where it comes from", "每个设置、取值及其来源"},
       .answer = "Setting",
       .answer_is_page = true,
       .handler = answer<list_settings>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/server/load",
                 .policy = Policy::Token,
                 .summary = {"How busy the server is", "服务器的负载"},
                 .answer = "ServerLoad",
                 .handler = get_load});
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

void add_pools(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/pools",
                 .policy = Policy::Token,
                 .summary = {"Slots of the server and of its pools", "服务器及各资源池的槽位"},
                 .answer = "Pool",
                 .answer_is_page = true,
                 .handler = get_pools});
  out.push_back(
      {.method = "PUT",
       .path = "/api/v1/pools/{pool}",
       .policy = Policy::Role,
       .role = model::Role::Operator,
       .rate = RateClass::Write,
       .audit = AuditKind::PoolLimited,
       .summary = {"Set the slots of a pool, over restarts too; what runs goes on",
                   "设定资源池的槽位，重启后仍有效；运行中的任务不受影响"},
       .body_kind = BodyKind::Json,
       .body = {{.name = "slots",
                 .kind = FieldKind::Integer,
                 .help = {"slots from now on; 0: nothing of it starts",
                          "新的槽位数；0 表示都不启动"},
                 .required = true,
                 .min = 0,
                 .max = limits::kSlotsMax},
                string_field("note", kPoolNoteMax, {"why, for the others", "原因，供他人查看"})},
       .answer = "Pool",
       .handler = put_pool});
  out.push_back({.method = "DELETE",
                 .path = "/api/v1/pools/{pool}",
                 .policy = Policy::Role,
                 .role = model::Role::Operator,
                 .rate = RateClass::Write,
                 .audit = AuditKind::PoolLimited,
                 .summary = {"Take the slots of a pool back to the configuration",
                             "将资源池的槽位恢复为配置值"},
                 .answer = "Pool",
                 .handler = reset_pool});
}

void add_calendars(std::vector<Route>& out) {
  constexpr std::int64_t kFirstYear = 1900, kLastYear = 9998;
  out.push_back({.method = "GET",
                 .path = "/api/v1/calendars",
                 .policy = Policy::Token,
                 .summary = {"The calendars of working days, with what is wrong with their files",
                             "工作日历及其文件中的错误"},
                 .answer = "Calendar",
                 .answer_is_page = true,
                 .handler = answer<list_calendars>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/calendars/{calendar}",
                 .policy = Policy::Token,
                 .summary = {"A calendar with the days of a year", "一个日历及其某年的每一天"},
                 .query = {number_field("year", kFirstYear, kLastYear,
                                        {"which year (the present one)", "哪一年（默认今年）"})},
                 .answer = "CalendarYear",
                 .handler = answer<get_calendar>});
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
}

void add_housekeeping(std::vector<Route>& out) {
  out.push_back({.method = "POST",
                 .path = "/api/v1/backups",
                 .policy = Policy::Role,
                 .role = model::Role::Admin,
                 .rate = RateClass::Heavy,
                 .audit = AuditKind::BackupTaken,
                 .summary = {"A backup of the server, without its secrets (docs/format/backup.md)",
                             "服务器的备份，不含机密（见 docs/format/backup.md）"},
                 .body_kind = BodyKind::Json,
                 .body = {flag_field("logs", {"with logs (true)", "包含日志（默认 true）"})},
                 .answer_is_file = "application/zstd",
                 .headers = {{"Content-Disposition", "A name for the file."}},
                 .handler = take_backup});
  out.push_back({.method = "POST",
                 .path = "/api/v1/gc",
                 .policy = Policy::Role,
                 .role = model::Role::Admin,
                 .rate = RateClass::Heavy,
                 .audit = AuditKind::GarbageCollected,
                 .summary = {"Take away now what retention would take by and by",
                             "立即清理超出保留期限的内容"},
                 .body_kind = BodyKind::Json,
                 .body = {flag_field("dry_run", {"only tell what would go", "只报告，不清理"})},
                 .answer = "Collected",
                 .handler = collect_garbage});
}

}  // namespace

void add_server_routes(std::vector<Route>& out) {
  add_system(out);
  add_pools(out);
  add_calendars(out);
  add_stream(out);
  add_holds(out);
  add_housekeeping(out);
}

}  // namespace gantry::api
