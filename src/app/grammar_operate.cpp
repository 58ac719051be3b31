// What operates runs, workflows and the server: retry, bulk, phases, pools, pause, resume, disable,
// enable.
#include "app/grammar.h"
#include "base/limits.h"

namespace gantry::app {

namespace {
Command retry_command(Context& context) {
  auto o = std::make_shared<RetryOptions>();
  return {
      .name = "retry",
      .group = Group::Act,
      .about = {"run again what failed, and what follows from it", "重跑失败的任务及其下游"},
      .example = "gantry retry 42 --from load",
      .everyday = true,
      .arguments =
          {run_argument(&o->run),
           {.names = "--from",
            .into = &o->from,
            .help = {"this task and everything downstream", "从该任务及其全部下游重跑"},
            .offers = Offers::Tasks},
           {.names = "--newest",
            .into = &o->newest,
            .help = {"with the newest version of the workflow", "使用工作流的最新版本"}},
           {.names = "--force",
            .into = &o->force,
            .help = {"also a run that was quarantined", "也重跑被隔离的运行"}},
           {.names = "--key",
            .into = &o->key,
            .help = {"idempotency key: the same key retries once", "幂等键：同一个键只重跑一次"}},
           {.names = "-w,--wait",
            .into = &o->wait,
            .help = {"wait for the end; the exit code is the result", "等待结束；退出码即结果"}}},
      .run = [&context, o] { return retry(context, *o); }};
}

Command phases_command(Context& context) {
  auto run = std::make_shared<std::string>();
  return {
      .name = "phases",
      .group = Group::Look,
      .about = {"the phases of a run: the first and its retries", "运行的各阶段：首次与历次重跑"},
      .example = "gantry phases 42",
      .arguments = {run_argument(run.get())},
      .run = [&context, run] { return phases(context, *run); }};
}

Command bulk_command(Context& context) {
  auto o = std::make_shared<BulkOptions>();
  return {
      .name = "bulk",
      .group = Group::Act,
      .about = {"cancel or retry many runs", "批量取消或重跑"},
      .example = "gantry bulk retry --workflow finance/ --state failed",
      .arguments = {{.names = "ACTION",
                     .into = &o->action,
                     .help = {"what to do", "操作"},
                     .required = true,
                     .choices = {"cancel", "retry"}},
                    {.names = "RUNS",
                     .into = &o->runs,
                     .help = {"numbers; without them the filter says which",
                              "运行编号；不写则按筛选条件"},
                     .offers = Offers::Runs},
                    {.names = "--workflow",
                     .into = &o->workflow,
                     .help = {"of this workflow, or folder/", "某个工作流，或 文件夹/"},
                     .offers = Offers::Workflows},
                    {.names = "--state",
                     .into = &o->state,
                     .help = {"in these states, with commas; cancel: the open ones, retry: failed",
                              "状态，逗号分隔；默认取消未结束的、重跑失败的"}},
                    {.names = "--newest",
                     .into = &o->newest,
                     .help = {"retry with the newest versions", "使用最新版本重跑"}},
                    {.names = "-n,--limit",
                     .into = &o->limit,
                     .help = {"at most so many, the newest (50)", "最多处理的数量（50）"},
                     .min = 1,
                     .max = limits::kPageMax}},
      .run = [&context, o] { return bulk(context, *o); }};
}

Argument note_argument(std::string* into) {
  return {.names = "--note", .into = into, .help = {"why, for the others", "原因，供他人查看"}};
}

Command pools_command(Context& context) {
  auto o = std::make_shared<PoolOptions>();
  return {.name = "pools",
          .group = Group::Look,
          .about = {"slots of the server and of its pools; set them while it runs",
                    "服务器及各资源池的槽位；可在运行中设定"},
          .example = "gantry pools warehouse --slots 2 --note \"a busy night\"",
          .arguments = {{.names = "POOL", .into = &o->name, .help = {"this pool", "指定资源池"}},
                        {.names = "--slots",
                         .into = &o->slots,
                         .help = {"set them, over restarts too; 0: nothing of it starts",
                                  "设定槽位，重启后仍有效；0 表示都不启动"},
                         .min = 0,
                         .max = limits::kSlotsMax},
                        {.names = "--reset",
                         .into = &o->reset,
                         .help = {"back to the configuration", "恢复为配置值"}},
                        note_argument(&o->note)},
          .run = [&context, o] { return pools(context, *o); }};
}

Command hold_command(Context& context, const std::string& verb, Text about, std::string example) {
  auto o = std::make_shared<HoldOptions>();
  return {
      .name = verb,
      .group = Group::Act,
      .about = about,
      .example = std::move(example),
      .arguments = {{.names = "TARGET",
                     .into = &o->target,
                     .help = {"a run (number) or a workflow (name)",
                              "运行（编号）或工作流（名称）"},
                     .offers = Offers::Workflows},
                    {.names = "--all", .into = &o->all, .help = {"the whole server", "整个服务器"}},
                    note_argument(&o->note)},
      .run = [&context, verb, o] { return hold(context, verb, *o); }};
}

Command switch_command(Context& context, const std::string& verb, Text about, std::string example) {
  auto o = std::make_shared<HoldOptions>();
  return {.name = verb,
          .group = Group::Act,
          .about = about,
          .example = std::move(example),
          .arguments = {{.names = "WORKFLOW",
                         .into = &o->target,
                         .help = {"its name", "工作流名称"},
                         .required = true,
                         .offers = Offers::Workflows},
                        note_argument(&o->note)},
          .run = [&context, verb, o] { return hold(context, verb, *o); }};
}
}  // namespace

void add_operate_commands(Context& context, std::vector<Command>& out) {
  out.push_back(retry_command(context));
  out.push_back(bulk_command(context));
  out.push_back(phases_command(context));
  out.push_back(pools_command(context));
  out.push_back(hold_command(
      context, "pause",
      {"nothing new starts in a run, a workflow, or at all", "暂停运行、工作流或整个服务器"},
      "gantry pause sales-report --note maintenance"));
  out.push_back(hold_command(
      context, "resume", {"what was paused goes on; timers catch up", "恢复已暂停的；定时器补跑"},
      "gantry resume --all"));
  out.push_back(switch_command(
      context, "disable",
      {"a workflow makes no runs: no timers, no requests", "停用工作流：不触发定时器，拒绝请求"},
      "gantry disable sales-report --note 'the source is down'"));
  out.push_back(switch_command(context, "enable",
                               {"a disabled workflow makes runs again", "重新启用被停用的工作流"},
                               "gantry enable sales-report"));
}

}  // namespace gantry::app
