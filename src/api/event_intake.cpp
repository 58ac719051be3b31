#include "api/event_intake.h"

#include <fmt/format.h>

#include "base/explain.h"

namespace gantry::api {

namespace {
using Holds = std::vector<std::shared_ptr<KeyHold>>;

// Nothing if one of them is under way.
std::shared_ptr<Holds> hold_all(KeysInFlight& keys, const model::EventReceived& event) {
  auto holds = std::make_shared<Holds>();
  const std::string place = fmt::format("event {}/{}", name_of(event.from), event.name);
  for (const std::string& key : event.keys) {
    auto hold = KeyHold::take(keys, place, key);
    if (!hold) return nullptr;
    holds->push_back(std::move(hold));
  }
  return holds;
}

Result<std::optional<TakenEvent>> earlier(Backend& backend, const model::EventReceived& event) {
  if (event.keys.empty()) return std::optional<TakenEvent>();
  TRY(auto reader, backend.readers.lease());
  TRY(const auto id, reader->event_by_keys(event.from, event.name, event.keys));
  if (!id) return std::optional<TakenEvent>();
  TRY(model::EventRow row, reader->event(*id));
  return std::optional(
      TakenEvent{std::make_shared<const model::EventRow>(std::move(row)), true});
}
}  // namespace

void take_event(Backend& backend, const model::EventReceived& event, const SubmitEvent& submit,
                const OnTaken& on_taken) {
  const auto holds = hold_all(backend.keys, event);
  if (!holds)
    return on_taken(explain(Code::Aborted, {"a request with this key is under way; try again",
                                            "使用该幂等键的请求正在处理；请稍后再试"}));
  auto before = earlier(backend, event);
  if (!before.ok() || *before) {
    holds->clear();
    return before.ok() ? on_taken(**before) : on_taken(before.error());
  }
  const auto make = [event](model::ReplyTo to) {
    model::EventReceived with_reply = event;
    with_reply.reply = to;
    return model::Event(std::move(with_reply));
  };
  submit(make, [holds, on_taken](const model::Answer& answer) {
    holds->clear();  // before the answer: who asks again finds the event
    if (!answer.status.ok()) return on_taken(answer.status.error());
    on_taken(TakenEvent{answer.event, false});
  });
}

}  // namespace gantry::api
