#include "schedule/zone.h"

#include <ctime>

#include "schedule/local_clock_testing.h"
#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

Zone zone(std::string_view name) {
  auto found = find_zone(name);
  EXPECT_TRUE(found.ok()) << name;
  return found.ok() ? *found : Zone();
}

std::string error_of(std::string_view name) {
  const auto found = find_zone(name);
  return found.ok() ? "accepted" : found.error().message;
}

TEST(Zone, IsUtcUnlessSaidOtherwise) {
  EXPECT_EQ(Zone().name(), "UTC");
  EXPECT_EQ(Zone(), zone("UTC"));
  EXPECT_EQ(format_local(Zone(), utc("2026-11-22 10:00")), "2026-11-22 10:00:00 +00:00");
}

TEST(Zone, EqualsByName) {
  EXPECT_EQ(zone("Asia/Shanghai"), zone("Asia/Shanghai"));
  EXPECT_FALSE(zone("Asia/Shanghai") == zone("Asia/Tokyo"));
  EXPECT_EQ(zone("PRC").name(), "PRC");
}

TEST(Zone, SuggestsWhatWasMeant) {
  EXPECT_EQ(error_of("Asia/Shanghay"),
            "'Asia/Shanghay' is not a time zone (did you mean Asia/Shanghai?)");
  EXPECT_NE(error_of("asia/shanghai").find("mean Asia/Shanghai?"), std::string::npos);
  EXPECT_NE(error_of("Shanghai").find("mean Asia/Shanghai?"), std::string::npos);
  EXPECT_NE(error_of("new york").find("mean America/New_York?"), std::string::npos);
  EXPECT_NE(error_of("Asia/Beijing").find("mean Asia/Shanghai?"), std::string::npos);
  EXPECT_NE(error_of("UTC+8").find("mean Etc/GMT-8?"), std::string::npos);
  EXPECT_NE(error_of("GMT-05:00").find("mean Etc/GMT+5?"), std::string::npos);
  EXPECT_NE(error_of("+0800").find("mean Etc/GMT-8?"), std::string::npos);
  EXPECT_NE(error_of("utc").find("mean UTC?"), std::string::npos);
  EXPECT_EQ(error_of("Middle-earth/Shire"),
            "'Middle-earth/Shire' is not a time zone; write an IANA name such as Asia/Shanghai");
}

TEST(Zone, RefusesWhatIsNoZone) {
  for (const char* name : {"", " ", ".", "..", "/", "../../etc/passwd", "/usr/share/zoneinfo/UTC",
                           "Asia", "Asia/", "localtime", "posixrules", "Factory", "tzdata.zi",
                           "posix/UTC", "right/UTC", "\xff", "UTC+", "+", "Asia/Shanghai "}) {
    const auto found = find_zone(name);
    ASSERT_FALSE(found.ok()) << name;
    EXPECT_EQ(found.error().code, Code::NotFound) << name;
  }
}

TEST(Zone, FormatsForPeople) {
  const Instant noon = utc("2026-11-22 02:00");
  EXPECT_EQ(format_local(zone("Asia/Shanghai"), noon), "2026-11-22 10:00:00 +08:00");
  EXPECT_EQ(format_local(zone("America/St_Johns"), noon), "2026-11-21 22:30:00 -03:30");
  EXPECT_EQ(format_local(zone("Asia/Kathmandu"), noon + seconds(59)), "2026-11-22 07:45:59 +05:45");
  EXPECT_EQ(format_local(zone("Africa/Monrovia"), utc("1970-06-01 00:00")),
            "1970-05-31 23:15:30 -00:44:30");
  EXPECT_EQ(format_local(Zone(), Instant{-1}), "1969-12-31 23:59:59 +00:00");
}

TEST(Zone, LocalDateTurnsAtLocalMidnight) {
  const Zone shanghai = zone("Asia/Shanghai");
  EXPECT_EQ(local_date(shanghai, utc("2026-11-22 15:59")), (CivilDate{2026, 11, 22}));
  EXPECT_EQ(local_date(shanghai, utc("2026-11-22 16:00")), (CivilDate{2026, 11, 23}));
  EXPECT_EQ(local_date(zone("America/New_York"), utc("2027-01-01 04:59")),
            (CivilDate{2026, 12, 31}));
  EXPECT_EQ(local_date(Zone(), Instant{-1}), (CivilDate{1969, 12, 31}));
}

TEST(Zone, StartOfDay) {
  EXPECT_EQ(show(start_of_day(zone("Asia/Shanghai"), {2026, 11, 22})), "2026-11-21 16:00");
  // Cairo leaves midnight out; Havana has the hour after midnight twice.
  EXPECT_EQ(show(start_of_day(zone("Africa/Cairo"), {2024, 4, 26})), "2024-04-25 22:00");
  EXPECT_EQ(show(start_of_day(zone("America/Havana"), {2024, 11, 3})), "2024-11-03 04:00");
}

TEST(Zone, FirstInstantOfLocalTimes) {
  const Zone new_york = zone("America/New_York");
  const auto at = [&](std::string_view local) {
    return show(first_instant(new_york, {utc(local).us}));
  };
  EXPECT_EQ(at("2024-03-10 01:59"), "2024-03-10 06:59");
  EXPECT_EQ(at("2024-03-10 02:00"), "2024-03-10 07:00");
  EXPECT_EQ(at("2024-03-10 02:59"), "2024-03-10 07:00");
  EXPECT_EQ(at("2024-03-10 03:00"), "2024-03-10 07:00");
  EXPECT_EQ(at("2024-11-03 01:00"), "2024-11-03 05:00");
  EXPECT_EQ(at("2024-11-03 01:59"), "2024-11-03 05:59");
  EXPECT_EQ(at("2024-11-03 02:00"), "2024-11-03 07:00");
}

TEST(Zone, SpansMeetAtTheTransition) {
  const Zone new_york = zone("America/New_York");
  const Instant change = utc("2024-03-10 07:00");
  const OffsetSpan winter = new_york.span_at(change - microseconds(1));
  const OffsetSpan summer = new_york.span_at(change);
  EXPECT_EQ(winter.end, change);
  EXPECT_EQ(winter.offset, hours(-5));
  EXPECT_EQ(summer.begin, change);
  EXPECT_EQ(summer.offset, hours(-4));
  EXPECT_EQ(summer.end, utc("2024-11-03 06:00"));
}

TEST(Zone, IsTotal) {
  for (const char* name : {"UTC", "Europe/Berlin", "Asia/Shanghai", "Africa/Casablanca"}) {
    const Zone z = zone(name);
    for (const Instant at : {Instant::max(), Instant{std::numeric_limits<std::int64_t>::min()}}) {
      EXPECT_LE(z.span_at(at).offset, days(1));
      // The last hours of the year 0 where clocks were behind UTC.
      EXPECT_EQ(std::max(local_date(z, at).year, 1), at.us > 0 ? 9999 : 1) << name;
      EXPECT_FALSE(format_local(z, at).empty());
      first_instant(z, {at.us});
    }
  }
}

// The C library reads the same files with code of its own.
TEST(Zone, AgreesWithTheCLibraryOnEveryZoneUntil2100) {
  for (const std::string& name : zone_names_of_system()) {
    const Zone z = zone(name);
    const LocalClock clock(name);
    for (Instant at = utc("1970-01-02 00:00"); at < utc("2100-01-01 00:00");
         at = at + days(23) + seconds(1777))
      ASSERT_EQ(z.span_at(at).offset.us, seconds(clock.at(at).tm_gmtoff).us)
          << name << " at " << show(at);
  }
}

TEST(Zone, SpansCoverTheTimeWithoutHoles) {
  for (const char* name :
       {"Europe/Berlin", "Africa/Casablanca", "America/Nuuk", "Australia/Lord_Howe"}) {
    const Zone z = zone(name);
    OffsetSpan span = z.span_at(utc("2030-01-01 00:00"));
    while (span.end < utc("2100-01-01 00:00")) {
      const OffsetSpan next = z.span_at(span.end);
      ASSERT_EQ(next.begin, span.end) << name;
      ASSERT_GT(next.end, next.begin) << name;
      span = next;
    }
  }
}

TEST(Zone, KnowsTheVersionOfItsData) {
  EXPECT_TRUE(zone_data_version() == "unknown" || zone_data_version().starts_with("20"))
      << zone_data_version();
}

}  // namespace
}  // namespace gantry::schedule
