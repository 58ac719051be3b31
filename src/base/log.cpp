#include "base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <string>

#include "base/clock.h"

namespace gantry {

namespace {
// The one process-wide setting: a log line has no caller to hand it one.
std::atomic<LogLevel> log_level{LogLevel::Info};
constexpr std::array<const char*, 4> kNames{"DEBUG", "INFO", "WARN", "ERROR"};
}  // namespace

void set_log_level(LogLevel level) { log_level = level; }

void log_line(LogLevel level, std::string_view area, std::string_view message) {
  if (level < log_level.load(std::memory_order_relaxed)) return;
  const std::string line = fmt::format("{} {} {}: {}\n", format_instant(SystemClock().wall()),
                                       kNames[static_cast<std::size_t>(level)], area, message);
  // One write, so that lines of several threads do not mix. Nobody to tell if it fails.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace gantry
