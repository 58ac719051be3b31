// Backfills: backfill, backfills.
#include "app/grammar.h"
#include "base/limits.h"
#include "model/backfill.h"

namespace gantry::app {

namespace {
std::vector<Argument> date_arguments(BackfillOptions& o) {
  return {{.names = "--from", .into = &o.from, .help = {"first date", "起始日期"}},
          {.names = "--to", .into = &o.to, .help = {"last date", "结束日期"}},
          {.names = "--dates",
           .into = &o.dates,
           .help = {"these dates, with commas, instead of --from and --to",
                    "指定日期，逗号分隔，代替 --from 与 --to"}},
          {.names = "--days",
           .into = &o.days,
           .help = {"those on which the trigger fires (usual with a trigger), working days, or all",
                    "触发器触发的日期（有触发器时的默认值）、工作日，或全部日期"},
           .choices = {"scheduled", "working", "all"}},
          {.names = "--calendar",
           .into = &o.calendar,
           .help = {"of working days (that of the trigger)", "工作日历（触发器的日历）"}},
          {.names = "--already-run",
           .into = &o.already_run,
           .help = {"dates that have a run: skip them (usual), run those again that failed, or all",
                    "已有运行的日期：跳过（默认）、重跑失败的，或全部重跑"},
           .choices = {"skip", "failed", "all"}},
          {.names = "--reverse",
           .into = &o.reverse,
           .help = {"the newest date first", "从最新的日期开始"}},
          {.names = "--trigger",
           .into = &o.trigger,
           .help = {"id of the timer whose params and times of day count (the only one)",
                    "采用其参数与时刻的定时器 id（默认为唯一的定时器）"}},
          {.names = "--no-trigger",
           .into = &o.no_trigger,
           .help = {"no timer: each date is a whole day", "不采用定时器：每个日期为一整天"}}};
}

Command backfill_command(Context& context) {
  auto o = std::make_shared<BackfillOptions>();
  std::vector<Argument> arguments{{.names = "WORKFLOW",
                                   .into = &o->workflow,
                                   .help = {"its name", "名称"},
                                   .required = true,
                                   .offers = Offers::Workflows}};
  for (Argument& argument : date_arguments(*o)) arguments.push_back(std::move(argument));
  const std::vector<Argument> how{{.names = "--parallel",
                                   .into = &o->parallel,
                                   .help = {"runs at once (1)", "同时运行的个数（1）"},
                                   .min = 1,
                                   .max = limits::kBackfillParallelMax},
                                  {.names = "-p,--param",
                                   .into = &o->params,
                                   .help = {"name=value, repeatable", "名称=值，可重复"}},
                                  {.names = "--dry-run",
                                   .into = &o->dry_run,
                                   .help = {"only show which dates", "只显示哪些日期"}},
                                  {.names = "--key",
                                   .into = &o->key,
                                   .help = {"idempotency key: the same key begins one backfill",
                                            "幂等键：同一个键只开始一次补数"}},
                                  {.names = "-w,--wait",
                                   .into = &o->wait,
                                   .help = {"wait for the end; 1 if a date did not succeed",
                                            "等待结束；有日期未成功则退出码为 1"}}};
  arguments.insert(arguments.end(), how.begin(), how.end());
  return {.name = "backfill",
          .group = Group::Act,
          .about = {"run a workflow for past dates, behind all live work",
                    "按过去的日期补数，排在所有实时工作之后"},
          .example = "gantry backfill etl/sales --from 2026-10-01 --to 2026-10-31 --parallel 4",
          .arguments = std::move(arguments),
          .run = [&context, o] { return backfill(context, *o); }};
}

Command backfills_command(Context& context) {
  auto o = std::make_shared<BackfillsOptions>();
  return {.name = "backfills",
          .group = Group::Look,
          .about = {"backfills and their dates; pause, resume, cancel them",
                    "补数及其日期；可暂停、恢复、取消"},
          .example = "gantry backfills 3 --fate failed",
          .arguments = {{.names = "BACKFILL",
                         .into = &o->backfill,
                         .help = {"a number: this one, with its dates", "编号：该补数及其日期"}},
                        {.names = "--workflow",
                         .into = &o->workflow,
                         .help = {"of this workflow", "该工作流的"},
                         .offers = Offers::Workflows},
                        {.names = "--state",
                         .into = &o->state,
                         .help = {"in this state", "处于该状态"},
                         .choices = {"running", "paused", "finished", "cancelled"}},
                        {.names = "--fate",
                         .into = &o->fate,
                         .help = {"dates of which this became", "结果为该值的日期"},
                         .choices = {"pending", "running", "succeeded", "failed", "cancelled",
                                     "skipped", "refused"}},
                        {.names = "--pause",
                         .into = &o->pause,
                         .help = {"make no more runs for now", "暂不产生新的运行"}},
                        {.names = "--resume", .into = &o->resume, .help = {"go on", "继续"}},
                        {.names = "--cancel",
                         .into = &o->cancel,
                         .help = {"the dates that have not begun", "取消尚未开始的日期"}},
                        {.names = "--running",
                         .into = &o->running,
                         .help = {"with --cancel: the open runs, too",
                                  "与 --cancel 合用：也取消未结束的运行"}},
                        {.names = "--cancel-date",
                         .into = &o->cancel_date,
                         .help = {"this date: its run, or that it is made",
                                  "取消该日期：其运行，或尚未产生的运行"}},
                        {.names = "--note",
                         .into = &o->note,
                         .help = {"why, for the others", "原因，供他人查看"}},
                        {.names = "-n,--limit",
                         .into = &o->limit,
                         .help = {"at most so many (50)", "最多显示的数量（50）"},
                         .min = 1,
                         .max = limits::kPageMax}},
          .run = [&context, o] { return backfills(context, *o); }};
}
}  // namespace

void add_backfill_commands(Context& context, std::vector<Command>& out) {
  out.push_back(backfill_command(context));
  out.push_back(backfills_command(context));
}

}  // namespace gantry::app
