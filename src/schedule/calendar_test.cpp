#include "schedule/calendar.h"

#include "schedule/calendar_testing.h"

namespace gantry::schedule {
namespace {

TEST(Calendar, HolidaysAndMakeUpDays) {
  const auto calendar = october();
  EXPECT_FALSE(calendar->is_workday(date("2026-10-01")));
  EXPECT_TRUE(calendar->is_workday(date("2026-10-10")));   // a Saturday
  EXPECT_TRUE(calendar->is_workday(date("2026-10-09")));   // an ordinary Friday
  EXPECT_FALSE(calendar->is_workday(date("2026-10-11")));  // an ordinary Sunday
  EXPECT_EQ(calendar->day(date("2026-10-01")), (DayInfo{DayKind::Holiday, "", "october"}));
  EXPECT_EQ(calendar->day(date("2026-10-10")).kind, DayKind::MakeUp);
  EXPECT_EQ(calendar->day(date("2026-10-11")), (DayInfo{DayKind::DayOff, "", ""}));
}

TEST(Calendar, NextAndPreviousPassOverTheWeek) {
  const auto calendar = october();
  EXPECT_EQ(calendar->next_workday(date("2026-09-30")), date("2026-10-08"));
  EXPECT_EQ(calendar->next_workday(date("2026-10-09")), date("2026-10-10"));
  EXPECT_EQ(calendar->next_workday(date("2026-10-10")), date("2026-10-12"));
  EXPECT_EQ(calendar->previous_workday(date("2026-10-08")), date("2026-09-30"));
  EXPECT_EQ(calendar->previous_workday(date("2026-09-21")), date("2026-09-20"));
}

TEST(Calendar, CountsWorkdays) {
  const auto calendar = october();
  EXPECT_EQ(calendar->add_workdays(date("2026-09-30"), 3), date("2026-10-10"));
  EXPECT_EQ(calendar->add_workdays(date("2026-10-10"), -3), date("2026-09-30"));
  EXPECT_EQ(calendar->add_workdays(date("2026-10-03"), 0), date("2026-10-08"));
  EXPECT_EQ(calendar->add_workdays(date("2026-10-08"), 0), date("2026-10-08"));
  EXPECT_EQ(calendar->add_workdays(date("2026-10-08"), kCalendarStepsMax + 1), std::nullopt);
}

TEST(Calendar, WithoutAWeekOnlyTheListWorks) {
  CalendarParts few = parts("few", {}, {"2026-01-05", "2026-03-02"});
  few.week = 0;
  const auto calendar = made(few);
  EXPECT_EQ(calendar->next_workday(date("2026-01-05")), date("2026-03-02"));
  EXPECT_EQ(calendar->next_workday(date("2026-03-02")), std::nullopt);
  EXPECT_EQ(calendar->previous_workday(date("2030-01-01")), date("2026-03-02"));
  EXPECT_EQ(calendar->previous_workday(date("2026-01-05")), std::nullopt);
}

TEST(Calendar, WithoutAnyWorkingDayItIsRefused) {
  CalendarParts none = parts("none", {"2026-01-01"});
  none.week = 0;
  EXPECT_FALSE(Calendar::make(none).ok());
}

TEST(Calendar, TooManyDatesAreRefused) {
  CalendarParts many = parts("many", {});
  const std::int64_t first = days_from_civil({2000, 1, 1});
  for (std::size_t i = 0; i <= kCalendarDaysMax; ++i)
    many.holidays[civil_from_days(first + static_cast<std::int64_t>(i))] = "";
  EXPECT_FALSE(Calendar::make(many).ok());
}

// Each row of the rules at the head of calendar.h.
TEST(Calendar, UnionsCombineByTheRules) {
  CalendarParts factory = parts("factory", {"2026-10-09", "2026-09-20"}, {"2026-10-03"});
  factory.week = 0b1111110;  // Monday to Saturday
  CalendarParts both = parts("both", {"2026-10-10"}, {"2026-10-01"});
  both.include = {october(), made(factory)};
  const auto calendar = made(both);
  EXPECT_TRUE(calendar->is_workday(date("2026-10-01")));   // 1: its own make-up day
  EXPECT_FALSE(calendar->is_workday(date("2026-10-10")));  // 1: its own holiday
  EXPECT_FALSE(calendar->is_workday(date("2026-09-20")));  // 2: a holiday of one beats 3
  EXPECT_FALSE(calendar->is_workday(date("2026-10-03")));  // 2
  EXPECT_FALSE(calendar->is_workday(date("2026-10-09")));  // 2: of the other
  EXPECT_FALSE(calendar->is_workday(date("2026-10-17")));  // 4: october works on no Saturday
  EXPECT_EQ(calendar->day(date("2026-10-09")).source, "factory");
  CalendarParts swapped = both;
  swapped.include = {made(factory), october()};
  EXPECT_EQ(made(swapped)->listed(), calendar->listed());
}

TEST(Calendar, AMakeUpDayOfAMemberCounts) {
  CalendarParts ours = parts("ours", {"2026-12-24"});
  ours.include = {october()};
  EXPECT_TRUE(made(ours)->is_workday(date("2026-10-10")));
  EXPECT_FALSE(made(ours)->is_workday(date("2026-12-24")));
}

TEST(Calendar, AUnionCoversWhatAllItsMembersCover) {
  CalendarParts a = parts("a", {}), b = parts("b", {}), c = parts("c", {});
  a.years = {2025, 2026};
  b.years = {2026, 2027};
  c.include = {made(a), made(b), october()};
  const auto calendar = made(c);
  EXPECT_FALSE(calendar->covers(2025));
  EXPECT_TRUE(calendar->covers(2026));
  EXPECT_FALSE(calendar->covers(2027));
  EXPECT_TRUE(october()->covers(1999));
}

TEST(Calendar, Hours) {
  CalendarParts office = parts("office", {"2026-10-01"}, {"2026-10-10"});
  const WorkHours morning{{9 * 60, 12 * 60}, {13 * 60, 18 * 60}};
  office.hours.emplace();
  for (std::size_t day = 1; day <= 4; ++day) (*office.hours)[day] = morning;
  (*office.hours)[5] = {{9 * 60, 15 * 60}};
  const auto calendar = made(office);
  EXPECT_EQ(calendar->hours(date("2026-10-08")), morning);
  EXPECT_EQ(calendar->hours(date("2026-10-09")), (WorkHours{{9 * 60, 15 * 60}}));
  EXPECT_EQ(calendar->hours(date("2026-10-10")), morning);  // a make-up Saturday: as on Monday
  EXPECT_EQ(calendar->hours(date("2026-10-01")), WorkHours());
  EXPECT_EQ(october()->hours(date("2026-10-08")), (WorkHours{{0, 24 * 60}}));
}

}  // namespace
}  // namespace gantry::schedule
