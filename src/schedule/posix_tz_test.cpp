#include "schedule/posix_tz.h"

#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

std::int64_t offset_at(std::string_view rule, std::string_view at) {
  const auto tz = parse_posix_tz(rule);
  EXPECT_TRUE(tz) << rule;
  return tz ? posix_span_at(*tz, utc(at)).offset.us / 1000000 : -1;
}

TEST(PosixTz, WithoutDaylightSaving) {
  EXPECT_EQ(offset_at("UTC0", "2050-07-01 00:00"), 0);
  EXPECT_EQ(offset_at("CST-8", "2050-07-01 00:00"), 8 * 3600);
  EXPECT_EQ(offset_at("<+0545>-5:45", "2050-07-01 00:00"), 20700);
  EXPECT_EQ(offset_at("<-1130>+11:30:15", "2050-07-01 00:00"), -41415);
}

TEST(PosixTz, WithDaylightSaving) {
  const char* new_york = "EST5EDT,M3.2.0,M11.1.0";
  EXPECT_EQ(offset_at(new_york, "2050-03-13 06:59"), -18000);
  EXPECT_EQ(offset_at(new_york, "2050-03-13 07:00"), -14400);
  EXPECT_EQ(offset_at(new_york, "2050-11-06 05:59"), -14400);
  EXPECT_EQ(offset_at(new_york, "2050-11-06 06:00"), -18000);
  // South of the equator summer spans the new year.
  const char* sydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
  EXPECT_EQ(offset_at(sydney, "2050-12-31 23:59"), 39600);
  EXPECT_EQ(offset_at(sydney, "2051-01-01 00:00"), 39600);
  EXPECT_EQ(offset_at(sydney, "2051-07-01 00:00"), 36000);
  // Dublin's winter is the daylight saving, with a negative difference.
  EXPECT_EQ(offset_at("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-01-01 00:00"), 0);
  EXPECT_EQ(offset_at("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-07-01 00:00"), 3600);
}

TEST(PosixTz, HoursBeyondTheDay) {
  // Nuuk: 22:00 the evening before the last Sunday.
  const char* nuuk = "<-02>2<-01>,M3.5.0/-1,M10.5.0/0";
  EXPECT_EQ(offset_at(nuuk, "2050-03-27 00:59"), -7200);
  EXPECT_EQ(offset_at(nuuk, "2050-03-27 01:00"), -3600);
  EXPECT_EQ(offset_at("EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-26 00:00"), 10800);
}

TEST(PosixTz, DaysByTheirNumber) {
  // J60 is 1 March in every year, 59 the 60th day.
  EXPECT_EQ(offset_at("AAA0BBB,J60/0,J300/0", "2052-02-29 12:00"), 0);
  EXPECT_EQ(offset_at("AAA0BBB,J60/0,J300/0", "2052-03-01 00:00"), 3600);
  EXPECT_EQ(offset_at("AAA0BBB,59/0,300/0", "2052-02-29 00:00"), 3600);
  EXPECT_EQ(offset_at("AAA0BBB,59/0,300/0", "2051-02-28 23:59"), 0);
  EXPECT_EQ(offset_at("AAA0BBB,59/0,300/0", "2051-03-01 00:00"), 3600);
}

TEST(PosixTz, DaylightSavingAllTheYear) {
  for (const char* at :
       {"2050-01-01 00:00", "2050-12-31 23:59", "2050-07-01 00:00", "2051-01-01 04:00"})
    EXPECT_EQ(offset_at("XXX3EDT4,0/0,J365/23", at), -14400) << at;
}

TEST(PosixTz, RefusesWhatIsNoRule) {
  for (const char* text : {"",
                           "EST",
                           "ES5",
                           "5",
                           "EST25",
                           "EST5EDT",
                           "EST5EDT,",
                           "EST5EDT,M3.2.0",
                           "EST5EDT,M3.2.0,",
                           "EST5EDT,M13.2.0,M11.1.0",
                           "EST5EDT,M3.6.0,M11.1.0",
                           "EST5EDT,M3.2.7,M11.1.0",
                           "EST5EDT,M3.2,M11.1.0",
                           "EST5EDT,J0,J365",
                           "EST5EDT,0,366",
                           "EST5EDT,0/168,1",
                           "EST5:60",
                           "EST5:",
                           "<EST5",
                           "<>5",
                           "EST5EDT,0,1x",
                           "EST5 ",
                           "EST5EDT4x,0,1",
                           "EST5EDT,J1/,J2",
                           "EST5,0,1"})
    EXPECT_FALSE(parse_posix_tz(text)) << text;
}

}  // namespace
}  // namespace gantry::schedule
