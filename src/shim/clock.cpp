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

// Civil dates from day numbers, after Howard Hinnant's "chrono-Compatible Low-Level Date
// Algorithms". gmtime() would read the machine's zone file first, in every shim.
std::string stamp(std::int64_t wall) {
  const std::int64_t seconds = wall / kSecond;
  const std::int64_t shifted = seconds / 86400 + 719468;  // days since 0000-03-01
  const std::int64_t era = shifted / 146097;
  const std::int64_t day_of_era = shifted % 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
  std::string out;
  append_padded(out, year_of_era + era * 400 + (month <= 2 ? 1 : 0), 4, '-');
  append_padded(out, month, 2, '-');
  append_padded(out, day_of_year - (153 * from_march + 2) / 5 + 1, 2, 'T');
  append_padded(out, seconds / 3600 % 24, 2, ':');
  append_padded(out, seconds / 60 % 60, 2, ':');
  append_padded(out, seconds % 60, 2, '.');
  append_padded(out, wall % kSecond, 6, 'Z');
  return out;
}

}  // namespace gantry::shim
