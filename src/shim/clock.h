// The shim's clocks, in microseconds. It links no library of the server, so it reads them itself.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace gantry::shim {

inline std::int64_t clock_us(clockid_t id) {
  timespec t{};
  ::clock_gettime(id, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1000000 + t.tv_nsec / 1000;
}

inline std::int64_t wall_us() { return clock_us(CLOCK_REALTIME); }
// Goes on while the machine is suspended, is never set: for timeouts.
inline std::int64_t boot_us() { return clock_us(CLOCK_BOOTTIME); }

constexpr std::int64_t kMillisecond = 1000;
constexpr std::int64_t kSecond = 1000000;

std::string stamp(std::int64_t wall);  // "2026-11-22T10:00:00.000000Z"

}  // namespace gantry::shim
