#include "schedule/moment.h"

#include <gtest/gtest.h>

#include <string>

namespace gantry::schedule {
namespace {

std::string moment(std::string_view text, std::string_view zone, std::string_view now) {
  const auto at = moment_of(text, *find_zone(zone), *parse_instant(now));
  if (!at.ok()) return "refused";
  const std::string shown = format_instant(*at);
  return shown.substr(0, shown.find('.')) + "Z";  // whole seconds
}

TEST(MomentOf, TakesInstants) {
  EXPECT_EQ(moment("2026-01-31T06:00:00Z", "UTC", "2026-01-01T00:00:00Z"), "2026-01-31T06:00:00Z");
  EXPECT_EQ(moment("2026-01-31T06:00:00+08:00", "UTC", "2026-01-01T00:00:00Z"),
            "2026-01-30T22:00:00Z");
}

TEST(MomentOf, ReadsTheClockOfTheZone) {
  EXPECT_EQ(moment("2026-01-31T06:00", "Asia/Shanghai", "2026-01-01T00:00:00Z"),
            "2026-01-30T22:00:00Z");
  EXPECT_EQ(moment("2026-01-31 06:00:30", "Asia/Shanghai", "2026-01-01T00:00:00Z"),
            "2026-01-30T22:00:30Z");
  EXPECT_EQ(moment("2026-01-31", "Asia/Shanghai", "2026-01-01T00:00:00Z"), "2026-01-30T16:00:00Z");
}

TEST(MomentOf, ATimeOfDayIsTheNextOne) {
  EXPECT_EQ(moment("06:00", "Asia/Shanghai", "2026-01-01T00:00:00Z"), "2026-01-01T22:00:00Z");
  EXPECT_EQ(moment("09:00", "Asia/Shanghai", "2026-01-01T00:00:00Z"), "2026-01-01T01:00:00Z");
  EXPECT_EQ(moment("08:00", "Asia/Shanghai", "2026-01-01T00:00:00Z"), "2026-01-02T00:00:00Z");
}

// Berlin's clock goes from 02:00 to 03:00 on 2026-03-29, and shows 02:30 twice on 2026-10-25.
TEST(MomentOf, GapsAndRepeatedHours) {
  EXPECT_EQ(moment("2026-03-29T02:30", "Europe/Berlin", "2026-01-01T00:00:00Z"),
            "2026-03-29T01:00:00Z");
  EXPECT_EQ(moment("2026-10-25T02:30", "Europe/Berlin", "2026-01-01T00:00:00Z"),
            "2026-10-25T00:30:00Z");
}

TEST(MomentOf, RefusesTheRest) {
  for (const char* text : {"", "soon", "24:00", "6:00", "06:60", "06-00", "2026-13-01",
                           "2026-01-31X", "2026-01-31T", "2026-01-31T06", "06:00:00:00"})
    EXPECT_EQ(moment(text, "UTC", "2026-01-01T00:00:00Z"), "refused") << text;
}

}  // namespace
}  // namespace gantry::schedule
