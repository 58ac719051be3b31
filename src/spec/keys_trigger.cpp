// The keys of a trigger.
#include "model/codec.h"
#include "model/workflow.h"
#include "spec/keys.h"

namespace gantry::spec {

namespace {
using Names = std::string_view[];

constexpr Names kOnHoliday = {"skip", "before", "after"};
constexpr Names kCatchUpPolicies = {"none", "latest", "all"};

constexpr Key kCatchUpKnown[] = {
    {.name = "policy",
     .form = Form::Choice,
     .about = {"`none`, `latest` or `all`.", "`none`、`latest` 或 `all`。"},
     .example = "policy: all",
     .fallback = [] { return std::string("latest"); },
     .choices = kCatchUpPolicies},
    {.name = "window",
     .form = Form::Duration,
     .about = {"A firing that is later than this is not made up for.",
               "迟到超过此时长的触发不再补。"},
     .example = "window: 3d",
     .fallback = [] { return format_duration(model::CatchUp{}.window); },
     .min = double(kCatchUpWindowRange.min.us),
     .max = double(kCatchUpWindowRange.max.us)},
    {.name = "max",
     .form = Form::Whole,
     .about = {"Of `all`: at most so many, the newest.", "用于 `all`：至多补这么多次，取最新的。"},
     .example = "policy: all\nmax: 10",
     .fallback = [] { return std::to_string(model::CatchUp{}.max); },
     .min = double(kCatchUpMaxRange.min),
     .max = double(kCatchUpMaxRange.max)},
};

constexpr Key kTriggerKnown[] = {
    {.name = "id",
     .about = {"Its name, unique in the workflow.", "触发器的名称，在工作流内唯一。"},
     .example = "id: nightly",
     .usual = {"a hash of its text", "其文本的哈希"}},
    {.name = "cron",
     .about =
         {"Minute, hour, day of month, month, day of week, perhaps a second first; or `@daily` "
          "and the like. A trigger has one kind only: "
          "`cron`, `every`, `at`, `event`, `file`, `webhook` or `workflow`.",
          "分、时、日、月、星期，前面可加秒；或 `@daily` 等。一个触发器只能是一种："
          "`cron`、`every`、`at`、`event`、`file`、`webhook` 或 `workflow`。"},
     .example = "cron: \"0 2 * * *\"",
     .usual = {"none, one of the kinds is needed", "无，必须有其中一种"}},
    {.name = "every",
     .form = Form::Duration,
     .about = {"An interval of real time, whatever the clocks do.",
               "实际时间的间隔，不受时钟调整影响。"},
     .example = "every: 6h",
     .usual = {"none, one of the kinds is needed", "无，必须有其中一种"},
     .min = double(kEveryRange.min.us),
     .max = double(kEveryRange.max.us)},
    {.name = "from",
     .about = {"Of `every`: the instant from which it counts.", "用于 `every`：从哪个时刻算起。"},
     .example = "every: 6h\nfrom: 2026-01-01T00:00:00+08:00",
     .usual = {"the beginning of 1970 in UTC, so `1h` is on the hour",
               "UTC 1970 年初，所以 `1h` 落在整点"}},
    {.name = "at",
     .about = {"One instant. If it is past when the trigger is new, it never fires.",
               "一个时刻。触发器新建时若已过去，则永不触发。"},
     .example = "at: 2026-12-31T23:00:00+08:00",
     .usual = {"none, one of the kinds is needed", "无，必须有其中一种"}},
    {.name = "start",
     .about = {"It does not fire for an instant before this one.", "不为早于此时刻的时间触发。"},
     .example = "start: 2026-04-01T00:00:00+08:00",
     .usual = {"none", "无"}},
    {.name = "end",
     .about = {"It does not fire for this instant or a later one.", "不为此时刻及之后的时间触发。"},
     .example = "end: 2027-04-01T00:00:00+08:00",
     .usual = {"none", "无"}},
    {.name = "jitter",
     .form = Form::Duration,
     .about = {"It fires later by a share of this. The names of workflow and trigger decide which, "
               "so it is the same each time; `run.scheduled_at` stays as scheduled.",
               "触发推迟该时长的一部分。推迟多少由工作流与触发器的名称决定，每次相同；"
               "`run.scheduled_at` 仍为计划的时刻。"},
     .example = "jitter: 10m",
     .fallback = [] { return format_duration(model::TimerDetails{}.jitter); },
     .min = double(kSpreadRange.min.us),
     .max = double(kSpreadRange.max.us)},
    {.name = "catchup",
     .form = Form::ChoiceOrMap,
     .about = {"What is made up for after the server was down, or the workflow paused or disabled: "
               "nothing, the newest firing, or all. What is not made leaves one record. A firing "
               "that is late by a minute or less is made in any case.",
               "服务器停机、工作流暂停或停用之后补什么：不补、只补最新一次，或全部。"
               "未补的留下一条记录。迟到不超过一分钟的触发总会执行。"},
     .example = "catchup: {policy: all, window: 3d, max: 10}",
     .fallback = [] { return std::string("latest"); },
     .choices = kCatchUpPolicies,
     .keys = &kCatchUpKeys},
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
    {.name = "event",
     .form = Form::Map,
     .about = {"Fires when an event of this name is emitted.", "发出该名称的事件时触发。"},
     .example = "event: {name: orders.received}",
     .keys = &kEventKeys},
    {.name = "file",
     .form = Form::Map,
     .about = {"Fires for each new or changed file, once.", "对每个新的或变化的文件触发一次。"},
     .example = "file: {path: /srv/inbox/*.csv}",
     .keys = &kFileKeys},
    {.name = "webhook",
     .form = Form::Map,
     .about = {"Fires with each genuine request to `POST /hooks/NAME`.",
               "对 `POST /hooks/NAME` 的每个真实请求触发。"},
     .example = "webhook: {name: orders, secret: ORDERS_HOOK}",
     .keys = &kWebhookKeys},
    {.name = "workflow",
     .form = Form::Map,
     .about = {"Fires when runs of other workflows end.", "其他工作流的运行结束时触发。"},
     .example = "workflow: {name: finance/load}",
     .keys = &kCompletionKeys},
    {.name = "params",
     .form = Form::NamedValues,
     .about = {"The params of its runs. A required param without a default must be here.",
               "其运行的参数。没有默认值的必需参数必须在此给出。"},
     .example = "params: {region: south}"},
};
constexpr Names kTriggerLater = {"alert"};

constexpr Names kTriggerKinds = {"cron", "every", "at", "event", "file", "webhook", "workflow"};

}  // namespace

const KeySet kCatchUpKeys{{"'catchup'", "'catchup' "}, "triggers.catchup.", kCatchUpKnown, {}};
const KeySet kTriggerKeys{
    {"a trigger", "触发器"}, "triggers.", kTriggerKnown, kTriggerLater, kTriggerKinds};

}  // namespace gantry::spec
