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
  EXPECT_EQ(error_of("*/0 * * * *"),
            "cron '*/0 * * * *': minute, column 3: the step must be at least 1");
  EXPECT_EQ(error_of("*/90 * * * *"),
            "cron '*/90 * * * *': minute, column 3: the step 90 is longer than the range 0-59");
  EXPECT_EQ(error_of("*/ * * * *"),
            "cron '*/ * * * *': minute, column 3: the step after / is missing");
  EXPECT_EQ(error_of("0 2 * * * *"),
            "cron '0 2 * * * *' has 6 fields; write 5: minute hour day-of-month month day-of-week");
  EXPECT_EQ(error_of(""),
            "cron '' has 0 fields; write 5: minute hour day-of-month month day-of-week");
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
                           "* * * * * *",
                           "99999999999999999999 * * * *",
                           "*/99999999999999999999 * * * *",
                           "@daily",
                           "JAN * * * *",
                           "0 0 MON * *",
                           "0 0 * MON *",
                           "0 0 * JANUARY *",
                           "0 0 * JA *",
                           "0 0 * * L",
                           "H * * * *",
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
  EXPECT_NE(error_of("0 0 30-31 FEB */2"), "accepted");
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
