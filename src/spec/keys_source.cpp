// The keys of what triggers listen to: events, hooks, the ends of other runs.
#include "spec/keys.h"
#include "spec/ranges.h"

namespace gantry::spec {

namespace {
using Names = std::string_view[];

constexpr Names kHookAuths = {"hmac", "github", "gitlab", "alertmanager", "token"};

constexpr Text kMatchAbout{
    "An expression over `event`, without ${{ }}: only what makes it true starts a run, the rest is "
    "on record as filtered.",
    "对 `event` 的表达式，不写 ${{ }}：只有使其为真的才启动运行，其余记为已过滤。"};

constexpr Key kEventKnown[] = {
    {.name = "name",
     .about = {"The name of the event, as `gantry emit` gives it.",
               "事件名，即 `gantry emit` 所给。"},
     .example = "name: orders.received",
     .needed = true},
    {.name = "match",
     .form = Form::Expression,
     .about = kMatchAbout,
     .example = "name: orders.received\nmatch: event.amount > 100",
     .scope = ScopeKind::Match},
};

constexpr Key kWebhookKnown[] = {
    {.name = "name",
     .about = {"The last part of its address: `POST /hooks/NAME`.",
               "地址的最后一段：`POST /hooks/NAME`。"},
     .example = "name: orders\nsecret: ORDERS_HOOK",
     .needed = true},
    {.name = "auth",
     .form = Form::Choice,
     .about = {"How a request shows that it is genuine.", "请求如何证明其真实性。"},
     .example = "name: push\nauth: github\nsecret: GITHUB_HOOK",
     .fallback = [] { return std::string("hmac"); },
     .choices = kHookAuths},
    {.name = "secret",
     .about = {"The name of the file in `secrets/` (mode 0600) with the key or token.",
               "`secrets/` 中存放密钥或令牌的文件名（权限 0600）。"},
     .example = "name: orders\nsecret: ORDERS_HOOK",
     .needed = true},
    {.name = "match",
     .form = Form::Expression,
     .about = kMatchAbout,
     .example = "name: push\nsecret: GITHUB_HOOK\nmatch: event.ref == \"refs/heads/main\"",
     .scope = ScopeKind::Match},
};

constexpr Key kFileKnown[] = {
    {.name = "path",
     .about = {"Which files: an absolute path, a pattern with `*`, `?`, `[...]` within a name and "
               "`**` for any folders in between.",
               "哪些文件：绝对路径，名称中可用 `*`、`?`、`[...]`，`**` 表示任意层文件夹。"},
     .example = "path: /srv/inbox/*.csv",
     .needed = true},
    {.name = "settle",
     .form = Form::Duration,
     .about = {"A file is taken when it has not changed for so long.",
               "文件在这么长时间内没有变化后才被接收。"},
     .example = "path: /srv/inbox/*.csv\nsettle: 30s",
     .fallback = [] { return format_duration(limits::kSettleUsual); },
     .min = double(kSettleRange.min.us),
     .max = double(kSettleRange.max.us)},
    {.name = "batch",
     .form = Form::Flag,
     .about = {"One run for all files that are there at once, not one for each.",
               "同时出现的所有文件只启动一次运行，而不是每个文件一次。"},
     .example = "path: /srv/inbox/*.csv\nbatch: true",
     .fallback = [] { return std::string("false"); }},
    {.name = "match",
     .form = Form::Expression,
     .about = kMatchAbout,
     .example = "path: /srv/inbox/*.csv\nmatch: event.size > 0",
     .scope = ScopeKind::Match},
};

constexpr Key kCompletionKnown[] = {
    {.name = "name",
     .about = {"The workflow whose runs are listened to. Either this or `all`.",
               "所关注的工作流。与 `all` 二者取一。"},
     .example = "name: finance/load",
     .usual = {"none, one of the two is needed", "无，二者必须有其一"}},
    {.name = "all",
     .form = Form::Texts,
     .about = {"Workflows that all have to have a run that ended so.",
               "须全部有以此状态结束的运行的多个工作流。"},
     .example = "all: [finance/load, finance/rates]",
     .usual = {"none, one of the two is needed", "无，二者必须有其一"}},
    {.name = "states",
     .form = Form::Texts,
     .about = {"How a run has to end: succeeded, failed, cancelled.",
               "运行须以何种状态结束：succeeded、failed、cancelled。"},
     .example = "name: finance/load\nstates: [failed]",
     .usual = {"`[succeeded]`", "`[succeeded]`"}},
    {.name = "same",
     .about = {"Of `all`: `date` means runs of the same date. It fires once for a date, and its "
               "run has that date.",
               "用于 `all`：`date` 表示同一日期的运行。每个日期触发一次，其运行取该日期。"},
     .example = "all: [finance/load, finance/rates]\nsame: date",
     .usual = {"each since the trigger fired last", "自上次触发以来各有一次"}},
    {.name = "match",
     .form = Form::Expression,
     .about = kMatchAbout,
     .example = "name: finance/load\nmatch: event.params.region == \"north\"",
     .scope = ScopeKind::Match},
};
}  // namespace

const KeySet kEventKeys{{"'event'", "'event' "}, "triggers.event.", kEventKnown, {}};
const KeySet kWebhookKeys{{"'webhook'", "'webhook' "}, "triggers.webhook.", kWebhookKnown, {}};
const KeySet kFileKeys{{"'file'", "'file' "}, "triggers.file.", kFileKnown, {}};
constexpr Names kCompletionOneOf = {"name", "all"};
const KeySet kCompletionKeys{
    {"'workflow'", "'workflow' "}, "triggers.workflow.", kCompletionKnown, {}, kCompletionOneOf};

}  // namespace gantry::spec
