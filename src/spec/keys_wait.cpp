// The keys of `wait`.
#include "model/workflow.h"
#include "spec/keys.h"

namespace gantry::spec {

namespace {

using Names = std::string_view[];

constexpr Names kOnTimeout = {"fail", "skip"};
constexpr Text kOneForm{"none, one of `for`, `until`, `when` and `event` is needed",
                        "无，`for`、`until`、`when`、`event` 必须有其一"};

constexpr Key kWaitEventKnown[] = {
    {.name = "name",
     .about = {"The name of the event, as `gantry emit` and the API have it.",
               "事件名，即 `gantry emit` 和 API 中的名称。"},
     .example = "name: paid",
     .needed = true},
    {.name = "match",
     .form = Form::Expression,
     .about = {"Which of these events it waits for: `event` is what came with the one that is "
               "looked at.",
               "等待其中哪一个：`event` 为所判断的事件携带的内容。"},
     .example = "name: paid\nmatch: event.region == params.region",
     .usual = {"the next one", "下一个"},
     .scope = ScopeKind::Arrival},
};

constexpr Key kWaitKnown[] = {
    {.name = "for",
     .form = Form::Template,
     .about = {"So long, from its begin. The clock may be set meanwhile: that does not count.",
               "从开始起等待这么久。其间调整时钟不影响。"},
     .example = "for: 10m",
     .usual = kOneForm,
     .scope = ScopeKind::Task},
    {.name = "until",
     .form = Form::Template,
     .about = {"Until a time: `06:00` (the next one), `2026-01-31T06:00` on the clock of the "
               "workflow's `timezone`, or with a zone as in `2026-01-31T06:00:00Z`. What has "
               "passed is not waited for.",
               "等到某一时刻：`06:00`（下一个）、按工作流 `timezone` 时钟的 "
               "`2026-01-31T06:00`，或带时区的 `2026-01-31T06:00:00Z`。已过的时刻不再等待。"},
     .example = "until: \"06:00\"",
     .usual = kOneForm,
     .scope = ScopeKind::Task},
    {.name = "when",
     .form = Form::Expression,
     .about = {"Until this is true. It is asked at once, then `every` so often; `now` is the time.",
               "等到条件为真。立即判断一次，之后每隔 `every` 判断一次；`now` 为当时的时刻。"},
     .example = "when: vars.open == true",
     .usual = kOneForm,
     .scope = ScopeKind::Moment},
    {.name = "event",
     .form = Form::Map,
     .about = {"Until such an event comes. One that came before the task began to wait does not "
               "count. What came with it is `tasks.NAME.outputs.event`.",
               "等到这样的事件到来。任务开始等待之前到来的不算。其内容为 "
               "`tasks.NAME.outputs.event`。"},
     .example = "event: {name: paid}",
     .usual = kOneForm,
     .keys = &kWaitEventKeys},
    {.name = "every",
     .form = Form::Duration,
     .about = {"How often `when` is asked.", "`when` 的判断间隔。"},
     .example = "when: vars.open == true\nevery: 1m",
     .fallback = [] { return format_duration(model::Wait{}.every); },
     .min = double(kLookRange.min.us),
     .max = double(kLookRange.max.us)},
    {.name = "timeout",
     .form = Form::Duration,
     .about = {"Of `when` and `event`: how long it waits at most.",
               "用于 `when` 和 `event`：最多等待多久。"},
     .example = "event: {name: paid}\ntimeout: 2h",
     .min = double(kTimeoutRange.min.us),
     .max = double(kTimeoutRange.max.us)},
    {.name = "on_timeout",
     .form = Form::Choice,
     .about = {"What the task is then: failed or skipped.", "届时该任务失败还是跳过。"},
     .example = "event: {name: paid}\ntimeout: 2h\non_timeout: skip",
     .fallback = [] { return std::string(model::Wait{}.skips ? "skip" : "fail"); },
     .choices = kOnTimeout},
};
constexpr Names kWaitLater = {"file", "http", "sql", "workflow"};
constexpr Names kForms = {"for", "until", "when", "event"};

}  // namespace

const KeySet kWaitEventKeys{{"'wait.event'", "'wait.event' "}, "wait.event.", kWaitEventKnown, {}};
const KeySet kWaitKeys{{"'wait'", "'wait' "}, "wait.", kWaitKnown, kWaitLater, kForms};

}  // namespace gantry::spec
