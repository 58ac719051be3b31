// The server's own log: one line per event on standard error, "TIME LEVEL area: message".
// Messages never hold secrets or whole payloads. Thread safe.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace gantry {

enum class LogLevel { Debug, Info, Warning, Error, Off };  // Off: no line has it

void log_line(LogLevel level, std::string_view area, std::string_view message);
void set_log_level(LogLevel level);

template <typename... Args>
void log_info(std::string_view area, fmt::format_string<Args...> text, Args&&... args) {
  log_line(LogLevel::Info, area, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_warning(std::string_view area, fmt::format_string<Args...> text, Args&&... args) {
  log_line(LogLevel::Warning, area, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_error(std::string_view area, fmt::format_string<Args...> text, Args&&... args) {
  log_line(LogLevel::Error, area, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace gantry
