// The keys of a task and of `retry`, and those of `defaults`, which are keys of tasks.
#include <fmt/format.h>

#include <array>

#include "model/states.h"
#include "model/workflow.h"
#include "spec/keys.h"

namespace gantry::spec {

namespace {

using Names = std::string_view[];

constexpr Names kPolicies = {"retry", "fail", "ask"};
constexpr Names kJoins = {"all_success",  "all_failed",
                          "all_done",     "all_done_min_one_success",
                          "all_skipped",  "one_success",
                          "one_failed",   "one_done",
                          "none_failed",  "none_failed_min_one_success",
                          "none_skipped", "always",
                          "all",          "any"};

constexpr Text kOneAction{"none, one action is needed", "无，动作必须有其一"};

constexpr Key kRetryKnown[] = {
    {.name = "limit",
     .form = Form::Whole,
     .about = {"How many times it is tried again after the first try.", "首次尝试之后的重试次数。"},
     .example = "limit: 3",
     .fallback = [] { return std::to_string(model::RetryPolicy{}.limit); },
     .min = double(kRetriesRange.min),
     .max = double(kRetriesRange.max)},
    {.name = "delay",
     .form = Form::Duration,
     .about = {"The wait before the first retry.", "首次重试之前的等待。"},
     .example = "delay: 10s",
     .fallback = [] { return format_duration(model::RetryPolicy{}.delay); },
     .min = double(kDelayRange.min.us),
     .max = double(kDelayRange.max.us)},
    {.name = "backoff",
     .form = Form::Number,
     .about = {"The factor by which the wait grows from retry to retry.",
               "每次重试等待增长的倍数。"},
     .example = "backoff: 2",
     .fallback = [] { return fmt::format("{}", model::RetryPolicy{}.backoff); },
     .min = kBackoffRange.min,
     .max = kBackoffRange.max},
    {.name = "max_delay",
     .form = Form::Duration,
     .about = {"The longest wait, however much it grew; not below `delay`.",
               "等待的上限，无论增长多少；不小于 `delay`。"},
     .example = "max_delay: 5m",
     .min = double(kDelayRange.min.us),
     .max = double(kDelayRange.max.us)},
    {.name = "jitter",
     .form = Form::Number,
     .about =
         {"The share by which the wait varies, up or down, so that many retries do not come at "
          "once.",
          "等待上下浮动的比例，以免大量重试同时到来。"},
     .example = "jitter: 0.2",
     .fallback = [] { return fmt::format("{}", model::RetryPolicy{}.jitter); },
     .min = kJitterRange.min,
     .max = kJitterRange.max},
    {.name = "if",
     .form = Form::Expression,
     .about = {"Only failures for which this is true are tried again.", "仅在其为真时重试失败。"},
     .example = "if: exit_code == 75",
     .usual = {"every failure", "任何失败"},
     .scope = ScopeKind::RetryIf},
};
constexpr Names kRetryLater = {"undo"};

constexpr Key kTaskKnown[] = {
    {.name = "title",
     .form = Form::Template,
     .about = {"What people read in place of its name.", "给人看的标题，代替名称显示。"},
     .example = "title: \"Load ${{ run.date }}\"",
     .usual = {"its name", "其名称"},
     .scope = ScopeKind::TaskTitle},
    {.name = "description",
     .about = {"What the task does.", "任务的内容。"},
     .example = "description: Rows of the day"},
    {.name = "owner", .about = {"Who answers for it.", "负责人。"}, .example = "owner: role:data"},
    {.name = "needs",
     .form = Form::Texts,
     .about = {"Tasks of the same section that come first.", "同一部分中须先完成的任务。"},
     .example = "needs: [extract]"},
    {.name = "join",
     .form = Form::Choice,
     .about = {"When it runs, given how the tasks of `needs` ended; see the join rules below.",
               "根据 `needs` 中任务的结局决定何时运行；见下文的汇合规则。"},
     .example = "needs: [extract]\njoin: all_done",
     .fallback = [] { return std::string(name_of(model::Task{}.join)); },
     .choices = kJoins},
    {.name = "trigger_rule",
     .form = Form::Choice,
     .about = {"Another word for `join`.", "`join` 的另一种写法。"},
     .example = "needs: [extract]\ntrigger_rule: none_failed",
     .choices = kJoins},
    {.name = "when",
     .form = Form::Expression,
     .about = {"The task is skipped unless this is true. It is asked once, when its join rule lets "
               "it run.",
               "除非其为真，否则跳过该任务。仅在汇合规则允许它运行时求值一次。"},
     .example = "needs: [extract]\nwhen: tasks.extract.outputs.rows > 0",
     .usual = {"it runs", "运行"},
     .scope = ScopeKind::When},
    {.name = "run",
     .about =
         {"A script for `bash -euo pipefail`; where there is no bash, for `sh -eu`. `${{ }}` is "
          "refused in it: values come through the environment. A task has one action: `run`, "
          "`exec`, `pass`, `switch`, `tasks` or `wait`.",
          "脚本，由 `bash -euo pipefail` 执行；没有 bash 时由 `sh -eu` 执行。其中不允许 `${{ "
          "}}`：值通过环境变量传入。一个任务有一个动作：`run`、`exec`、`pass`、`switch`、"
          "`tasks` 或 `wait`。"},
     .example = "run: echo \"$PARAM_REGION\"",
     .usual = kOneAction},
    {.name = "shell",
     .about = {"The interpreter of `run`.", "`run` 的解释器。"},
     .example = "shell: python3",
     .usual = {"`bash -euo pipefail`", "`bash -euo pipefail`"}},
    {.name = "exec",
     .form = Form::Templates,
     .about = {"A program and its arguments, without a shell.", "程序及其参数，不经过 shell。"},
     .example = "exec: [echo, \"${{ params.region }}\"]",
     .usual = kOneAction,
     .scope = ScopeKind::Task},
    {.name = "pass",
     .form = Form::Mark,
     .about = {"`true`: a milestone that starts no process.", "`true`：不启动进程的里程碑。"},
     .example = "pass: true",
     .usual = kOneAction},
    {.name = "switch",
     .form = Form::Items,
     .about = {"Ways on, asked in order: the first whose condition is true is taken. To the tasks "
               "of that way the switch counts as succeeded, to others that need it as skipped. If "
               "none is taken the task fails.",
               "分支，按顺序判断：取条件为真的第一个。对该分支中的任务，switch "
               "视为成功；对其他依赖它的任务，视为已跳过。没有可取的分支时任务失败。"},
     .example = "needs: [extract]\nswitch:\n  - {when: tasks.extract.outputs.bad == 0, then: "
                "[publish]}\n  - {otherwise: [ask]}",
     .usual = kOneAction,
     .keys = &kArmKeys},
    {.name = "tasks",
     .form = Form::Maps,
     .about =
         {"Makes it a group: tasks that run as one. Their `needs` name tasks of the group; "
          "from outside one of them is `GROUP.TASK`.",
          "使其成为组：作为一个整体运行的若干任务。组内的 `needs` 只写组内任务；在组外，其名称为 "
          "`GROUP.TASK`。"},
     .example = "tasks:\n  fetch: {run: ./fetch.sh}\n  unpack: {needs: [fetch], run: ./unpack.sh}",
     .usual = kOneAction,
     .keys = &kTaskKeys},
    {.name = "wait",
     .form = Form::Map,
     .about = {"Waits for a time, a condition or an event, without a process and without a slot.",
               "等待一段时间、一个条件或一个事件，没有进程，也不占槽位。"},
     .example = "wait: {event: {name: paid, match: event.region == params.region}, timeout: 2h}",
     .usual = kOneAction,
     .keys = &kWaitKeys},
    {.name = "foreach",
     .form = Form::Elements,
     .about = {"Runs the task or group once for each element of a list: `item` in expressions, "
               "`ITEM` and of a map `ITEM_FIELD` in the environment. Others that need it wait for "
               "all; what the items gave is in `tasks.NAME.items`. At most 10,000.",
               "对列表的每个元素运行一次该任务或组：表达式中为 `item`，环境中为 "
               "`ITEM`，元素为映射时另有 `ITEM_FIELD`。依赖它的任务等待全部完成；各项的结果在 "
               "`tasks.NAME.items` 中。最多 10,000 项。"},
     .example = "needs: [extract]\nforeach: ${{ tasks.extract.outputs.files }}",
     .usual = {"it runs once", "运行一次"},
     .scope = ScopeKind::Items},
    {.name = "as",
     .about = {"Another name of `item`, to be used where a foreach is within a foreach.",
               "`item` 的另一个名称，用于 foreach 之内的 foreach。"},
     .example = "foreach: [north, south]\nas: region"},
    {.name = "max_parallel",
     .form = Form::Whole,
     .about = {"How many items of `foreach` run or wait for a slot at once.",
               "`foreach` 同时运行或等待槽位的项数。"},
     .example = "foreach: [a, b, c]\nmax_parallel: 2",
     .fallback = [] { return std::to_string(limits::kForeachWindow); },
     .min = double(kItemsRange.min),
     .max = double(kItemsRange.max)},
    {.name = "tolerate",
     .form = Form::Map,
     .about = {"Failures of items with which a foreach succeeds all the same.",
               "foreach 仍算成功所容许的失败项数。"},
     .example = "foreach: [a, b, c]\ntolerate: {failed: 1}",
     .usual = {"none", "无"},
     .keys = &kTolerateKeys},
    {.name = "threshold",
     .form = Form::Map,
     .about = {"When a foreach gives up: its other items are cancelled, and it fails.",
               "foreach 何时放弃：取消其余各项，并失败。"},
     .example = "foreach: [a, b, c]\nthreshold: {rate: 10%, min: 20}",
     .usual = {"all items run", "运行所有项"},
     .keys = &kThresholdKeys},
    {.name = "repeat",
     .form = Form::Map,
     .about = {"Runs the task or group again until a condition holds.",
               "反复运行该任务或组，直到条件成立。"},
     .example = "repeat: {until: outputs.state == \"ready\", every: 30s, limit: 20}",
     .usual = {"it runs once", "运行一次"},
     .keys = &kRepeatKeys},
    {.name = "env",
     .form = Form::NamedTemplates,
     .about = {"Variables of its process. They win over those of the workflow.",
               "进程的环境变量。优先于工作流的同名变量。"},
     .example = "env: {LEVEL: full}",
     .scope = ScopeKind::Task},
    {.name = "secrets",
     .form = Form::Texts,
     .about = {"Further secrets, as `secrets` of the workflow.",
               "另外需要的机密，写法同工作流的 "
               "`secrets`。"},
     .example = "secrets: [WAREHOUSE_PASSWORD]"},
    {.name = "workdir",
     .form = Form::Template,
     .about = {"A folder below the workspace of the run, in which the process starts.",
               "运行的工作目录之下的文件夹，进程在其中启动。"},
     .example = "workdir: reports",
     .usual = {"the workspace", "运行的工作目录"},
     .scope = ScopeKind::Task},
    {.name = "retry",
     .form = Form::Map,
     .about = {"Whether and when a failure is tried again.", "失败后是否以及何时重试。"},
     .example = "retry: {limit: 3, delay: 10s}",
     .usual = {"no retries", "不重试"},
     .keys = &kRetryKeys},
    {.name = "timeout",
     .form = Form::Duration,
     .about =
         {"The longest time of one attempt: then the process tree gets SIGTERM, after `grace` "
          "SIGKILL. Of `defaults` it does not count for background tasks.",
          "一次尝试的最长时间：到时向进程树发送 SIGTERM，过了 `grace` 再发 SIGKILL。`defaults` "
          "中的时限不适用于后台任务。"},
     .example = "timeout: 10m",
     .min = double(kTimeoutRange.min.us),
     .max = double(kTimeoutRange.max.us)},
    {.name = "grace",
     .form = Form::Duration,
     .about = {"The time from SIGTERM to SIGKILL when an attempt is stopped.",
               "停止一次尝试时，从 SIGTERM 到 SIGKILL 的时间。"},
     .example = "grace: 30s",
     .fallback = [] { return format_duration(model::Task{}.grace); },
     .min = double(kGraceRange.min.us),
     .max = double(kGraceRange.max.us)},
    {.name = "outputs",
     .form = Form::NamedExpressions,
     .about = {"Values that it hands on when it has succeeded, besides those it wrote to "
               "`$GANTRY_OUTPUT`. Further names are `stdout`, `exit_code`, `outputs` (what is "
               "there so far) and `file('x')`, a file of the workspace. One that can not be "
               "evaluated fails the task.",
               "成功后传给后续任务的值，在写入 `$GANTRY_OUTPUT` 的值之外另加。另有名称 "
               "`stdout`、`exit_code`、`outputs`（至此已有的输出）和 `file('x')`（工作目录中的"
               "文件）。无法求值时任务失败。"},
     .example = "outputs: {rows: fromJson(stdout).rows}",
     .usual = {"what it wrote to `$GANTRY_OUTPUT`", "写入 `$GANTRY_OUTPUT` 的值"},
     .scope = ScopeKind::Output},
    {.name = "allow_failure",
     .form = Form::Flag,
     .about = {"With `true` a failure counts as success for the run and for joins.",
               "为 `true` 时，对运行和汇合规则而言失败视为成功。"},
     .example = "allow_failure: true",
     .fallback = [] { return std::string(model::Task{}.allow_failure ? "true" : "false"); }},
    {.name = "skip_exit_codes",
     .form = Form::Wholes,
     .about = {"Exit statuses by which the process says that there was nothing to do: the task is "
               "skipped, and not tried again.",
               "进程以这些退出码表示无事可做：任务记为已跳过，不再重试。"},
     .example = "skip_exit_codes: [99]",
     .min = double(kExitCodeRange.min),
     .max = double(kExitCodeRange.max)},
    {.name = "on_interrupt",
     .form = Form::Choice,
     .about = {"What happens when nobody knows how an attempt ended. `retry`: another attempt. "
               "`fail`: the task is interrupted. `ask`: it waits until a person decides.",
               "不知道一次尝试如何结束时怎么办。`retry`：再试一次。`fail`："
               "任务为 interrupted。`ask`：等待人工裁决。"},
     .example = "on_interrupt: ask",
     .usual = {"`retry` if `retry.limit` is above 0, else `fail`",
               "`retry.limit` 大于 0 时为 `retry`，否则为 `fail`"},
     .choices = kPolicies},
    {.name = "priority",
     .form = Form::Whole,
     .about = {"Which task gets a free slot first: the higher number.",
               "哪个任务先得到空闲槽位：数值大者优先。"},
     .example = "priority: 10",
     .fallback = [] { return std::to_string(model::Task{}.priority); },
     .min = double(kPriorityRange.min),
     .max = double(kPriorityRange.max)},
    {.name = "pool",
     .about = {"The pool whose slots limit it, beside those of the machine.",
               "限制它的资源池，本机槽位之外另加。"},
     .example = "pool: warehouse"},
    {.name = "slots",
     .form = Form::Whole,
     .about = {"How many slots of `pool` one attempt takes.", "一次尝试占用 `pool` 的多少槽位。"},
     .example = "pool: warehouse\nslots: 2",
     .fallback = [] { return std::to_string(model::Task{}.slots); },
     .min = double(kSlotsRange.min),
     .max = double(kSlotsRange.max)},
    {.name = "background",
     .form = Form::Flag,
     .about = {"With `true` it runs beside the others; when they end it is stopped and counts as "
               "succeeded. No task may need it.",
               "为 `true` "
               "时与其他任务并行；其他任务结束时被停止并视为成功。任何任务都不能依赖它。"},
     .example = "background: true",
     .fallback = [] { return std::string(model::Task{}.background ? "true" : "false"); }},
    {.name = "every",
     .form = Form::Duration,
     .about = {"Of a background task: one attempt per period.", "用于后台任务：每个周期一次尝试。"},
     .example = "background: true\nevery: 30s",
     .usual = {"one attempt", "只尝试一次"},
     .min = double(kRoundRange.min.us),
     .max = double(kRoundRange.max.us)},
};
constexpr Names kTaskLater = {"user",     "resources", "executor", "undo", "snapshot",
                              "pivot",    "http",      "sql",      "file", "workflow",
                              "approval", "todo",      "notify"};

// The key of a task as one of `defaults`: no expression of it may name tasks.
constexpr Key of_task(std::string_view name) {
  for (Key key : kTaskKnown) {
    if (key.name != name) continue;
    if (key.scope) key.scope = ScopeKind::Defaults;
    return key;
  }
  return {};
}
constexpr std::array kDefaultsKnown = {
    of_task("retry"),   of_task("timeout"),      of_task("grace"),    of_task("pool"),
    of_task("slots"),   of_task("env"),          of_task("shell"),    of_task("workdir"),
    of_task("secrets"), of_task("on_interrupt"), of_task("priority"), of_task("skip_exit_codes")};
constexpr Names kDefaultsLater = {"user", "executor", "resources"};

constexpr Names kActions = {"run", "exec", "pass", "switch", "tasks", "wait"};

}  // namespace

const KeySet kDefaultsKeys{
    {"'defaults'", "'defaults' "}, "defaults.", kDefaultsKnown, kDefaultsLater};
const KeySet kTaskKeys{{"a task", "任务"}, "tasks.NAME.", kTaskKnown, kTaskLater, kActions};
const KeySet kRetryKeys{{"'retry'", "'retry' "}, "retry.", kRetryKnown, kRetryLater};
const KeySet kNoKeys{{"'pass'", "'pass' "}, "pass.", {}, {}};

}  // namespace gantry::spec
