// Starting a run. An idempotency key is unique within its workflow for as long as the run is kept:
// the same request again gives the run it made, the same key with other params is refused.
#include <fmt/format.h>

#include "api/audit.h"
#include "api/handlers.h"
#include "base/explain.h"
#include "base/json.h"

namespace gantry::api {

net::Response started(int status, RunNo run, const std::string& workflow, std::int64_t version) {
  JsonWriter w;
  w.object().field("number", run.value).field("workflow", workflow);
  w.field("version", version).end();
  net::Response response = json_response(std::move(w).text(), status);
  response.headers.emplace_back("Location", fmt::format("/api/v1/runs/{}", run.value));
  return response;
}

namespace {

struct Start {
  std::string workflow;
  std::string key;
  ValueMap params;
};

Result<Start> start_of(const Call& call) {
  Start start{call.path[0], call.key, {}};
  if (const Value* params = value_in(call.body, "params")) start.params = params->as_map();
  const std::string key = text_in(call.body, "key");
  if (key.empty()) return start;  // one that is given has at least one byte
  if (!start.key.empty() && start.key != key)
    return refuse({"the member 'key' and the header Idempotency-Key differ: give one of them",
                   "成员“key”与 Idempotency-Key 头不一致：只给出一个"});
  start.key = key;
  return start;
}

// A text that stands for what is stored: another notation of a time, JSON.
bool stands_for(const std::string& text, const Value& stored) {
  switch (stored.kind()) {
    case Value::Kind::Timestamp: {
      const auto at = parse_instant(text);
      return at.ok() && *at == stored.as_timestamp();
    }
    case Value::Kind::Duration: {
      const auto length = parse_duration(text);
      return length.ok() && *length == stored.as_duration();
    }
    case Value::Kind::List:
    case Value::Kind::Map: {
      const auto json = parse_json(text);
      return json.ok() && *json == stored;
    }
    default: return false;
  }
}

// What was given has to be what the run got; what was left out is not compared.
bool same_params(const ValueMap& given, const model::RunOrigin& origin) {
  const Value stored(origin.params);
  for (const auto& [name, value] : given) {
    const Value* had = stored.find(name);
    if (had == nullptr) return false;
    if (to_text(*had) != to_text(value) && !stands_for(to_text(value), *had)) return false;
  }
  return true;
}

// The answer of an earlier request with this key; none if there was none.
Result<std::optional<net::Response>> earlier(Backend& backend, const Start& start) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto origin, run_with_key(*reader, start.workflow, start.key, start.params));
  if (!origin) return std::optional<net::Response>();
  return std::optional(started(200, origin->run, origin->workflow_name, origin->version_number));
}

}  // namespace

Result<std::optional<model::RunOrigin>> run_with_key(store::Reader& reader,
                                                     const std::string& workflow,
                                                     const std::string& key,
                                                     const ValueMap& params) {
  store::RunFilter filter;
  filter.workflow = workflow;
  filter.key = key;
  TRY(const auto found, reader.runs(filter, {1, ""}));
  if (found.rows.empty()) return std::optional<model::RunOrigin>();
  const model::RunOrigin& origin = found.rows.front().origin;
  if (!same_params(params, origin))
    return explain(Code::AlreadyExists,
                   {"the key '{}' has been used for run {} with other params; take a new key for a "
                    "new run",
                    "幂等键“{}”已用于运行 {}，但参数不同；新的运行请换一个键"},
                   key, origin.run.value);
  return std::optional(origin);
}

namespace {

// Hands the request to the engine; `hold` may be null.
void request_run(Backend& backend, const CallPtr& call, const Start& start, const ReplyPtr& reply,
                 const std::shared_ptr<KeyHold>& hold) {
  const auto make = [start, actor = call->actor](model::ReplyTo to) {
    return model::Event(model::RunRequested{to, start.workflow, start.params,
                                            model::CauseKind::Request, actor, start.key});
  };
  const auto on_answer = [reply, hold, workflow = start.workflow](const model::Answer& answer) {
    if (hold) hold->release();
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    reply->send(started(201, answer.run, workflow, answer.version_number));
  };
  mutate(backend, call, make, on_answer);
}

}  // namespace

void start_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto start = start_of(*call);
  if (!start.ok()) return reply->fail(start.error());
  if (start->key.empty()) return request_run(backend, call, *start, reply, nullptr);
  const auto hold = KeyHold::take(backend.keys, start->workflow, start->key);
  if (!hold) return reply->fail(key_under_way());
  auto before = earlier(backend, *start);
  if (before.ok() && !*before) return request_run(backend, call, *start, reply, hold);
  hold->release();
  if (!before.ok()) return reply->fail(before.error());
  reply->send(**std::move(before));
}

}  // namespace gantry::api
