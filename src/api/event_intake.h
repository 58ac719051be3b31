// Handing an event to the engine once: whoever hands in one of its keys again is given the event
// that was made of it.
#pragma once

#include <functional>
#include <memory>

#include "api/backend.h"
#include "model/event.h"

namespace gantry::api {

struct TakenEvent {
  std::shared_ptr<const model::EventRow> event;
  bool earlier = false;  // it was known
};
// Called once, on the thread that asks or on the engine's.
using OnTaken = std::function<void(const Result<TakenEvent>&)>;
// Hands the event to the engine: mutate(), or the engine itself.
using SubmitEvent = std::function<void(const std::function<model::Event(model::ReplyTo)>&,
                                       const engine::OnAnswer&)>;

// Blocks on the store. Aborted: one of its keys is under way.
void take_event(Backend& backend, const model::EventReceived& event, const SubmitEvent& submit,
                const OnTaken& on_taken);

}  // namespace gantry::api
