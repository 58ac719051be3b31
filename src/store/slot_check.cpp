#include "store/slot_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"

namespace gantry::store {

namespace {

struct Usage {
  std::string name;
  std::optional<int> limit;  // none: not checked
  int used = 0;
  bool over = false;  // reported: once per excess
};

class SlotCheck {
 public:
  SlotCheck(SlotFacts& facts, std::vector<Violation>& out) : facts_(facts), out_(out) {}

  void check() {
    begin();
    auto change = facts_.changes.begin();
    for (const SlotChange& slot : facts_.slots) {
      for (; change != facts_.changes.end() && change->position < slot.position; ++change)
        pools_[change->pool].limit = change->slots ? change->slots : configured(change->pool);
      if (!slot.background) use(local_, slot, 1);
      if (!slot.pool.empty()) use(pools_[slot.pool], slot, slot.slots);
    }
  }

 private:
  void begin() {
    const auto by_position = [](const auto& a, const auto& b) { return a.position < b.position; };
    std::sort(facts_.slots.begin(), facts_.slots.end(), by_position);
    std::sort(facts_.changes.begin(), facts_.changes.end(), by_position);
    local_.name = "local slots";
    if (facts_.options.local_slots > 0) local_.limit = facts_.options.local_slots;
    for (const SlotChange& slot : facts_.slots) add_pool(slot.pool);
    for (const LimitChange& change : facts_.changes) add_pool(change.pool);
  }

  void add_pool(const std::string& name) {
    const auto [pool, is_new] = pools_.try_emplace(name);
    if (!is_new) return;
    pool->second.name = "pool " + name;
    pool->second.limit = first_limit(name);
  }

  // Before the first change there is the configuration. If retention may have taken changes, the
  // first one that is left says nothing of what was before it; without one it has been as it is.
  std::optional<int> first_limit(const std::string& pool) const {
    if (facts_.removed.records == 0) return configured(pool);
    for (const LimitChange& change : facts_.changes)
      if (change.pool == pool) return std::nullopt;
    for (const model::PoolLimitRow& row : facts_.now)
      if (row.pool == pool) return row.slots;
    return configured(pool);
  }

  std::optional<int> configured(const std::string& pool) const {
    const auto found = facts_.options.pools.find(pool);
    if (found == facts_.options.pools.end()) return std::nullopt;
    return found->second;
  }

  // A task that wants more slots than there are gets the whole pool. What began before a change
  // that retention took is held against nothing.
  void use(Usage& usage, const SlotChange& change, int slots) {
    if (change.direction < 0) {
      usage.used -= slots;
      usage.over = usage.over && usage.limit && usage.used > *usage.limit;
      return;
    }
    const int before = usage.used;
    usage.used += slots;
    if (!usage.limit || usage.over || change.position <= facts_.removed.last.value) return;
    const int wanted = std::min(slots, std::max(1, *usage.limit));
    usage.over = before + wanted > *usage.limit;
    if (usage.over)
      out_.push_back({"I5", change.run,
                      fmt::format("{}: {} of {} used at history position {}", usage.name,
                                  before + wanted, *usage.limit, change.position)});
  }

  SlotFacts& facts_;
  std::vector<Violation>& out_;
  Usage local_;
  std::map<std::string, Usage> pools_;
};

}  // namespace

std::vector<LimitChange> limit_changes_of(const std::vector<HistoryView>& about_no_run) {
  std::vector<LimitChange> out;
  for (const HistoryView& record : about_no_run) {
    if (record.what != "pool_limit_changed") continue;
    const auto json = parse_json(record.details);
    if (!json.ok()) continue;
    const Value* pool = json->find(std::string_view("pool"));
    if (pool == nullptr || !pool->is(Value::Kind::String)) continue;
    LimitChange change{record.position.value, pool->as_string(), std::nullopt};
    const Value* slots = json->find(std::string_view("slots"));
    if (slots != nullptr && slots->is(Value::Kind::Int))
      change.slots = static_cast<int>(slots->as_int());
    out.push_back(std::move(change));
  }
  return out;
}

void check_slots(SlotFacts facts, std::vector<Violation>& out) { SlotCheck(facts, out).check(); }

}  // namespace gantry::store
