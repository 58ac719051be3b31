// The keys of a workflow, its concurrency and params; those of tasks: keys_task.cpp, of
// triggers: keys_trigger.cpp.
#include "spec/keys.h"

#include "model/states.h"
#include "model/workflow.h"

namespace gantry::spec {

namespace {

using Names = std::string_view[];

constexpr Names kConflicts = {"queue", "skip", "cancel_running"};
constexpr Names kAfterPrevious = {"succeeded", "done"};
constexpr Names kTypes = {"string",  "int",      "bool",     "date",   "enum",  "list",
                          "decimal", "datetime", "duration", "object", "person"};
constexpr Names kItemTypes = {"string",  "int",      "bool",     "date",
                              "decimal", "datetime", "duration", "person"};

constexpr Key kWorkflowKnown[] = {
    {.name = "title",
     .form = Form::Template,
     .about = {"The title of each run, in lists and messages.",
               "每次运行的标题，显示在列表和消息中。"},
     .example = "title: \"Sales of ${{ run.business_date }}\"",
     .usual = {"the name of the workflow", "工作流的名称"},
     .scope = ScopeKind::RunTitle},
    {.name = "description",
     .about = {"What the workflow is for.", "工作流的用途。"},
     .example = "description: Load yesterday's sales and publish the report"},
    {.name = "owner", .about = {"Who answers for it.", "负责人。"}, .example = "owner: role:data"},
    {.name = "labels",
     .form = Form::NamedTexts,
     .about = {"Texts by name, by which lists of runs can be filtered.",
               "按名称给出的文本，可用来筛选运行列表。"},
     .example = "labels: {team: data}"},
    {.name = "timezone",
     .about =
         {"An IANA name. It decides when `cron` fires and what `run.date` and "
          "`run.business_date` are.",
          "IANA 时区名。决定 `cron` 何时触发，以及 `run.date` 和 `run.business_date` 的取值。"},
     .example = "timezone: Asia/Shanghai",
     .fallback = [] { return model::Workflow{}.timezone; }},
    {.name = "enabled",
     .form = Form::Flag,
     .about = {"With `false` its triggers do not fire; it can still be started by request.",
               "为 `false` 时触发器不触发；仍可由请求启动。"},
     .example = "enabled: false",
     .fallback = [] { return std::string(model::Workflow{}.enabled ? "true" : "false"); }},
    {.name = "params",
     .form = Form::Maps,
     .about = {"What a run is given, each with a declaration.", "运行的参数，每个参数一个声明。"},
     .example = "params:\n  region: {type: enum, values: [north, south], default: north}",
     .keys = &kParamKeys},
    {.name = "env",
     .form = Form::NamedTemplates,
     .about = {"Variables of every process.", "每个进程的环境变量。"},
     .example = "env: {REPORT_LEVEL: full}",
     .scope = ScopeKind::WorkflowEnv},
    {.name = "secrets",
     .form = Form::Texts,
     .about = {"Names of files in `secrets/` (mode 0600). Every process gets each as a variable of "
               "that name; in logs and outputs the value is masked.",
               "`secrets/` 中的文件名（权限 "
               "0600）。每个进程以同名环境变量得到其内容；日志和输出中的值会被遮盖。"},
     .example = "secrets: [WAREHOUSE_PASSWORD]"},
    {.name = "files",
     .form = Form::Texts,
     .about = {"Patterns of files that belong to the version, besides those that scripts name with "
               "`./`. They are laid out read-only in the workspace of each run.",
               "属于版本的文件的通配模式，脚本中以 `./` "
               "引用的文件之外另加。它们以只读方式放在每次运行的工作目录中。"},
     .example = "files: [\"./sql/*.sql\"]"},
    {.name = "timeout",
     .form = Form::Duration,
     .about =
         {"The longest time from the start of a run to the beginning of `finally`; waiting in "
          "the queue does not count. Then its tasks are stopped and it fails.",
          "一次运行从开始到 `finally` 开始之前的最长时间；排队不计。到时停止其任务，运行失败。"},
     .example = "timeout: 2h",
     .min = double(kTimeoutRange.min.us),
     .max = double(kTimeoutRange.max.us)},
    {.name = "concurrency",
     .form = Form::Map,
     .about = {"How many runs may be open at once, and what becomes of one beyond that.",
               "同时未结束的运行数，以及超出时如何处理。"},
     .example = "concurrency: {limit: 1, conflict: skip}",
     .usual = {"no limit", "无上限"},
     .keys = &kConcurrencyKeys},
    {.name = "after_previous",
     .form = Form::Choice,
     .about = {"A timer's run waits for the run that the same trigger made before it: `succeeded`, "
               "until that has succeeded (if need be after a retry); `done`, until it has ended.",
               "定时触发的运行等待同一触发器的上一次运行：`succeeded` "
               "等到其成功（必要时重跑之后），`done` 等到其结束。"},
     .example = "after_previous: succeeded",
     .usual = {"it does not wait", "不等待"},
     .choices = kAfterPrevious},
    {.name = "fail_fast",
     .form = Form::Flag,
     .about = {"With `true` the first failure ends the run: tasks that run are stopped, the others "
               "are cancelled; `finally` runs.",
               "为 `true` 时，首个失败即结束运行：停止正在运行的任务，取消其余任务；`finally` 照常"
               "运行。"},
     .example = "fail_fast: true",
     .fallback = [] { return std::string(model::Workflow{}.fail_fast ? "true" : "false"); }},
    {.name = "priority",
     .form = Form::Whole,
     .about = {"Whose tasks get a free slot first: the higher number.",
               "哪个工作流的任务先得到空闲槽位：数值大者优先。"},
     .example = "priority: 10",
     .fallback = [] { return std::to_string(model::Workflow{}.priority); },
     .min = double(kPriorityRange.min),
     .max = double(kPriorityRange.max)},
    {.name = "defaults",
     .form = Form::Map,
     .about = {"What tasks with `run` or `exec` take over where they do not say it themselves; "
               "`retry` and `env` key by key, `secrets` are added.",
               "带 `run` 或 `exec` 的任务自己没有写时所沿用的内容；`retry` 和 `env` "
               "逐键合并，`secrets` 累加。"},
     .example = "defaults: {retry: {limit: 2, delay: 10s}, timeout: 10m}",
     .keys = &kDefaultsKeys},
    {.name = "triggers",
     .form = Form::Items,
     .about = {"When runs start by themselves.", "运行何时自动启动。"},
     .example = "triggers: [{id: nightly, cron: \"0 2 * * *\"}]",
     .keys = &kTriggerKeys},
    {.name = "tasks",
     .form = Form::Maps,
     .about = {"What is done: tasks by name, at least one.",
               "要做的事：按名称给出的任务，至少一个。"},
     .example = "tasks:\n  hello: {run: echo hello}",
     .needed = true,
     .keys = &kTaskKeys},
    {.name = "finally",
     .form = Form::Maps,
     .about = {"Tasks that run once, last, however the others ended; also after a cancellation.",
               "无论其他任务如何结束，最后运行一次的任务；取消后也会运行。"},
     .example = "finally:\n  tidy: {run: echo done}",
     .keys = &kTaskKeys},
};
constexpr Names kWorkflowLater = {"deadline", "rollback", "guard",
                                  "alerts",   "metrics",  "retention"};

constexpr Key kConcurrencyKnown[] = {
    {.name = "limit",
     .form = Form::Whole,
     .about = {"How many runs may be open at once.", "同时未结束的运行数上限。"},
     .example = "limit: 1",
     .needed = true,
     .min = double(kConcurrencyRange.min),
     .max = double(kConcurrencyRange.max)},
    {.name = "key",
     .form = Form::Template,
     .about = {"Runs of the same key share the limit; each key has its own.",
               "键相同的运行共用上限；每个键各有一份上限。"},
     .example = "key: \"${{ params.region }}\"",
     .usual = {"one limit for all runs", "全部运行共用一个上限"},
     .scope = ScopeKind::RunTitle},
    {.name = "conflict",
     .form = Form::Choice,
     .about =
         {"What becomes of a run beyond the limit. `queue`: it waits. `skip`: it is not made; "
          "a request is refused with 409, a firing is on record as missed. `cancel_running`: "
          "the oldest runs are cancelled, and it starts when they have ended. A retry always "
          "waits.",
          "超出上限的运行如何处理。`queue`：等待。`skip`：不创建；请求以 409 "
          "拒绝，触发记为错过。`cancel_running`：取消最早的运行，待其结束后启动。重跑总是等待。"},
     .example = "conflict: skip",
     .fallback = [] { return std::string(name_of(model::Workflow{}.conflict)); },
     .choices = kConflicts},
};

constexpr Key kParamKnown[] = {
    {.name = "type",
     .form = Form::Choice,
     .about = {"What its values are, see the types below.", "取值的类型，见下文。"},
     .example = "type: int",
     .fallback = [] { return std::string(name_of(model::Param{}.type)); },
     .choices = kTypes},
    {.name = "default",
     .form = Form::Value,
     .about = {"What it is in a run that does not give it: a value of the type, or a template.",
               "运行未给出时的取值：该类型的值，或模板。"},
     .example = "default: north",
     .scope = ScopeKind::ParamDefault},
    {.name = "title",
     .about = {"Its name for people.", "给人看的名称。"},
     .example = "title: Region"},
    {.name = "help",
     .about = {"A hint for who fills it in.", "给填写者的提示。"},
     .example = "help: Rows per request"},
    {.name = "required",
     .form = Form::Flag,
     .about = {"With `true` a run without it is refused.", "为 `true` 时，没有它的运行会被拒绝。"},
     .example = "required: true",
     .fallback = [] { return std::string(model::Param{}.required ? "true" : "false"); }},
    {.name = "values",
     .form = Form::Texts,
     .about = {"What can be chosen. Only of an `enum`, which needs it.",
               "可选的值。仅用于 `enum`，且必须给出。"},
     .example = "type: enum\nvalues: [north, south]",
     .usual = {"none, an `enum` needs it", "无，`enum` 必需"}},
    {.name = "min",
     .form = Form::Value,
     .about = {"Of an `int`, `decimal` or `duration` the least value, of a `string` the least "
               "length, of a `list` or `object` the least number of items or members, of a `date` "
               "or `datetime` the first.",
               "对 `int`、`decimal`、`duration` 是最小值，对 `string` 是最小长度，对 "
               "`list`、`object` 是最少项数，对 `date`、`datetime` 是最早的时间。"},
     .example = "type: int\nmin: 1"},
    {.name = "max",
     .form = Form::Value,
     .about = {"As `min`, the other end.", "与 `min` 相对的另一端。"},
     .example = "type: date\nmax: 2030-12-31"},
    {.name = "pattern",
     .about = {"A regular expression (RE2) that the whole text has to match. Only of a `string`.",
               "整个文本必须匹配的正则表达式（RE2）。仅用于 `string`。"},
     .example = "type: string\npattern: \"[A-Z]{2}[0-9]+\"",
     .usual = {"any text", "任意文本"}},
    {.name = "items",
     .form = Form::Choice,
     .about = {"The type of the items. Only of a `list`.", "各项的类型。仅用于 `list`。"},
     .example = "type: list\nitems: int",
     .fallback = [] { return std::string(name_of(model::Param{}.items)); },
     .choices = kItemTypes},
};

}  // namespace

const KeySet kWorkflowKeys{{"a workflow", "工作流"}, "", kWorkflowKnown, kWorkflowLater};
const KeySet kConcurrencyKeys{
    {"'concurrency'", "'concurrency' "}, "concurrency.", kConcurrencyKnown, {}};
const KeySet kParamKeys{{"a param", "参数"}, "params.NAME.", kParamKnown, {}};

const Key* find_key(const KeySet& keys, std::string_view name) {
  for (const Key& key : keys.known)
    if (key.name == name) return &key;
  return nullptr;
}

}  // namespace gantry::spec
