#include <bit>

#include "base/limits.h"
#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

std::string error_of(std::string_view text) {
  const auto cron = parse_cron(text);
  return cron.ok() ? "accepted" : cron.error().message;
}

CronFields fields(std::string_view text) {
  const auto cron = parse_cron(text);
  EXPECT_TRUE(cron.ok()) << (cron.ok() ? "" : cron.error().message);
  return cron.ok() ? cron->fields : CronFields{};
}

template <typename... Bits>
std::uint64_t set_of(Bits... bits) {
  return (... | (std::uint64_t{1} << bits));
}

TEST(CronParse, EveryFieldInItsPlace) {
  const CronFields f = fields("1 2 3 4 5");
  EXPECT_EQ(f.minutes, set_of(1));
  EXPECT_EQ(f.hours, set_of(2));
  EXPECT_EQ(f.days, set_of(3));
  EXPECT_EQ(f.months, set_of(4));
  EXPECT_EQ(f.weekdays, set_of(5));
}

TEST(CronParse, StarsMeanTheWholeRange) {
  const CronFields f = fields("* * * * *");
  EXPECT_EQ(f.minutes, (std::uint64_t{1} << 60) - 1);
  EXPECT_EQ(f.hours, (1u << 24) - 1);
  EXPECT_EQ(f.days, 0xFFFFFFFEu);
  EXPECT_EQ(f.months, 0x1FFEu);
  EXPECT_EQ(f.weekdays, 0x7Fu);
}

TEST(CronParse, RangesStepsAndLists) {
  EXPECT_EQ(fields("5-7 * * * *").minutes, set_of(5, 6, 7));
  EXPECT_EQ(fields("*/20 * * * *").minutes, set_of(0, 20, 40));
  EXPECT_EQ(fields("10-30/10 * * * *").minutes, set_of(10, 20, 30));
  EXPECT_EQ(fields("10-29/10 * * * *").minutes, set_of(10, 20));
  EXPECT_EQ(fields("50/3 * * * *").minutes, set_of(50, 53, 56, 59));
  EXPECT_EQ(fields("59,0,7-8 * * * *").minutes, set_of(0, 7, 8, 59));
  EXPECT_EQ(fields("0 0 */10 * *").days, set_of(1, 11, 21, 31));
  EXPECT_EQ(fields("*/59 */23 */30 */11 */6").minutes, set_of(0, 59));
  EXPECT_EQ(fields("007 * * * *").minutes, set_of(7));
}

TEST(CronParse, NamesInAnyCase) {
  EXPECT_EQ(fields("0 0 * JAN,feb,Dec *").months, set_of(1, 2, 12));
  EXPECT_EQ(fields("0 0 * * sun,MON,Sat").weekdays, set_of(0, 1, 6));
  EXPECT_EQ(fields("0 0 * mar-MAY *").months, set_of(3, 4, 5));
  EXPECT_EQ(fields("0 0 * * mon-fri/2").weekdays, set_of(1, 3, 5));
}

TEST(CronParse, SundayIsZeroAndSeven) {
  EXPECT_EQ(fields("0 0 * * 0").weekdays, set_of(0));
  EXPECT_EQ(fields("0 0 * * 7").weekdays, set_of(0));
  EXPECT_EQ(fields("0 0 * * 5-7").weekdays, set_of(5, 6, 0));
  EXPECT_EQ(fields("0 0 * * FRI-SUN").weekdays, set_of(5, 6, 0));
  EXPECT_EQ(fields("0 0 * * 0-7").weekdays, 0x7Fu);
  EXPECT_EQ(fields("0 0 * * SUN-TUE").weekdays, set_of(0, 1, 2));
  EXPECT_EQ(fields("0 0 * * */2").weekdays, set_of(0, 2, 4, 6));
  EXPECT_EQ(fields("0 0 * * 5/1").weekdays, set_of(5, 6));
  EXPECT_EQ(fields("0 0 * * 7/1").weekdays, set_of(0));
}

TEST(CronParse, BlanksAroundAndBetween) {
  EXPECT_EQ(fields(" \t1   2\t3 4 5 \n"), fields("1 2 3 4 5"));
}

TEST(CronParse, OnlyTwoRestrictedDayFieldsAreAlternatives) {
  EXPECT_TRUE(fields("0 0 13 * 5").either_day);
  EXPECT_FALSE(fields("0 0 13 * *").either_day);
  EXPECT_FALSE(fields("0 0 * * 5").either_day);
  EXPECT_FALSE(fields("0 0 */2 * 5").either_day);
  EXPECT_FALSE(fields("0 0 13 * */2").either_day);
  EXPECT_TRUE(fields("0 0 1-31 * 0-6").either_day);
}

TEST(CronParse, OnlyALeadingStarFollowsElapsedTime) {
  EXPECT_TRUE(fields("* 1 * * *").elapsed_time);
  EXPECT_TRUE(fields("*/5 1 * * *").elapsed_time);
  EXPECT_TRUE(fields("0 * * * *").elapsed_time);
  EXPECT_TRUE(fields("0 */4 * * *").elapsed_time);
  EXPECT_FALSE(fields("0-59 0-23 * * *").elapsed_time);
  EXPECT_FALSE(fields("0 1 * * *").elapsed_time);
}

TEST(CronParse, SixFieldsHaveTheSecondFirst) {
  EXPECT_EQ(fields("*/20 1 2 3 4 5").seconds, set_of(0, 20, 40));
  EXPECT_EQ(fields("7 1 2 3 4 5").minutes, set_of(1));
  EXPECT_EQ(fields("0 1 2 3 4 5"), fields("1 2 3 4 5"));
  EXPECT_FALSE(fields("* 0 1 * * *").elapsed_time);
  EXPECT_TRUE(fields("0 * 1 * * *").elapsed_time);
}

TEST(CronParse, QuestionMarksAreStarsOfDayFields) {
  EXPECT_EQ(fields("0 0 ? * MON"), fields("0 0 * * MON"));
  EXPECT_EQ(fields("0 0 13 * ?"), fields("0 0 13 * *"));
  EXPECT_EQ(fields("0 0 ? * ?"), fields("0 0 * * *"));
}

TEST(CronParse, DaysFromTheEndAndWorkingDays) {
  EXPECT_EQ(fields("0 0 L * *").days_from_end, set_of(0));
  EXPECT_EQ(fields("0 0 L-2,l-30,5 * *").days_from_end, set_of(2, 30));
  EXPECT_EQ(fields("0 0 L-2,5 * *").days, set_of(5));
  EXPECT_EQ(fields("0 0 1W,15w * *").near_days, set_of(1, 15));
  EXPECT_TRUE(fields("0 0 LW * *").last_workday);
  EXPECT_EQ(fields("0 0 LW * *").days_from_end, 0u);
  EXPECT_TRUE(fields("0 0 L * 5").either_day);
  EXPECT_FALSE(fields("0 0 L * *").either_day);
}

TEST(CronParse, WeekdaysOfTheMonth) {
  EXPECT_EQ(fields("0 0 * * 5#1").nth_weekdays, set_of(5));
  EXPECT_EQ(fields("0 0 * * 0#5,7#2,tue#2").nth_weekdays, set_of(28, 7, 9));
  EXPECT_EQ(fields("0 0 * * 5L,SUNL,7l").last_weekdays, set_of(5, 0));
  EXPECT_EQ(fields("0 0 * * 5L,1").weekdays, set_of(1));
}

TEST(CronParse, MacrosAreWhatTheyMean) {
  EXPECT_EQ(fields("@yearly"), fields("0 0 1 1 *"));
  EXPECT_EQ(fields("@annually"), fields("0 0 1 1 *"));
  EXPECT_EQ(fields("@monthly"), fields("0 0 1 * *"));
  EXPECT_EQ(fields("@weekly"), fields("0 0 * * 0"));
  EXPECT_EQ(fields(" @Daily "), fields("0 0 * * *"));
  EXPECT_EQ(fields("@midnight"), fields("0 0 * * *"));
  EXPECT_EQ(fields("@hourly"), fields("0 * * * *"));
}

CronFields hashed(std::string_view text, std::string_view seed) {
  const auto cron = parse_cron(text, seed);
  EXPECT_TRUE(cron.ok()) << (cron.ok() ? "" : cron.error().message);
  return cron.ok() ? cron->fields : CronFields{};
}

// What a release chose for a trigger must not move in the next: these values stay.
TEST(CronParse, HashesAreStable) {
  const std::string seed = cron_seed("report", "nightly");
  EXPECT_EQ(hashed("H H H H H", seed), fields("43 16 28 12 4"));
  EXPECT_EQ(fields("H H * * *"), fields("40 14 * * *"));
}

TEST(CronParse, HashesSpreadWithinTheirRange) {
  std::uint64_t minutes = 0, days = 0, offsets = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string seed = cron_seed("w" + std::to_string(i), "t");
    const CronFields f = hashed("H(10-19) H/6 H H(3-5) H(FRI-SUN)", seed);
    EXPECT_EQ(std::popcount(f.minutes), 1);
    minutes |= f.minutes;
    days |= f.days;
    const int offset = std::countr_zero(f.hours);
    EXPECT_EQ(f.hours, set_of(offset, offset + 6, offset + 12, offset + 18));
    offsets |= set_of(offset);
    EXPECT_EQ(f.months & ~set_of(3, 4, 5), 0u);
    EXPECT_EQ(f.weekdays & ~set_of(5, 6, 0), 0u);
  }
  EXPECT_EQ(minutes, set_of(10, 11, 12, 13, 14, 15, 16, 17, 18, 19));
  EXPECT_EQ(days, (std::uint64_t{1} << 29) - 2);  // the 29th is not in every month
  EXPECT_EQ(offsets, set_of(0, 1, 2, 3, 4, 5));
}

TEST(CronParse, HashesOfTheFieldsAreIndependent) {
  int same = 0;
  for (int i = 0; i < 2400; ++i) {
    const CronFields f = hashed("H(0-23) H * * *", std::to_string(i));
    same += std::countr_zero(f.minutes) == std::countr_zero(f.hours);
  }
  EXPECT_GT(same, 40);
  EXPECT_LT(same, 180);
  EXPECT_FALSE(fields("H * * * *").minutes == 0);
  EXPECT_FALSE(fields("H 3 * * *").elapsed_time);
  EXPECT_EQ(hashed("H,H(0-59),5 * * * *", "a").minutes, hashed("H,5 * * * *", "a").minutes);
}

TEST(CronParse, ErrorsNameFieldAndColumn) {
  EXPECT_EQ(error_of("60 * * * *"), "cron '60 * * * *': minute, column 1: 60 is not in 0-59");
  EXPECT_EQ(error_of("0 24 * * *"), "cron '0 24 * * *': hour, column 3: 24 is not in 0-23");
  EXPECT_EQ(error_of("0 0 0 * *"), "cron '0 0 0 * *': day-of-month, column 5: 0 is not in 1-31");
  EXPECT_EQ(error_of("0 0 1 13 0"), "cron '0 0 1 13 0': month, column 7: 13 is not in 1-12");
  EXPECT_EQ(error_of("0 0 * * 8"), "cron '0 0 * * 8': day-of-week, column 9: 8 is not in 0-7");
  EXPECT_EQ(error_of("0 0 * * MON-FUN"),
            "cron '0 0 * * MON-FUN': day-of-week, column 13: "
            "'FUN' is not a number in 0-7 or a name in SUN-SAT");
  EXPECT_EQ(error_of("0,15,6x * * * *"),
            "cron '0,15,6x * * * *': minute, column 6: '6x' is not a number in 0-59");
  EXPECT_EQ(error_of("一 24 * * *"),
            "cron '一 24 * * *': minute, column 1: '一' is not a number in 0-59");
  EXPECT_EQ(error_of("0,一,77 * * * *").find("column 3"),
            error_of("0,一,77 * * * *").find("column"));
}

TEST(CronParse, ErrorsSayWhatToDo) {
  EXPECT_EQ(error_of("0 22-2 * * *"),
            "cron '0 22-2 * * *': hour, column 3: the range 22-2 runs backwards; write 22-23,0-2");
  EXPECT_EQ(error_of("0 0 * * FRI-MON"),
            "cron '0 0 * * FRI-MON': day-of-week, column 9: "
            "the range FRI-MON runs backwards; write 5-6,0-1");
  EXPECT_EQ(error_of("0 0 * * 7-1"),
            "cron '0 0 * * 7-1': day-of-week, column 9: the range 7-1 runs backwards; write 0-1");
  for (const char* text : {"-*/5 * * * *", "-0 3 * * *", "-1-5 3 * * *"})
    EXPECT_NE(error_of(text).find("minute, column 1: '-' before the first field keeps cron from"),
              std::string::npos)
        << error_of(text);
  EXPECT_EQ(error_of("0 -3 * * *"), "cron '0 -3 * * *': hour, column 3: a value is missing");
  EXPECT_EQ(error_of("*/0 * * * *"),
            "cron '*/0 * * * *': minute, column 3: the step must be at least 1");
  EXPECT_EQ(error_of("*/90 * * * *"),
            "cron '*/90 * * * *': minute, column 3: the step 90 is longer than the range 0-59");
  EXPECT_EQ(error_of("*/ * * * *"),
            "cron '*/ * * * *': minute, column 3: the step after / is missing");
  constexpr const char* kWrite =
      "write 5: minute hour day-of-month month day-of-week, or 6: a second before them";
  EXPECT_EQ(error_of("0 0 2 * * * 2026"),
            std::string("cron '0 0 2 * * * 2026' has 7 fields; ") + kWrite);
  EXPECT_EQ(error_of(""), std::string("cron '' has 0 fields; ") + kWrite);
  EXPECT_EQ(error_of("0 0 * * L"),
            "cron '0 0 * * L': day-of-week, column 9: "
            "L needs a weekday here: 5L is the last Friday of the month");
  EXPECT_EQ(error_of("0 0 L-31 * *"),
            "cron '0 0 L-31 * *': day-of-month, column 7: 31 is not in 1-30");
  EXPECT_EQ(error_of("0 0 * * 5#6"), "cron '0 0 * * 5#6': day-of-week, column 11: 6 is not in 1-5");
  EXPECT_EQ(error_of("0 0 1,Lx * *"),
            "cron '0 0 1,Lx * *': day-of-month, column 7: "
            "'Lx' is not a number in 1-31 or one of L, L-n, nW and LW");
  EXPECT_EQ(error_of("H(0-29 * * * *"),
            "cron 'H(0-29 * * * *': minute, column 1: "
            "'H(0-29' is none of H, H(a-b), H/n and H(a-b)/n");
  EXPECT_EQ(error_of("H(20-77) * * * *"),
            "cron 'H(20-77) * * * *': minute, column 6: 77 is not in 0-59");
  EXPECT_EQ(error_of("@dayly"), "there is no cron macro '@dayly' (did you mean '@daily'?)");
  EXPECT_EQ(error_of("@reboot"),
            "cron '@reboot' names no time; start such a thing with the machine's services");
}

TEST(CronParse, RefusesWhatIsNoExpression) {
  for (const char* text : {", * * * *",
                           "1, * * * *",
                           ",1 * * * *",
                           "1,,2 * * * *",
                           "- * * * *",
                           "1- * * * *",
                           "-1 * * * *",
                           "1-2-3 * * * *",
                           "1/2/3 * * * *",
                           "/5 * * * *",
                           "** * * * *",
                           "*-5 * * * *",
                           "*5 * * * *",
                           "+1 * * * *",
                           "1.5 * * * *",
                           "0x1 * * * *",
                           "? * * * *",
                           "0 0 ?,1 * *",
                           "0 0 * ? *",
                           "0 0 ?/2 * *",
                           "* * * * * * *",
                           "60 * * * * *",
                           "99999999999999999999 * * * *",
                           "*/99999999999999999999 * * * *",
                           "@",
                           "@hourly 5",
                           "L * * * *",
                           "0 0 W * *",
                           "0 0 0W * *",
                           "0 0 1-5W * *",
                           "0 0 L/2 * *",
                           "0 0 L- * *",
                           "0 0 L-0 * *",
                           "0 0 L-2W * *",
                           "0 0 * * #2",
                           "0 0 * * 5#",
                           "0 0 * * 5#0",
                           "0 0 * * 5#2#3",
                           "0 0 * * 8L",
                           "0 0 * * 1-5L",
                           "0 0 * * 5W",
                           "0 0 5#2 * *",
                           "HH * * * *",
                           "H5 * * * *",
                           "H(5) * * * *",
                           "H() * * * *",
                           "H(9-2) * * * *",
                           "H( * * * *",
                           "H-5 * * * *",
                           "H/0 * * * *",
                           "H/ * * * *",
                           "JAN * * * *",
                           "0 0 MON * *",
                           "0 0 * MON *",
                           "0 0 * JANUARY *",
                           "0 0 * JA *",
                           "1 2 3 4",
                           "\xff * * * *"})
    EXPECT_NE(error_of(text), "accepted") << text;
  using std::string_view_literals::operator""sv;
  EXPECT_NE(error_of("\0 * * * *"sv), "accepted");
}

TEST(CronParse, RefusesDaysThatNeverCome) {
  EXPECT_EQ(error_of("0 0 30 2 *"),
            "cron '0 0 30 2 *' never fires: day-of-month 30 is in no month 2");
  EXPECT_NE(error_of("0 0 31 4,6,9,11 *"), "accepted");
  EXPECT_EQ(error_of("0 0 30-31 FEB */2"),
            "cron '0 0 30-31 FEB */2' never fires: no month FEB has a day-of-month 30-31 that is a "
            "day-of-week */2");
  EXPECT_NE(error_of("0 0 31W FEB *"), "accepted");
  EXPECT_NE(error_of("0 0 L-29 FEB ?"), "accepted");
  EXPECT_EQ(error_of("0 0 L-28 FEB ?"), "accepted");
  EXPECT_EQ(error_of("0 0 ? 2 5#5"), "accepted");
  EXPECT_EQ(error_of("0 0 29 2 *"), "accepted");
  EXPECT_EQ(error_of("0 0 31 4,5 *"), "accepted");
  EXPECT_EQ(error_of("0 0 30 2 MON"), "accepted");
}

TEST(CronParse, RefusesTextOverTheLimit) {
  std::string text = "0";
  while (text.size() + 10 <= limits::kCronBytesMax) text += ",0";
  EXPECT_EQ(error_of(text + " * * * *"), "accepted");
  EXPECT_NE(error_of(text + std::string(20, ' ') + "* * * *").find("over the limit"),
            std::string::npos);
}

}  // namespace
}  // namespace gantry::schedule
