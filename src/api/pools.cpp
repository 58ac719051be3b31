// Pools: their slots and use, and the slots that a person sets while the server runs.
#include <set>

#include "api/audit.h"
#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"
#include "core/fold.h"

namespace gantry::api {

namespace {

constexpr std::string_view kLocal = "local";  // the slots of the machine, in the list of pools

class PoolWriter {
 public:
  PoolWriter(JsonWriter& w, const core::Core& core) : w_(w), core_(core) {}

  // Tasks without a pool queue for the local slots alone.
  void local() const {
    const int slots = core_.limits().local_slots;
    write(kLocal, {slots, slots, core_.state().local_slots_used, use_of("").queue.size()}, nullptr);
  }

  void pool(const std::string& name) const {
    const core::PoolUse use = use_of(name);
    const auto configured = core_.limits().pools.find(name);
    const auto limit = core_.state().pool_limits.find(name);
    const bool is_configured = configured != core_.limits().pools.end();
    write(name,
          {core_.slots_of(name).value_or(0),
           is_configured ? std::optional(configured->second) : std::nullopt, use.used,
           use.queue.size()},
          limit == core_.state().pool_limits.end() ? nullptr : &limit->second);
  }

  // Those that are configured, were given slots, or are named by tasks that wait: without slots
  // these never start.
  std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& [name, slots] : core_.limits().pools) out.insert(name);
    for (const auto& [name, row] : core_.state().pool_limits) out.insert(name);
    for (const auto& [name, use] : core_.state().pools)
      if (!core::is_unpooled(name) && !use.queue.empty()) out.insert(name);
    return out;
  }

 private:
  struct Slots {
    int now = 0;
    std::optional<int> configured;
    int used = 0;
    std::size_t queued = 0;
  };

  core::PoolUse use_of(const std::string& name) const {
    const auto found = core_.state().pools.find(name);
    return found == core_.state().pools.end() ? core::PoolUse{} : found->second;
  }

  void write(std::string_view name, const Slots& slots, const model::PoolLimitRow* set) const {
    w_.object().field("name", name).field("slots", slots.now).key("configured");
    slots.configured ? w_.value(*slots.configured) : w_.null();
    w_.field("used", slots.used).field("queued", static_cast<std::int64_t>(slots.queued));
    w_.key("set_by");
    set != nullptr ? w_.value(set->set_by) : w_.null();
    w_.key("set_at");
    set != nullptr ? w_.value(set->set_at) : w_.null();
    w_.key("note");
    set != nullptr && !set->note.empty() ? w_.value(set->note) : w_.null();
    w_.end();
  }

  JsonWriter& w_;
  const core::Core& core_;
};

// As it is after the change.
void answer_pool(Backend& backend, const std::string& name, const ReplyPtr& reply) {
  const auto question = [name, reply](const core::Core& core, Now) {
    JsonWriter w;
    PoolWriter(w, core).pool(name);
    reply->send(json_response(std::move(w).text()));
  };
  if (!backend.services.engine.ask(question)) reply->fail(engine_busy());
}

void request_limit(Backend& backend, const CallPtr& call, const ReplyPtr& reply,
                   std::optional<std::int32_t> slots) {
  const std::string& name = call->path[0];
  if (name == kLocal)
    return reply->fail(explain(
        Code::FailedPrecondition,
        {"'local' are the slots of this machine: they are the setting 'slots' of gantry.yaml",
         "“local”是本机的槽位：由 gantry.yaml 的设置“slots”决定"}));
  model::PoolLimitRequested request{{}, name, slots, call->actor, text_in(call->body, "note")};
  JsonWriter details;
  details.object();
  if (slots) details.field("slots", std::int64_t{*slots});
  if (!request.note.empty()) details.field("note", request.note);
  call->audit->set_details(std::move(details.end()).text());
  const auto make = [request](model::ReplyTo to) mutable {
    request.reply = to;
    return model::Event(request);
  };
  mutate(backend, call, make, [&backend, name, reply](const model::Answer& answer) {
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    answer_pool(backend, name, reply);
  });
}

}  // namespace

void write_pools(JsonWriter& w, const core::Core& core) {
  const PoolWriter pools(w, core);
  pools.local();
  for (const std::string& name : pools.names()) pools.pool(name);
}

std::string pools_text(const core::Core& core) {
  JsonWriter w;
  begin_page(w);
  write_pools(w, core);
  return end_page(w, "");
}

void get_pools(Backend& backend, const CallPtr&, const ReplyPtr& reply) {
  const auto question = [reply](const core::Core& core, Now) {
    reply->send(json_response(pools_text(core)));
  };
  if (!backend.services.engine.ask(question)) reply->fail(engine_busy());
}

void put_pool(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  const auto slots = static_cast<std::int32_t>(value_in(call->body, "slots")->as_int());
  request_limit(backend, call, reply, slots);
}

void reset_pool(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  request_limit(backend, call, reply, std::nullopt);
}

}  // namespace gantry::api
