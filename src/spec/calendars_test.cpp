#include "spec/calendars.h"

#include <gtest/gtest.h>

namespace gantry::spec {
namespace {

CivilDate date(std::string_view text) { return *parse_date(text); }

CalendarFile good(const std::string& name, std::string_view text) {
  CalendarLoad loaded = load_calendar(text, name, name + ".yaml");
  for (const Diagnostic& problem : loaded.diagnostics) ADD_FAILURE() << to_line(problem);
  return loaded.calendar.value_or(CalendarFile());
}

std::vector<std::string> faults(const std::vector<Diagnostic>& problems) {
  std::vector<std::string> out;
  for (const Diagnostic& p : problems)
    out.push_back(p.code + " " + std::to_string(p.line) + ":" + std::to_string(p.column));
  return out;
}

using Faults = std::vector<std::string>;

TEST(CalendarFile, ReadsEveryKey) {
  const CalendarFile file = good("office", R"(
description: Our office
include: [cn-workdays]
week: [mon, wed]
holidays:
  2026-12-28..2026-12-31: Closed
  2026-12-24:
workdays: [2026-12-19]
hours:
  mon: ["9:00-12:00", "13:00-24:00"]
years: [2024, 2026-2027]
)");
  EXPECT_EQ(file.description, "Our office");
  ASSERT_EQ(file.include.size(), 1u);
  EXPECT_EQ(file.include[0].name, "cn-workdays");
  EXPECT_EQ(file.parts.week, 0b0001010);
  EXPECT_EQ(file.parts.holidays.size(), 5u);
  EXPECT_EQ(file.parts.holidays.at(date("2026-12-31")), "Closed");
  EXPECT_EQ(file.parts.workdays.count(date("2026-12-19")), 1u);
  EXPECT_EQ((*file.parts.hours)[1], (schedule::WorkHours{{540, 720}, {780, 1440}}));
  EXPECT_EQ(*file.parts.years, (std::set<int>{2024, 2026, 2027}));
}

TEST(CalendarFile, AllFaultsAtOnceWithTheirPlaces) {
  const auto loaded = load_calendar(R"(hollidays: []
week: [mon, funday]
holidays: [2026-02-30, 2026-05-02..2026-05-01, 2026-01-01]
workdays: {2026-01-01: twice}
hours: ["12:00-09:00", "9:00-13:00", "12:00-14:00"]
years: [26]
)",
                                    "office", "office.yaml");
  EXPECT_FALSE(loaded.calendar);
  EXPECT_EQ(faults(loaded.diagnostics),
            (Faults{"unknown-key 1:1", "bad-value 2:13", "bad-date 3:12", "out-of-range 3:24",
                    "duplicate-name 4:12", "bad-value 5:9", "bad-value 5:38", "bad-value 6:9"}));
}

TEST(CalendarFile, ANameIsAnId) {
  EXPECT_EQ(faults(load_calendar("week: [mon]", "a b", "x").diagnostics), Faults{"bad-name 1:1"});
}

TEST(Calendars, LinksWhatIsIncluded) {
  std::map<std::string, CalendarFile> files;
  files["a"] = good("a", "include: [b]\nholidays: [2026-10-12]");
  files["b"] = good("b", "include: [cn-workdays]");
  const LinkedCalendars linked = link_calendars(files);
  EXPECT_TRUE(linked.diagnostics.empty());
  const auto& a = *linked.calendars.at("a");
  EXPECT_FALSE(a.is_workday(date("2026-10-12")));
  EXPECT_FALSE(a.is_workday(date("2026-10-01")));
  EXPECT_TRUE(a.is_workday(date("2026-10-10")));
  EXPECT_FALSE(a.covers(2027));
}

TEST(Calendars, WhatCanNotBeIncludedIsAFault) {
  std::map<std::string, CalendarFile> files;
  files["loop"] = good("loop", "include: [self]");
  files["self"] = good("self", "include: [loop]");
  files["typo"] = good("typo", "include: [cn-workday]");
  files["idle"] = good("idle", "week: []");
  const LinkedCalendars linked = link_calendars(files);
  EXPECT_EQ(linked.calendars.size(), 1u);
  Faults codes;
  for (const Diagnostic& p : linked.diagnostics) codes.push_back(p.file + " " + p.code);
  EXPECT_EQ(codes, (Faults{"idle.yaml out-of-range", "self.yaml bad-value", "loop.yaml bad-value",
                           "typo.yaml unknown-calendar"}));
  EXPECT_EQ(linked.diagnostics.back().suggestion, "cn-workdays");
}

TEST(Calendars, ACircleIsNamed) {
  std::map<std::string, CalendarFile> files;
  files["a"] = good("a", "include: [b]");
  files["b"] = good("b", "include: [a]");
  files["me"] = good("me", "include: [me]");
  files["user"] = good("user", "include: [me]");
  std::vector<std::string> said;
  for (const Diagnostic& p : link_calendars(files).diagnostics) said.push_back(p.message);
  EXPECT_EQ(said, (std::vector<std::string>{"calendars include each other in a circle: a -> b -> a",
                                            "the calendar 'b' has errors",
                                            "calendars include each other in a circle: me -> me",
                                            "the calendar 'me' has errors"}));
}

TEST(Calendars, AFileReplacesTheBuiltInOne) {
  std::map<std::string, CalendarFile> files;
  files["cn-workdays"] = good("cn-workdays", "years: [2027]");
  EXPECT_TRUE(link_calendars(files).calendars.at("cn-workdays")->is_workday(date("2026-10-01")));
}

// As announced for 2023 to 2026: days off with names, and make-up days, by year.
TEST(BuiltInCalendars, ChinaIsWhole) {
  const auto calendar = link_calendars({}).calendars.at("cn-workdays");
  std::map<int, std::pair<int, int>> counts;
  for (const auto& listed : calendar->listed()) {
    auto& [off, work] = counts[listed.date.year];
    ++(listed.info.kind == schedule::DayKind::Holiday ? off : work);
    EXPECT_FALSE(listed.info.name.empty());
  }
  // 2022-12-31 is of the announcement for 2023.
  EXPECT_EQ(
      counts,
      (std::map<int, std::pair<int, int>>{
          {2022, {1, 0}}, {2023, {26, 7}}, {2024, {28, 8}}, {2025, {28, 5}}, {2026, {33, 6}}}));
  EXPECT_EQ(calendar->day(date("2026-10-01")),
            (schedule::DayInfo{schedule::DayKind::Holiday, "国庆节", "cn-workdays"}));
  EXPECT_EQ(calendar->day(date("2026-10-10")).kind, schedule::DayKind::MakeUp);
  // A make-up day is a Saturday or Sunday.
  for (const auto& listed : calendar->listed()) {
    if (listed.info.kind != schedule::DayKind::MakeUp) continue;
    const int weekday = schedule::weekday_of(listed.date);
    EXPECT_TRUE(weekday == 0 || weekday == 6) << format_date(listed.date);
  }
}

TEST(BuiltInCalendars, AMissingYearIsTold) {
  const auto calendar = link_calendars({}).calendars.at("cn-workdays");
  EXPECT_EQ(missing_year(*calendar, date("2026-10-31")), std::nullopt);
  EXPECT_EQ(missing_year(*calendar, date("2026-11-01")), 2027);
  EXPECT_EQ(missing_year(*calendar, date("2027-01-01")), 2027);
  EXPECT_EQ(missing_year(*calendar, date("2022-06-01")), 2022);
}

}  // namespace
}  // namespace gantry::spec
