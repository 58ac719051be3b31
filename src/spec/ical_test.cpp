#include "spec/ical.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "spec/calendars.h"

namespace gantry::spec {
namespace {

using Dates = std::vector<std::string>;

Dates keys(const std::map<CivilDate, std::string>& days) {
  Dates out;
  for (const auto& [date, name] : days) out.push_back(format_date(date));
  return out;
}

IcalDays read(const std::string& events, IcalAs as = IcalAs::AsMarked) {
  const std::string text = "BEGIN:VCALENDAR\r\n" + events + "END:VCALENDAR\r\n";
  return read_ical(text, {"x.ics", as, 2028});
}

std::string event(const std::string& lines) {
  return "BEGIN:VEVENT\r\n" + lines + "\r\nEND:VEVENT\r\n";
}

std::string notes(const IcalDays& days) {
  std::string out;
  for (const Diagnostic& problem : days.problems) out += to_line(problem) + "\n";
  return out;
}

TEST(Ical, DatesAndTheirEnds) {
  EXPECT_EQ(keys(read(event("DTSTART;VALUE=DATE:20261001\r\nSUMMARY:x")).holidays),
            Dates{"2026-10-01"});
  EXPECT_EQ(keys(read(event("DTSTART:20261001\r\nDTEND:20261003")).holidays),
            (Dates{"2026-10-01", "2026-10-02"}));
  EXPECT_EQ(keys(read(event("DTSTART:20261001\r\nDURATION:P2D")).holidays),
            (Dates{"2026-10-01", "2026-10-02"}));
  EXPECT_EQ(keys(read(event("DTSTART;TZID=Asia/Shanghai:20261001T000000\r\n"
                            "DTEND;TZID=Asia/Shanghai:20261002T000000"))
                     .holidays),
            Dates{"2026-10-01"});
}

TEST(Ical, ATimeInUtcIsOfTheCalendarsZone) {
  const auto days = read("X-WR-TIMEZONE:Asia/Shanghai\r\n" +
                         event("DTSTART:20260930T160000Z\r\nDTEND:20261001T160000Z"));
  EXPECT_EQ(keys(days.holidays), Dates{"2026-10-01"});
}

TEST(Ical, FoldedAndEscapedText) {
  const auto days = read(event("DTSTART:20261001\r\nSUMMARY:National\\, \r\n Day"));
  EXPECT_EQ(days.holidays.begin()->second, "National, Day");
}

TEST(Ical, ChineseMarks) {
  const auto days = read(event("DTSTART:20261001\r\nDTEND:20261008\r\nSUMMARY:国庆节（休）") +
                         event("DTSTART:20261010\r\nSUMMARY:国庆节（班）") +
                         event("DTSTART:20261018\r\nSUMMARY:重阳节") +
                         event("DTSTART:20260920\r\nSUMMARY:国庆节调休上班") +
                         event("DTSTART:20260501\r\nSUMMARY:劳动节\r\n"
                               "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY"));
  EXPECT_EQ(days.holidays.size(), 8u);
  EXPECT_EQ(days.holidays.begin()->second, "劳动节");
  EXPECT_EQ(keys(days.workdays), (Dates{"2026-09-20", "2026-10-10"}));
  EXPECT_EQ(days.workdays.rbegin()->second, "国庆节");
  EXPECT_NE(notes(days).find("x.ics:11:1: warning: '重阳节'"), std::string::npos) << notes(days);
}

TEST(Ical, AsSaysWhatAllAre) {
  const std::string both =
      event("DTSTART:20261001\r\nSUMMARY:休") + event("DTSTART:20261010\r\nSUMMARY:班");
  EXPECT_EQ(read(both, IcalAs::Holidays).holidays.size(), 2u);
  EXPECT_EQ(read(both, IcalAs::Workdays).workdays.size(), 2u);
}

Dates repeated(const std::string& rule, const std::string& start = "20260101") {
  const auto days = read(event("DTSTART:" + start + "\r\nRRULE:" + rule));
  EXPECT_EQ(notes(days), "");
  return keys(days.holidays);
}

TEST(Ical, Rules) {
  EXPECT_EQ(repeated("FREQ=YEARLY"), (Dates{"2026-01-01", "2027-01-01", "2028-01-01"}));
  EXPECT_EQ(repeated("FREQ=YEARLY;INTERVAL=2"), (Dates{"2026-01-01", "2028-01-01"}));
  EXPECT_EQ(repeated("FREQ=YEARLY;COUNT=2"), (Dates{"2026-01-01", "2027-01-01"}));
  EXPECT_EQ(repeated("FREQ=YEARLY;UNTIL=20270101T000000Z"), (Dates{"2026-01-01", "2027-01-01"}));
  // Thanksgiving, Memorial Day, the first Monday of the year.
  EXPECT_EQ(repeated("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "20261126"),
            (Dates{"2026-11-26", "2027-11-25", "2028-11-23"}));
  EXPECT_EQ(repeated("FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "20260525"),
            (Dates{"2026-05-25", "2027-05-31", "2028-05-29"}));
  EXPECT_EQ(repeated("FREQ=YEARLY;BYDAY=1MO;COUNT=2", "20260105"),
            (Dates{"2026-01-05", "2027-01-04"}));
  EXPECT_EQ(repeated("FREQ=MONTHLY;COUNT=3", "20260131"),
            (Dates{"2026-01-31", "2026-03-31", "2026-05-31"}));
  EXPECT_EQ(repeated("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", "20260131"),
            (Dates{"2026-01-31", "2026-02-28"}));
  EXPECT_EQ(repeated("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;COUNT=4", "20260103"),
            (Dates{"2026-01-03", "2026-01-04", "2026-01-17", "2026-01-18"}));
  EXPECT_EQ(repeated("FREQ=DAILY;INTERVAL=10;COUNT=3"),
            (Dates{"2026-01-01", "2026-01-11", "2026-01-21"}));
  // 29 February is there in leap years only.
  EXPECT_EQ(repeated("FREQ=YEARLY", "20240229"), (Dates{"2024-02-29", "2028-02-29"}));
}

TEST(Ical, ExceptionsAndMoreDates) {
  const auto days =
      read(event("DTSTART:20260101\r\nRRULE:FREQ=YEARLY\r\n"
                 "EXDATE;VALUE=DATE:20270101\r\nRDATE:20260701,20260702"));
  EXPECT_EQ(keys(days.holidays), (Dates{"2026-01-01", "2026-07-01", "2026-07-02", "2028-01-01"}));
}

// Nothing is left out without a word.
TEST(Ical, WhatIsNotUnderstoodIsTold) {
  const auto days = read(event("DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYSETPOS=1\r\nSUMMARY:a") +
                         event("DTSTART:20260102T090000\r\nDTEND:20260102T100000\r\nSUMMARY:b") +
                         event("SUMMARY:c") + event("DTSTART:2026-01-03\r\nSUMMARY:d") +
                         event("DTSTART:20260104\r\nSTATUS:CANCELLED\r\nSUMMARY:e") +
                         "BEGIN:VTODO\r\nDUE:20260105\r\nEND:VTODO\r\n" +
                         event("DTSTART:20260106\r\nBEGIN:VALARM\r\nDTSTART:20260107\r\n"
                               "END:VALARM"));
  EXPECT_EQ(keys(days.holidays), Dates{"2026-01-06"});
  std::vector<int> lines;
  for (const Diagnostic& problem : days.problems) lines.push_back(problem.line);
  EXPECT_EQ(lines, (std::vector<int>{2, 4, 7, 12, 16, 19, 24})) << notes(days);
}

// What is longer than any calendar is refused before it fills the memory.
TEST(Ical, DaysHaveALimit) {
  const auto days =
      read(event("DTSTART;VALUE=DATE:19000101\r\nDURATION:P366D\r\nRRULE:FREQ=DAILY"));
  EXPECT_TRUE(days.holidays.empty());
  ASSERT_EQ(days.problems.size(), 1u);
  EXPECT_EQ(days.problems[0].severity, Severity::Error);
  EXPECT_NE(days.problems[0].message.find("20000"), std::string::npos) << notes(days);
}

TEST(Ical, OverlappingStretchesAndOneNoteForEach) {
  const auto days = read(event("DTSTART:20260101\r\nDURATION:P3D\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"
                               "SUMMARY:班") +
                         event("DTSTART:20260102\r\nDURATION:P9D\r\nSUMMARY:休") +
                         event("DTSTART:20260501\r\nDURATION:P9D\r\nSUMMARY:x"));
  EXPECT_EQ(days.workdays.size(), 5u);
  EXPECT_EQ(days.holidays.size(), 5u);
  EXPECT_EQ(days.problems.size(), 2u) << notes(days);
}

// A year and a half without a gap is written in ranges that the reader takes.
TEST(Ical, LongStretchesAreWrittenInParts) {
  const auto days = read(event("DTSTART:20260101\r\nRRULE:FREQ=DAILY;COUNT=500"));
  const auto loaded = load_calendar(calendar_yaml(days, "x"), "x", "x.yaml");
  ASSERT_TRUE(loaded.calendar) << to_line(loaded.diagnostics.at(0));
  EXPECT_EQ(loaded.calendar->parts.holidays, days.holidays);
}

TEST(Ical, MarksAreWholeWords) {
  const auto days = read(
      event("DTSTART:20260101\r\nSUMMARY:NON-WORKDAY") +
      event("DTSTART:20260102\r\nSUMMARY:No workday") +
      event("DTSTART:20260103\r\nSUMMARY:Make-up work (班)") +
      event("DTSTART:20260104\r\nSUMMARY:值班") + event("DTSTART:20260105\r\nSUMMARY:Homeworkday") +
      event("DTSTART:20260106\r\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY") +
      event("DTSTART:20260107\r\nSUMMARY:不上班") + event("DTSTART:20260108\r\nSUMMARY:班：元旦"));
  EXPECT_EQ(keys(days.holidays), (Dates{"2026-01-01", "2026-01-02", "2026-01-07"}));
  EXPECT_EQ(keys(days.workdays), (Dates{"2026-01-03", "2026-01-06", "2026-01-08"}));
  EXPECT_EQ(days.problems.size(), 2u) << notes(days);
}

TEST(Ical, ABadExtraDateIsNamedAndTheEventKept) {
  const auto days = read(event("DTSTART:20260101\r\nRDATE:20260701,soon\r\nEXDATE:never"));
  EXPECT_EQ(keys(days.holidays), (Dates{"2026-01-01", "2026-07-01"}));
  ASSERT_EQ(days.problems.size(), 2u);
  EXPECT_EQ(days.problems[0].message, "'soon' in RDATE is no date and left out");
  EXPECT_EQ(days.problems[1].message, "'never' in EXDATE is no date and left out");
}

TEST(Ical, AFileThatIsCutOffIsTold) {
  const std::string whole = "BEGIN:VCALENDAR\n" + event("DTSTART:20260101");
  const auto cut = [](const std::string& text) {
    return read_ical(text, {"x.ics", IcalAs::AsMarked, 2028});
  };
  EXPECT_EQ(notes(cut(whole + "END:VCALENDAR\n")), "");
  EXPECT_NE(notes(cut(whole)).find("END:VCALENDAR"), std::string::npos);
  const auto within = cut(whole + "BEGIN:VEVENT\nDTSTART:20260102\n");
  EXPECT_EQ(keys(within.holidays), Dates{"2026-01-01"});
  EXPECT_NE(notes(within).find("x.ics:5:1: warning: the file ends within"), std::string::npos)
      << notes(within);
  EXPECT_NE(notes(read("BEGIN:VEVENT\n" + event("DTSTART:20260103"))).find("without END:VEVENT"),
            std::string::npos);
}

TEST(Ical, RulesInSmallLetters) {
  EXPECT_EQ(repeated("freq=Weekly;ByDay=mo;count=2", "20260105"),
            (Dates{"2026-01-05", "2026-01-12"}));
}

// An event in the place of a day of a series: the day moves, it is not there twice.
TEST(Ical, AMovedDayLeavesItsSeries) {
  const std::string moved = event("UID:a\r\nRECURRENCE-ID:20270101\r\nDTSTART:20270104");
  const std::string series =
      event("UID:a\r\nDTSTART:20260101\r\nDURATION:P2D\r\nRRULE:FREQ=YEARLY");
  const Dates dates{"2026-01-01", "2026-01-02", "2027-01-04", "2028-01-01", "2028-01-02"};
  EXPECT_EQ(keys(read(moved + series).holidays), dates);
  EXPECT_EQ(keys(read(series + moved).holidays), dates);
  EXPECT_EQ(notes(read(series + moved)), "");
  const auto cancelled =
      read(series + event("UID:a\r\nRECURRENCE-ID:20270101\r\nSTATUS:CANCELLED"));
  EXPECT_EQ(cancelled.holidays.size(), 4u);
  EXPECT_EQ(read(moved + event("UID:b\r\nDTSTART:20270101")).holidays.size(), 2u);
}

TEST(Ical, AnotherFileIsNone) {
  const auto days = read_ical("hello", {"x.ics", IcalAs::AsMarked, 2028});
  ASSERT_EQ(days.problems.size(), 1u);
  EXPECT_EQ(days.problems[0].severity, Severity::Error);
}

TEST(Ical, WhatIsWrittenIsRead) {
  const auto days = read(event("DTSTART:20261001\r\nDTEND:20261004\r\nSUMMARY:a: \"b\" 休") +
                         event("DTSTART:20261010\r\nSUMMARY:班"));
  const auto loaded = load_calendar(calendar_yaml(days, "From x"), "x", "x.yaml");
  ASSERT_TRUE(loaded.calendar) << to_line(loaded.diagnostics.at(0));
  EXPECT_EQ(loaded.calendar->parts.holidays, days.holidays);
  EXPECT_EQ(loaded.calendar->parts.workdays, days.workdays);
  EXPECT_EQ(*loaded.calendar->parts.years, std::set<int>{2026});
}

}  // namespace
}  // namespace gantry::spec
