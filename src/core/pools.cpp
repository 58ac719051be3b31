// Slots of pools that a person sets while the server runs. They count at once, over restarts too,
// until they are taken back to the configuration. What runs goes on, also above a lowered limit.
#include "base/explain.h"
#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

std::optional<int> Core::slots_of(const std::string& pool) const {
  const auto set = state_.pool_limits.find(pool);
  if (set != state_.pool_limits.end() && !GANTRY_PLANT(PoolLimitIgnored)) return set->second.slots;
  const auto configured = limits_.pools.find(pool);
  if (configured == limits_.pools.end()) return std::nullopt;
  return configured->second;
}

// Configured, or limited already, or wanted by a task that waits: a typing error is none of these.
bool Core::Turn::is_pool(const std::string& name) const {
  if (core_.slots_of(name)) return true;
  const auto use = core_.state_.pools.find(name);
  return use != core_.state_.pools.end() && !is_unpooled(name);
}

void Core::Turn::handle(const model::PoolLimitRequested& event) {
  if (!is_pool(event.pool))
    return answer(event.reply, explain(Code::NotFound,
                                       {"there is no pool '{}'; gantry pools lists them",
                                        "没有资源池“{}”；gantry pools 列出全部资源池"},
                                       event.pool));
  actor_ = event.actor;
  const auto before = state().pool_limits.find(event.pool);
  const bool is_set = before != state().pool_limits.end();
  const model::PoolLimitRow row{event.pool, event.slots, event.actor, event.note, now_.wall};
  if (event.slots
          ? !is_set || before->second.slots != event.slots || before->second.note != row.note
          : is_set)
    emit(model::PoolLimitChanged{row});
  answer(event.reply, ok());
}

}  // namespace gantry::core
