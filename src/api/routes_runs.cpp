// Runs: their lists, what is asked of one, phases, bulk, and what holds one.
#include "api/routes.h"

namespace gantry::api {

namespace {

constexpr std::int64_t kLabelMax = 1'000;

const std::vector<std::string_view> kRunStates{"queued",    "running", "finishing",
                                               "succeeded", "failed",  "cancelled"};
const std::vector<std::string_view> kCauses{"request",  "timer", "catch_up", "local", "wrap",
                                            "backfill", "event", "webhook",  "file",  "workflow"};

// What selects runs, in a list and in bulk.
Field workflow_field() {
  return string_field(
      "workflow", kNameMax,
      {"of this workflow; of a folder if it ends in '/'", "所属工作流；以 '/' 结尾表示文件夹"});
}
Field created_from_field() {
  return time_field("created_from", {"created then or later", "创建时间不早于"});
}
Field created_before_field() {
  return time_field("created_before", {"created before", "创建时间早于"});
}

void add_run_list(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/runs",
       .policy = Policy::Token,
       .summary = {"Runs, newest or oldest first", "运行列表，最新或最早在前"},
       .query = {workflow_field(),
                 states_field(kRunStates),
                 {.name = "cause",
                  .kind = FieldKind::Choice,
                  .help = {"what began it", "触发原因"},
                  .choices = kCauses},
                 string_field("key", kKeyMax, {"idempotency key", "幂等键"}),
                 created_from_field(),
                 created_before_field(),
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
                workflow_field(),
                states_field(kRunStates),
                created_from_field(),
                created_before_field(),
                flag_field("newest", {"retry with the newest versions", "使用最新版本重跑"}),
                number_field(
                    "limit", 1, limits::kPageMax,
                    {"at most so many, the newest (50)", "最多处理的数量，最新优先（50）"})},
       .answer = "BulkResult",
       .key = KeyUse::Sometimes,
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
                flag_field("newest",
                           {"with the newest version of the workflow", "使用工作流的最新版本"}),
                flag_field("force", {"also a run that was quarantined", "也重跑被隔离的运行"})},
       .status = 202,
       .answer = "Retried",
       .key = KeyUse::Always,
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
                 .query = {task_field()},
                 .answer = "Why",
                 .handler = why_run});
}

void add_holds(std::vector<Route>& out) {
  out.push_back(hold_route("/api/v1/runs/{run}/pause", AuditKind::RunHeld,
                           {"Pause a run: what runs goes on, nothing new starts",
                            "暂停运行：已在执行的继续，不启动新任务"},
                           "RunHold", pause_run));
  out.push_back(hold_route("/api/v1/runs/{run}/resume", AuditKind::RunHeld,
                           {"Let a paused run go on", "恢复已暂停的运行"}, "RunHold", resume_run));
}

}  // namespace

void add_run_routes(std::vector<Route>& out) {
  add_run_list(out);
  add_runs(out);
  add_phases(out);
  add_bulk(out);
  add_holds(out);
}

}  // namespace gantry::api
