#include "engine/steady_clock.h"

#include <algorithm>

#include "core/planted.h"

namespace gantry::engine {

namespace {
Steady at_boot(const Clock& clock, const std::string& boot_id,
               const std::optional<store::TimeMark>& last) {
  if (!last) return Steady{0};
  if (last->boot_id == boot_id && !boot_id.empty())
    return last->steady + (Duration{0} - last->since_boot);
  const Duration gap = std::max(Duration{0}, clock.wall() - last->wall);
  return last->steady + gap + (Duration{0} - clock.since_boot());
}
}  // namespace

SteadyClock::SteadyClock(const Clock& clock, std::string boot_id,
                         const std::optional<store::TimeMark>& last)
    : clock_(clock), boot_id_(std::move(boot_id)), origin_(at_boot(clock, boot_id_, last)) {}

Now SteadyClock::now() const {
  if (GANTRY_PLANT(SteadyFollowsWall)) return {clock_.wall(), Steady{clock_.wall().us}};
  return {clock_.wall(), origin_ + clock_.since_boot()};
}

store::TimeMark SteadyClock::mark(Now now) const {
  return {now.wall, now.steady, boot_id_, now.steady - origin_};
}

}  // namespace gantry::engine
