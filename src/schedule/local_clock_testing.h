// The C library's idea of local time, as an oracle that shares no code with zone.cpp.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "base/time.h"

namespace gantry::schedule {

// While it lives the process's TZ is this zone; one at a time.
class LocalClock {
 public:
  explicit LocalClock(const std::string& zone) {
    ::setenv("TZ", (":" + zone).c_str(), 1);
    ::tzset();
  }
  LocalClock(const LocalClock&) = delete;
  LocalClock& operator=(const LocalClock&) = delete;
  ~LocalClock() {
    ::unsetenv("TZ");
    ::tzset();
  }

  std::tm at(Instant instant) const {
    const std::time_t second = static_cast<std::time_t>(instant.us / 1000000);
    std::tm local{};
    ::localtime_r(&second, &local);
    return local;
  }
};

// The canonical names of tzdata, and UTC.
inline std::vector<std::string> zone_names_of_system() {
  std::vector<std::string> names{"UTC"};
  const auto table = read_file("/usr/share/zoneinfo/tzdata.zi", 4u << 20);
  EXPECT_TRUE(table.ok()) << "the package tzdata is needed";
  if (!table.ok()) return names;
  for (const std::string_view line : split(*table, '\n'))
    if (line.starts_with("Z ") && line != "Z Factory 0 - -00")
      names.emplace_back(split(line, ' ')[1]);
  EXPECT_GT(names.size(), 300u);
  return names;
}

}  // namespace gantry::schedule
