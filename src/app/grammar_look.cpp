// What only looks: runs, show, tree, history, logs, why, workflows, next, missed, watch, top.
#include "app/grammar.h"
#include "core/upcoming.h"

namespace gantry::app {

namespace {
Command runs_command(Context& context) {
  auto o = std::make_shared<RunsOptions>();
  return {.name = "runs",
          .about = {"list runs, newest first", "列出运行，最新的在前"},
          .example = "gantry runs --state failed",
          .everyday = true,
          .arguments = {{.names = "WORKFLOW",
                         .into = &o->workflow,
                         .help = {"of this workflow, or folder/", "某个工作流，或 文件夹/"},
                         .offers = Offers::Workflows},
                        {.names = "--state",
                         .into = &o->state,
                         .help = {"queued, running, succeeded, failed, cancelled", "按状态筛选"}},
                        {.names = "--cause",
                         .into = &o->cause,
                         .help = {"request, timer, catch_up, wrap", "按起因筛选"}},
                        {.names = "-l,--label",
                         .into = &o->labels,
                         .help = {"name=value, or name; repeatable", "名称=值，或名称；可重复"}},
                        {.names = "--oldest",
                         .into = &o->oldest,
                         .help = {"oldest first", "最早的在前"}},
                        {.names = "-n,--limit",
                         .into = &o->limit,
                         .help = {"how many", "数量"},
                         .min = 1,
                         .max = 1000}},
          .run = [&context, o] { return runs(context, *o); }};
}

// show, tree, history: of one run.
Command one_run_command(Context& context, const char* name, Text about, bool everyday,
                        int (*look)(const Context&, const std::string&)) {
  auto run = std::make_shared<std::string>();
  return {.name = name,
          .about = about,
          .example = std::string("gantry ") + name + " 42",
          .everyday = everyday,
          .arguments = {run_argument(run.get())},
          .run = [&context, run, look] { return look(context, *run); }};
}

Command logs_command(Context& context) {
  auto o = std::make_shared<LogsOptions>();
  return {
      .name = "logs",
      .about = {"the log of a task", "任务日志"},
      .example = "gantry logs -f sales-report load",
      .everyday = true,
      .arguments = {run_argument(&o->run),
                    task_argument(&o->task, {"the task; none: all tasks", "任务；不写则为全部"}),
                    {.names = "-f,--follow",
                     .into = &o->follow,
                     .help = {"go on until the attempt ends", "持续输出直到结束"}},
                    {.names = "--attempt",
                     .into = &o->attempt,
                     .help = {"number of the attempt (the last)", "第几次尝试（默认最后一次）"}},
                    {.names = "-n,--tail",
                     .into = &o->tail,
                     .help = {"only the last lines", "只看最后若干行"}},
                    {.names = "--since",
                     .into = &o->since,
                     .help = {"a time, or how long ago: 10m", "起始时间，或多久以前：10m"}},
                    {.names = "--stream",
                     .into = &o->stream,
                     .help = {"stdout, stderr or system", "stdout、stderr 或 system"}},
                    {.names = "--search",
                     .into = &o->search,
                     .help = {"only lines with this text", "只看包含此文本的行"}},
                    {.names = "--regex",
                     .into = &o->regex,
                     .help = {"only lines that match (RE2)", "只看匹配的行（RE2 语法）"}},
                    {.names = "-i,--ignore-case",
                     .into = &o->ignore_case,
                     .help = {"for --search and --regex", "搜索时不区分大小写"}},
                    {.names = "--text",
                     .into = &o->text,
                     .help = {"the bytes as the task wrote them", "任务输出的原始字节"}},
                    {.names = "--stamps",
                     .into = &o->stamps,
                     .help = {"with --text: time and stream", "配合 --text：加时间与输出流"}}},
      .run = [&context, o] { return logs(context, *o); }};
}

Command why_command(Context& context) {
  struct Options {
    std::string run, task;
  };
  auto o = std::make_shared<Options>();
  return {.name = "why",
          .about = {"what a run or task waits for, or why it ended so", "在等什么，或为何如此结束"},
          .example = "gantry why 42 load",
          .everyday = true,
          .arguments = {run_argument(&o->run), task_argument(&o->task, {"one task", "某个任务"})},
          .run = [&context, o] { return why(context, o->run, o->task); }};
}

Command workflows_command(Context& context) {
  auto prefix = std::make_shared<std::string>();
  return {.name = "workflows",
          .about = {"list workflows", "列出工作流"},
          .example = "gantry workflows data/",
          .arguments = {{.names = "PREFIX",
                         .into = prefix.get(),
                         .help = {"names that begin so", "名称前缀"},
                         .offers = Offers::Workflows}},
          .run = [&context, prefix] { return workflows(context, *prefix); }};
}

Command people_command(Context& context) {
  auto o = std::make_shared<PeopleOptions>();
  return {.name = "people",
          .about = {"people of people.yaml, or one of them", "people.yaml 中的人员，或其中一人"},
          .example = "gantry people --role sales-lead",
          .arguments = {{.names = "PERSON", .into = &o->id, .help = {"their id", "人员的 id"}},
                        {.names = "--role",
                         .into = &o->role,
                         .help = {"who has this role", "拥有该角色的人员"}}},
          .run = [&context, o] { return people(context, *o); }};
}

Command next_command(Context& context) {
  auto o = std::make_shared<NextOptions>();
  return {
      .name = "next",
      .about = {"when a schedule or a workflow fires next", "定时规则或工作流接下来何时触发"},
      .example = "gantry next --cron \"30 2 * * *\" --timezone Europe/Berlin -n 3",
      .arguments = {workflow_file_argument(&o->file),
                    server_workflow_option(&o->workflow),
                    {.names = "--cron",
                     .into = &o->cron,
                     .help = {"of this expression", "此 cron 表达式"},
                     .not_empty = true},
                    {.names = "--every",
                     .into = &o->every,
                     .help = {"of this interval", "此间隔"},
                     .not_empty = true},
                    {.names = "--from-anchor",
                     .into = &o->anchor,
                     .help = {"with --every: the instant it counts from",
                              "配合 --every：从此时刻计起"}},
                    {.names = "--timezone",
                     .into = &o->timezone,
                     .help = {"with --cron, --every: an IANA name (UTC)",
                              "配合 --cron、--every：时区（UTC）"}},
                    {.names = "--calendar",
                     .into = &o->calendar,
                     .help = {"with --cron, --every: the working days of this calendar or file",
                              "配合 --cron、--every：按此日历或日历文件的工作日"}},
                    {.names = "--on-holiday",
                     .into = &o->on_holiday,
                     .help = {"with --calendar: where a firing on a day off goes",
                              "配合 --calendar：非工作日的触发如何处理"},
                     .choices = {"skip", "before", "after"}},
                    {.names = "--from",
                     .into = &o->from,
                     .help = {"firings after this instant (now)", "此时刻之后的触发（默认现在）"}},
                    {.names = "-n,--count",
                     .into = &o->count,
                     .help = {"how many of each trigger", "每个触发器显示几次"},
                     .min = 1,
                     .max = core::kUpcomingMax},
                    {.names = "--local",
                     .into = &o->local,
                     .help = {"the local time beside it", "同时显示当地时间"}}},
      .run = [&context, o] { return next(context, *o); }};
}

Command missed_command(Context& context) {
  auto workflow = std::make_shared<std::string>();
  return {.name = "missed",
          .about = {"what the timers of a workflow missed", "工作流的定时器错过的触发"},
          .example = "gantry missed nightly-report",
          .arguments = {{.names = "WORKFLOW",
                         .into = workflow.get(),
                         .help = {"its name", "工作流的名称"},
                         .required = true,
                         .offers = Offers::Workflows}},
          .run = [&context, workflow] { return missed(context, *workflow); }};
}

Command watch_command(Context& context) {
  auto run = std::make_shared<std::string>();
  return {.name = "watch",
          .about = {"what runs, as it changes", "实时查看运行"},
          .example = "gantry watch sales-report",
          .arguments = {{.names = "RUN",
                         .into = run.get(),
                         .help = {"this one with its tasks, until it has ended; none: all runs",
                                  "该运行及其任务，直到结束；不写则为全部运行"},
                         .offers = Offers::Runs}},
          .run = [&context, run] { return watch(context, *run); }};
}

Command top_command(Context& context) {
  auto once = std::make_shared<bool>(false);
  return {.name = "top",
          .about = {"how busy the server is, and what runs for longest", "服务器负载与最久的任务"},
          .example = "gantry top --once",
          .arguments = {{.names = "--once",
                         .into = once.get(),
                         .help = {"once, then end", "只显示一次"}}},
          .run = [&context, once] { return top(context, *once); }};
}
}  // namespace

void add_look_commands(Context& context, std::vector<Command>& out) {
  out.push_back(runs_command(context));
  out.push_back(one_run_command(context, "show", {"a run and its tasks", "显示一次运行及其任务"},
                                true, show));
  out.push_back(
      one_run_command(context, "tree", {"a run as a tree", "以树形显示一次运行"}, false, tree));
  out.push_back(one_run_command(context, "history",
                                {"everything that happened to a run", "一次运行的全部历史"}, false,
                                history));
  out.push_back(logs_command(context));
  out.push_back(why_command(context));
  out.push_back(workflows_command(context));
  out.push_back(people_command(context));
  out.push_back(next_command(context));
  out.push_back(missed_command(context));
  out.push_back(watch_command(context));
  out.push_back(top_command(context));
}

}  // namespace gantry::app
