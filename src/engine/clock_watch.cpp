#include "engine/clock_watch.h"

#include <fmt/format.h>

namespace gantry::engine {

namespace {
constexpr Duration kStep = seconds(1);  // a clock that is slewed goes less far between two looks
constexpr Duration kAway = seconds(60);

std::string clock_was_set(Duration step, Instant now) {
  const bool forward = step > Duration{};
  const std::string by = format_duration(forward ? step : Duration{} - step);
  if (forward)
    return fmt::format(
        "the clock was set forward by {} to {}; what timers missed follows their catchup "
        "(时钟被调快，定时器错过的部分按 catchup 处理)",
        by, format_instant(now));
  return fmt::format(
      "the clock was set back by {} to {}; timers wait until it is past where they were, none "
      "fires twice (时钟被调回，定时器等到超过原先的位置，不会重复触发)",
      by, format_instant(now));
}
}  // namespace

std::string ClockWatch::look(Now now, std::optional<Duration> meant) {
  const std::optional<Now> last = last_;
  last_ = now;
  if (!last) return "";
  const Duration passed = now.steady - last->steady;
  const Duration step = (now.wall - last->wall) - passed;
  if (step > kStep || step < Duration{} - kStep) return clock_was_set(step, now.wall);
  if (meant && passed > *meant + kAway)
    return fmt::format(
        "for {} the server did nothing: the machine slept, or the process was stopped; what timers "
        "missed follows their catchup (机器曾休眠或进程被暂停，定时器错过的部分按 catchup 处理)",
        format_duration(passed));
  return "";
}

}  // namespace gantry::engine
