// Audit: the record of one request that alters something, written exactly once: in the batch of
// what it did, or alone with the problem's code if it was refused.
//
// Threads: one at a time, as the Reply.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/backend.h"

namespace gantry::api {

class Audit {
 public:
  Audit(engine::Engine& engine, const Clock& clock, model::AuditRow row)
      : engine_(engine), clock_(clock), row_(std::move(row)) {}

  // What is known of the request beside its path, as a JSON object.
  void set_details(std::string json) { row_.details = std::move(json); }
  void set_actor(std::string actor) { row_.actor = std::move(actor); }

  // The record as a change, for the batch of what was done; from then on it counts as written.
  model::Change note(std::string_view outcome);
  model::Change note(const model::Answer& answer);
  // The record of one thing of several that the request does; the whole then has none.
  Audit part(std::string details);
  // Alone, unless it is written already. Does not wait.
  void note_refusal(std::string_view code);

 private:
  engine::Engine& engine_;
  const Clock& clock_;
  model::AuditRow row_;
  bool written_ = false;
};

std::string_view name_of(AuditKind kind);  // "run.start"

// "workflows/etl/sales" of "/api/v1/workflows/{name}/runs": the path up to its last parameter.
std::string audit_target(std::string_view pattern, const std::vector<std::string>& params);

// Hands an event to the engine with the record of the request. `on_answer` is called exactly once,
// on the engine thread; at once, with engine_busy(), if the engine takes no more.
using MakeEvent = std::function<model::Event(model::ReplyTo)>;
void mutate(Backend& backend, const CallPtr& call, const MakeEvent& make,
            const engine::OnAnswer& on_answer);
// One of several things that a request does: each has its record, with these details.
void mutate_part(Backend& backend, const CallPtr& call, std::string details, const MakeEvent& make,
                 const engine::OnAnswer& on_answer);
// The same for changes that the core does not own; a failure has been answered after `on_done`.
void mutate(Backend& backend, const CallPtr& call, const ReplyPtr& reply,
            std::vector<model::Change> changes, engine::OnDone on_done);

}  // namespace gantry::api
