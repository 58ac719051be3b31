// The keys of a workflow, its concurrency, params and triggers; those of tasks: keys_task.cpp.
#include "spec/keys.h"

#include "model/codec.h"
#include "model/states.h"
#include "model/workflow.h"

namespace gantry::spec {

namespace {

using Names = std::string_view[];

constexpr Names kConflicts = {"queue", "skip", "cancel_running"};
constexpr Names kTypes = {"string", "int", "bool", "date", "enum", "list"};
constexpr Names kOnHoliday = {"skip", "before", "after"};
constexpr Names kItemTypes = {"string", "int", "bool", "date"};

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
constexpr Names kWorkflowLater = {"after_previous", "fail_fast", "deadline", "rollback",
                                  "guard",          "alerts",    "metrics",  "retention"};

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
     .about = {"Of an `int` the least value, of a `string` the least length, of a `list` the least "
               "number of items, of a `date` the first day.",
               "对 `int` 是最小值，对 `string` 是最小长度，对 `list` 是最少项数，对 `date` "
               "是最早的日期。"},
     .example = "type: int\nmin: 1"},
    {.name = "max",
     .form = Form::Value,
     .about = {"As `min`, the other end.", "与 `min` 相对的另一端。"},
     .example = "type: date\nmax: 2030-12-31"},
    {.name = "items",
     .form = Form::Choice,
     .about = {"The type of the items. Only of a `list`.", "各项的类型。仅用于 `list`。"},
     .example = "type: list\nitems: int",
     .fallback = [] { return std::string(name_of(model::Param{}.items)); },
     .choices = kItemTypes},
};
constexpr Names kParamLater = {"pattern"};

constexpr Key kTriggerKnown[] = {
    {.name = "id",
     .about = {"Its name, unique in the workflow.", "触发器的名称，在工作流内唯一。"},
     .example = "id: nightly",
     .usual = {"a hash of its text", "其文本的哈希"}},
    {.name = "cron",
     .about =
         {"Minute, hour, day of month, month, day of week, perhaps a second first; or `@daily` "
          "and the like. A trigger has either `cron` or `every`.",
          "分、时、日、月、星期，前面可加秒；或 `@daily` "
          "等。触发器要么有 `cron`，要么有 `every`。"},
     .example = "cron: \"0 2 * * *\"",
     .usual = {"none, one of the two is needed", "无，二者必须有其一"}},
    {.name = "every",
     .form = Form::Duration,
     .about = {"An interval of real time, whatever the clocks do.",
               "实际时间的间隔，不受时钟调整影响。"},
     .example = "every: 6h",
     .usual = {"none, one of the two is needed", "无，二者必须有其一"},
     .min = double(kEveryRange.min.us),
     .max = double(kEveryRange.max.us)},
    {.name = "from",
     .about = {"Of `every`: the instant from which it counts.", "用于 `every`：从哪个时刻算起。"},
     .example = "every: 6h\nfrom: 2026-01-01T00:00:00+08:00",
     .usual = {"the beginning of 1970 in UTC, so `1h` is on the hour",
               "UTC 1970 年初，所以 `1h` 落在整点"}},
    {.name = "timezone",
     .about = {"Of `cron`.", "用于 `cron`。"},
     .example = "timezone: Asia/Shanghai",
     .usual = {"the workflow's", "工作流的时区"}},
    {.name = "calendar",
     .about =
         {"Of timers: the calendar whose working days count (docs/format/calendars.md). Days are "
          "those of the trigger's `timezone`.",
          "用于定时器：以哪个日历的工作日为准（见 docs/format/calendars.md）。日期按触发器的 "
          "`timezone` 计算。"},
     .example = "calendar: cn-workdays",
     .usual = {"none, every day counts", "无，每天都算"}},
    {.name = "on_holiday",
     .form = Form::Choice,
     .about =
         {"What becomes of a firing on a day off. `skip`: nothing. `before`, `after`: it comes at "
          "the same time of day on the nearest working day before or after; those that meet are "
          "one run.",
          "落在休息日的触发如何处理。`skip`：跳过。`before`、`after`：移到之前或之后最近的工作日的"
          "同一时刻；移到一处的只产生一次运行。"},
     .example = "calendar: cn-workdays\non_holiday: after",
     .fallback = [] { return std::string(name_of(model::TimerDetails{}.on_holiday)); },
     .choices = kOnHoliday},
    {.name = "enabled",
     .form = Form::Flag,
     .about = {"With `false` it does not fire.", "为 `false` 时不触发。"},
     .example = "enabled: false",
     .fallback = [] { return std::string(model::Trigger{}.enabled ? "true" : "false"); }},
    {.name = "params",
     .form = Form::NamedValues,
     .about = {"The params of its runs. A required param without a default must be here.",
               "其运行的参数。没有默认值的必需参数必须在此给出。"},
     .example = "params: {region: south}"},
};
constexpr Names kTriggerLater = {"at",    "file",    "webhook", "event", "workflow",
                                 "alert", "catchup", "jitter",  "start", "end"};

constexpr Names kTriggerKinds = {"cron", "every"};

}  // namespace

const KeySet kWorkflowKeys{{"a workflow", "工作流"}, "", kWorkflowKnown, kWorkflowLater};
const KeySet kConcurrencyKeys{
    {"'concurrency'", "'concurrency' "}, "concurrency.", kConcurrencyKnown, {}};
const KeySet kParamKeys{{"a param", "参数"}, "params.NAME.", kParamKnown, kParamLater};
const KeySet kTriggerKeys{
    {"a trigger", "触发器"}, "triggers.", kTriggerKnown, kTriggerLater, kTriggerKinds};

const Key* find_key(const KeySet& keys, std::string_view name) {
  for (const Key& key : keys.known)
    if (key.name == name) return &key;
  return nullptr;
}

}  // namespace gantry::spec
