#include "base/clock.h"

#include <ctime>

namespace gantry {

namespace {
std::int64_t read_us(clockid_t id) {
  timespec t{};
  CHECK(::clock_gettime(id, &t) == 0);
  return static_cast<std::int64_t>(t.tv_sec) * 1000000 + t.tv_nsec / 1000;
}
}  // namespace

Instant SystemClock::wall() const { return {read_us(CLOCK_REALTIME)}; }
Duration SystemClock::since_boot() const { return {read_us(CLOCK_BOOTTIME)}; }

}  // namespace gantry
