// POST /hooks/NAME: an event from outside, by its own signature. Answered 2xx only after the
// commit that holds it with its fates.
#include <fmt/format.h>

#include "api/event_intake.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "base/explain.h"
#include "base/log.h"
#include "runner/secrets.h"

namespace gantry::api {

namespace {
constexpr Text kTooLargeDetail{"what a webhook hands in has at most 1 MiB",
                               "webhook 的内容最多 1 MiB"};

Error no_hook(const std::string& name) {
  return about("unknown-hook", explain(Code::NotFound,
                                       {"no trigger has the webhook '{}'", "没有触发器使用 webhook“{}”"},
                                       name));
}

// Nothing of why is told to who asks: the log has it.
Error not_ready() {
  return explain(Code::Unavailable, {"this webhook is not set up: the log of the server says why",
                                     "该 webhook 尚未配置好：原因见服务日志"});
}

Result<model::HookSource> hook_named(const Backend& backend, const std::string& name) {
  const auto found =
      backend.services.hooks == nullptr ? std::nullopt : backend.services.hooks->find(name);
  if (!found) return no_hook(name);
  if (found->agreed) return found->hook;
  log_error("hooks", "triggers of the webhook '{}' differ in 'auth' or 'secret'", name);
  return not_ready();
}

Result<std::string> secret_of(const Backend& backend, const model::HookSource& hook) {
  auto secret = runner::read_secret(backend.services.secrets_dir, hook.secret);
  if (secret.ok() && !secret->empty()) return secret;
  log_error("hooks", "webhook '{}': {}", hook.name,
            secret.ok() ? "its secret is empty" : secret.error().message);
  return not_ready();
}

// Wrong ones cost the network they come from, as wrong tokens do.
bool refuse_guesses(Backend& backend, const Call& call, const ReplyPtr& reply) {
  const auto wait = backend.rates.take("failed hook " + network_of(call.address),
                                       backend.gate.rates().failed_login,
                                       backend.services.clock.wall());
  if (wait) reply->refuse_rate(*wait);
  return wait.has_value();
}

Error replayed(EventId event) {
  return about("replayed-delivery",
               explain(Code::AlreadyExists,
                       {"this very request was taken before, as event {}: sign a new one",
                        "该请求已作为事件 {} 接收过：请重新签名"},
                       event.value));
}

void hand_in(Backend& backend, model::EventReceived event, bool refuses_replay,
             const ReplyPtr& reply) {
  const std::string first = event.keys.empty() ? std::string() : event.keys.front();
  const auto submit = [&backend](const std::function<model::Event(model::ReplyTo)>& make,
                                 const engine::OnAnswer& on_answer) {
    if (backend.services.engine.request(make, on_answer)) return;
    model::Answer busy;
    busy.status = engine_busy();
    on_answer(busy);
  };
  take_event(backend, event, submit, [=](const Result<TakenEvent>& taken) {
    if (!taken.ok()) return reply->fail(taken.error());
    const model::EventRow& row = *taken->event;
    if (taken->earlier && refuses_replay && row.keys.front() == first)
      return reply->fail(replayed(row.id));
    reply->send(json_response(delivered_text(row, taken->earlier), taken->earlier ? 200 : 202));
  });
}
}  // namespace

void deliver(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  const auto hook = hook_named(backend, call->path[0]);
  if (!hook.ok()) return reply->fail(hook.error());
  const auto secret = secret_of(backend, *hook);
  if (!secret.ok()) return reply->fail(secret.error());
  if (call->raw_body.size() > limits::kEventBytesMax)
    return reply->fail(kContentTooLarge, kTooLargeDetail);
  const HeaderOf header = [call](std::string_view name) {
    for (const auto& [own, value] : call->headers)
      if (own == name) return value;
    return std::string();
  };
  const auto delivery =
      check_delivery(*hook, *secret, header, call->raw_body, backend.services.clock.wall());
  if (!delivery.ok() && delivery.error().code == Code::Unauthenticated &&
      refuse_guesses(backend, *call, reply))
    return;
  if (!delivery.ok()) return reply->fail(delivery.error());
  auto content = content_of(header, call->raw_body);
  if (!content.ok()) return reply->fail(content.error());
  model::EventReceived event;
  event.from = model::EventFrom::Webhook;
  event.name = hook->name;
  event.keys = delivery->keys;
  event.actor = "webhook " + hook->name;
  event.payload = std::move(content).value();
  hand_in(backend, std::move(event), delivery->is_replay_refused, reply);
}

}  // namespace gantry::api
