#include "schedule/schedule.h"

namespace gantry::schedule {

std::optional<Instant> next_after(const Schedule& schedule, Instant after) {
  return std::visit([after](const auto& rule) { return next_after(rule, after); }, schedule.rule);
}

Firings firings_in(const Schedule& schedule, Instant after, Instant until) {
  return std::visit([&](const auto& rule) { return firings_in(rule, after, until); },
                    schedule.rule);
}

}  // namespace gantry::schedule
