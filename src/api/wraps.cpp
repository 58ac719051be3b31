// Commands that ran under `gantry wrap` on another machine, or of another user.
#include "api/audit.h"
#include "api/handlers.h"
#include "api/shapes.h"
#include "base/base64.h"
#include "base/explain.h"

namespace gantry::api {

void post_wrap(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  if (!backend.services.wraps.take) return reply->fail(engine_busy());
  const Value& start = call->body.at("start");
  const Value* id = start.find("id");
  if (!call->key.empty() && (id == nullptr || to_text(*id) != call->key))
    return reply->fail(refuse(
        {"Idempotency-Key has to be the id of the record", "Idempotency-Key 须为记录的 id"}));
  const auto notes = [audit = call->audit](const model::Answer& answer) {
    std::vector<model::Change> out;
    if (audit) out.push_back(audit->note(answer));
    return out;
  };
  const auto taken = backend.services.wraps.take(start, value_in(call->body, "end"), notes);
  if (!taken.ok()) return reply->fail(taken.error());
  reply->send(started(taken->earlier ? 200 : 201, taken->run, taken->workflow, taken->version));
}

void post_wrap_log(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  if (!backend.services.wraps.add_log) return reply->fail(engine_busy());
  const auto bytes = base64_decode(call->body.at("data").as_string());
  if (!bytes.ok()) return reply->fail(within({"data", "data"}, bytes.error()));
  const std::int64_t offset = call->body.at("offset").as_int();
  if (const Status added = backend.services.wraps.add_log(call->path[0], offset, *bytes);
      !added.ok())
    return reply->fail(added.error());
  const auto size = offset + static_cast<std::int64_t>(bytes->size());
  mutate(backend, call, reply, {}, [reply, size](const Status& done) {
    if (!done.ok()) return;
    JsonWriter w;
    w.object().field("size_bytes", size).end();
    reply->send(json_response(std::move(w).text(), 200));
  });
}

}  // namespace gantry::api
