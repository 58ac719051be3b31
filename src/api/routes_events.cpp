// Events: handing one in, what became of each; and hooks, by which others hand them in.
#include "api/routes.h"
#include "model/happening.h"

namespace gantry::api {

namespace {
const std::vector<std::string_view> kSources{"emit", "webhook", "file", "workflow"};
const std::vector<std::string_view> kFates{"run",     "filtered", "skipped",
                                           "refused", "waiting",  "nobody"};
constexpr std::int64_t kEventNameMax = limits::kEventNameBytesMax;

void add_lists(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/events",
       .policy = Policy::Token,
       .summary = {"Events, newest first, with what became of each", "事件及其处理结果，最新在前"},
       .query = {string_field("name", kEventNameMax,
                              {"of this name: of the event, hook or workflow",
                               "该名称：事件名、webhook 名或工作流名"}),
                 {.name = "source",
                  .kind = FieldKind::Choice,
                  .help = {"where it came from", "来源"},
                  .choices = kSources},
                 {.name = "fate",
                  .kind = FieldKind::Choice,
                  .help = {"with this fate for one trigger at least", "至少有一个触发器为该结果"},
                  .choices = kFates},
                 time_field("from", {"then or later", "不早于"}),
                 time_field("before", {"before", "早于"}),
                 limit_field(),
                 cursor_field()},
       .answer = "EventSummary",
       .answer_is_page = true,
       .handler = answer<list_events>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/events/{event}",
                 .policy = Policy::Token,
                 .summary = {"An event with what came with it", "一个事件及其内容"},
                 .answer = "Event",
                 .handler = answer<get_event>});
}

// What is told is that it was taken, not what it started: who delivers is no caller of the API.
void add_hooks(std::vector<Route>& out) {
  out.push_back(
      {.method = "POST",
       .path = "/hooks/{hook}",
       .policy = Policy::Signed,
       .rate = RateClass::Start,
       .audit = AuditKind::EventDelivered,
       .summary = {"Deliver an event by the signature or token of a webhook trigger",
                   "凭 webhook 触发器的签名或令牌投递事件"},
       .body_kind = BodyKind::Raw,
       .status = 202,
       .answer = "Delivered",
       .handler = deliver});
}
}  // namespace

void add_event_routes(std::vector<Route>& out) {
  add_lists(out);
  add_hooks(out);
  out.push_back(
      {.method = "POST",
       .path = "/api/v1/events",
       .policy = Policy::Role,
       .role = model::Role::Operator,
       .rate = RateClass::Start,
       .audit = AuditKind::EventEmitted,
       .summary = {"Emit an event: answered when it and its runs are durable",
                   "发出事件：事件及其运行落盘后才应答"},
       .body_kind = BodyKind::Json,
       .body = {{.name = "name",
                 .kind = FieldKind::String,
                 .help = {"what triggers listen to", "触发器所关注的名称"},
                 .required = true,
                 .min = 1,
                 .max = kEventNameMax},
                {.name = "data",
                 .kind = FieldKind::Object,
                 .help = {"'event' in expressions", "表达式中的 event"}},
                string_field("key", kKeyMax,
                             {"idempotency key: the same key of this name is one event",
                              "幂等键：同名同键只算一个事件"})},
       .status = 201,
       .answer = "Event",
       .key = KeyUse::Always,
       .handler = emit_event});
}

}  // namespace gantry::api
