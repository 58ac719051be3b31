#include "schedule/schedule.h"

namespace gantry::schedule {

std::optional<Instant> next_after(const Schedule& schedule, Instant after) {
  return std::visit([after](const auto& rule) { return next_after(rule, after); }, schedule.rule);
}

}  // namespace gantry::schedule
