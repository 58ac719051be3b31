// Events: emitting them, and what became of each.
#include <fmt/format.h>

#include "api/audit.h"
#include "api/event_intake.h"
#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"
#include "base/json.h"
#include "store/absent.h"

namespace gantry::api {

namespace {
void write_fate(JsonWriter& w, const model::TriggerFate& fate, Lang lang) {
  w.object();
  write_text(w, "workflow", fate.workflow_name);
  write_text(w, "trigger", fate.trigger);
  w.field("fate", name_of(fate.fate)).key("run");
  if (fate.run.value == 0)
    w.null();
  else
    w.value(fate.run.value);
  write_text(w, "reason", told_in(lang, fate.reason, fate.reason_zh));
  w.end();
}

void write_head(JsonWriter& w, const model::EventRow& row, Lang lang) {
  w.object().field("event", row.id.value).field("source", name_of(row.from));
  w.field("name", row.name).key("keys").array();
  for (const std::string& key : row.keys) w.value(key);
  w.end().field("at", row.at);
  write_text(w, "actor", row.actor);
  w.key("fates").array();
  for (const model::TriggerFate& fate : row.fates) write_fate(w, fate, lang);
  w.end();
}

Error key_used(const std::string& key, EventId event) {
  return explain(Code::AlreadyExists,
                 {"the key '{}' has been used for event {} with other data; take a new key for a "
                  "new event",
                  "幂等键“{}”已用于事件 {}，但内容不同；新的事件请换一个键"},
                 key, event.value);
}

Result<model::EventReceived> event_of(const Call& call) {
  model::EventReceived event;
  event.name = text_in(call.body, "name");
  event.actor = call.actor;
  const Value* data = value_in(call.body, "data");
  event.payload = data == nullptr ? Value(ValueMap{}) : *data;
  if (event.payload.size_bytes() > limits::kEventBytesMax)
    return explain(Code::InvalidArgument,
                   {"what comes with an event has at most {} bytes; hand large data on as files",
                    "事件内容最多 {} 字节；较大的数据请以文件传递"},
                   limits::kEventBytesMax);
  const std::string own = text_in(call.body, "key");
  if (!own.empty() && !call.key.empty() && own != call.key)
    return refuse({"the member 'key' and the header Idempotency-Key differ: give one of them",
                   "成员“key”与 Idempotency-Key 头不一致：只给出一个"});
  const std::string& key = own.empty() ? call.key : own;
  if (!key.empty()) event.keys.push_back(key);
  return event;
}
}  // namespace

std::string event_text(const model::EventRow& row, Lang lang) {
  JsonWriter w;
  write_head(w, row, lang);
  w.field("data", row.payload).end();
  return std::move(w).text();
}

std::string delivered_text(const model::EventRow& row, bool earlier) {
  JsonWriter w;
  w.object().field("event", row.id.value).field("duplicate", earlier).end();
  return std::move(w).text();
}

void emit_event(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto event = event_of(*call);
  if (!event.ok()) return reply->fail(event.error());
  const auto submit = [&backend, call](const MakeEvent& make, const engine::OnAnswer& on_answer) {
    mutate(backend, call, make, on_answer);
  };
  const auto on_taken = [reply, data = event->payload](const Result<TakenEvent>& taken) {
    if (!taken.ok()) return reply->fail(taken.error());
    const model::EventRow& row = *taken->event;
    if (taken->earlier && !(row.payload == data)) return reply->fail(key_used(row.keys[0], row.id));
    net::Response response =
        json_response(event_text(row, reply->lang()), taken->earlier ? 200 : 201);
    response.headers.emplace_back("Location", fmt::format("/api/v1/events/{}", row.id.value));
    reply->send(std::move(response));
  };
  take_event(backend, *event, submit, on_taken);
}

Result<net::Response> list_events(Backend& backend, const Call& call) {
  store::EventFilter filter;
  filter.name = call.text("name");
  filter.from = model::event_from_of(call.text("source"));
  filter.fate = model::fate_of(call.text("fate"));
  filter.since = call.instant("from");
  filter.before = call.instant("before");
  TRY(auto reader, backend.readers.lease());
  TRY(const auto page, reader->events(filter, page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const model::EventRow& row : page.rows) {
    write_head(w, row, call.lang);
    w.end();
  }
  return json_response(end_page(w, page.next_cursor));
}

Result<net::Response> get_event(Backend& backend, const Call& call) {
  const auto number = whole_number(call.path[0]);
  if (!number)
    return refuse({"'{}' is not the number of an event", "“{}”不是事件的编号"}, call.path[0]);
  TRY(auto reader, backend.readers.lease());
  TRY(const auto row, reader->event(EventId{*number}));
  return json_response(event_text(row, call.lang));
}

}  // namespace gantry::api
