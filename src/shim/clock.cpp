#include "shim/clock.h"

#include <string_view>

namespace gantry::shim {

namespace {
void append_padded(std::string& out, std::int64_t number, int width, char after) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i, number /= 10)
    digits[i] = static_cast<char>('0' + number % 10);
  out.append(digits, static_cast<std::size_t>(width)).push_back(after);
}
}  // namespace

std::string stamp(std::int64_t wall) {
  const std::time_t seconds = static_cast<std::time_t>(wall / kSecond);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::string out;
  append_padded(out, utc.tm_year + 1900, 4, '-');
  append_padded(out, utc.tm_mon + 1, 2, '-');
  append_padded(out, utc.tm_mday, 2, 'T');
  append_padded(out, utc.tm_hour, 2, ':');
  append_padded(out, utc.tm_min, 2, ':');
  append_padded(out, utc.tm_sec, 2, '.');
  append_padded(out, wall % kSecond, 6, 'Z');
  return out;
}

}  // namespace gantry::shim
