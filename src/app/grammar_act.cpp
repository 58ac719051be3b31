// What alters runs: trigger, cancel, resolve.
#include "app/grammar.h"

namespace gantry::app {

namespace {
Command trigger_command(Context& context) {
  auto o = std::make_shared<TriggerOptions>();
  return {.name = "trigger",
          .group = Group::Act,
          .about = {"start a run, or one per row of a file", "启动一次运行，或按文件逐行启动"},
          .example = "gantry trigger sales-report --param month=2026-10 --wait",
          .everyday = true,
          .arguments = {{.names = "WORKFLOW",
                         .into = &o->workflow,
                         .help = {"its name", "工作流名称"},
                         .required = true,
                         .offers = Offers::Workflows},
                        {.names = "-p,--param",
                         .into = &o->params,
                         .help = {"name=value, repeatable", "名称=值，可重复"}},
                        {.names = "--csv",
                         .into = &o->csv,
                         .help = {"a run per row of this file (-: standard input): its first row "
                                  "names the params; none is started if one is wrong",
                                  "按此文件（-：标准输入）逐行启动：第一行为参数名；任一行有误则"
                                  "全部不启动"},
                         .offers = Offers::Files,
                         .not_empty = true},
                        {.names = "--dry-run",
                         .into = &o->dry_run,
                         .help = {"with --csv: only tell what would be started",
                                  "与 --csv 一起：只报告将启动什么"}},
                        {.names = "--key",
                         .into = &o->key,
                         .help = {"idempotency key: the same key starts one run; with --csv the "
                                  "rows' keys begin with it",
                                  "幂等键：同一个键只启动一次；与 --csv 一起时为各行的键的前缀"}},
                        {.names = "-w,--wait",
                         .into = &o->wait,
                         .help = {"wait for the end; the exit code is the result",
                                  "等待结束；退出码即结果"}}},
          .run = [&context, o] { return trigger(context, *o); }};
}

Command cancel_command(Context& context) {
  auto run = std::make_shared<std::string>();
  return {.name = "cancel",
          .group = Group::Act,
          .about = {"stop a run (twice: without grace)", "取消运行（再次执行则立即终止）"},
          .example = "gantry cancel 42",
          .everyday = true,
          .arguments = {run_argument(run.get())},
          .run = [&context, run] { return cancel(context, *run); }};
}

Command resolve_command(Context& context) {
  struct Options {
    std::string run, task, as;
  };
  auto o = std::make_shared<Options>();
  return {.name = "resolve",
          .group = Group::Act,
          .about = {"decide a task that waits for a person", "裁决等待人工处理的任务"},
          .example = "gantry resolve 42 load --as succeeded",
          .arguments = {run_argument(&o->run),
                        task_argument(&o->task, {"the task", "任务"}, true),
                        {.names = "--as",
                         .into = &o->as,
                         .help = {"what it counts as", "视为"},
                         .required = true,
                         .choices = {"succeeded", "failed", "skipped"}}},
          .run = [&context, o] { return resolve(context, o->run, o->task, o->as); }};
}
}  // namespace

void add_act_commands(Context& context, std::vector<Command>& out) {
  out.push_back(trigger_command(context));
  out.push_back(cancel_command(context));
  out.push_back(resolve_command(context));
}

}  // namespace gantry::app
