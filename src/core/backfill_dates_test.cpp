// Which dates a backfill has.
#include <gtest/gtest.h>

#include "core/backfill_dates.h"

namespace gantry::core {
namespace {

using model::DateFate;
using model::RunState;

class BackfillDates : public testing::Test {
 protected:
  BackfillDates() {
    workflow_.name = "w";
    workflow_.timezone = "Asia/Shanghai";
    trigger_.id = "t";
    trigger_.kind = model::TriggerKind::Cron;
    trigger_.cron = "0 2 * * 1-5";
    trigger_.timezone = "Asia/Shanghai";
    trigger_.timer = model::TimerDetails{};
    wanted_.first = CivilDate{2026, 10, 1};
    wanted_.last = CivilDate{2026, 10, 11};
  }

  // Days of the month; skipped ones in brackets.
  std::string dates() {
    const auto found = backfill_dates(wanted_, workflow_, &trigger_, calendars_, now_);
    if (!found.ok()) return found.error().message;
    std::string out;
    for (const model::BackfillDate& date : *found) {
      const std::string day = std::to_string(date.date.day);
      out += (out.empty() ? "" : " ") + (date.fate == DateFate::Skipped ? "[" + day + "]" : day);
    }
    return out;
  }

  model::Workflow workflow_;
  model::Trigger trigger_;
  DatesWanted wanted_;
  model::Calendars calendars_;
  Instant now_ = parse_instant("2026-11-22T02:00:00Z").value();
};

TEST_F(BackfillDates, EveryDayInEitherOrder) {
  EXPECT_EQ(dates(), "1 2 3 4 5 6 7 8 9 10 11");
  wanted_.reverse = true;
  wanted_.last = CivilDate{2026, 10, 3};
  EXPECT_EQ(dates(), "3 2 1");
}

TEST_F(BackfillDates, OnWhichTheTriggerFires) {
  wanted_.days = DaysWanted::Scheduled;
  EXPECT_EQ(dates(), "1 2 5 6 7 8 9");
  trigger_.cron = "0 2 * * 0";
  EXPECT_EQ(dates(), "4 11");
  trigger_.cron = "0 2 31 * *";
  EXPECT_NE(dates().find("fires on none"), std::string::npos);
}

TEST_F(BackfillDates, WorkingDays) {
  schedule::CalendarParts parts;
  parts.name = "cn";
  for (int day = 1; day <= 7; ++day) parts.holidays[{2026, 10, day}] = "National Day";
  parts.workdays[{2026, 10, 10}] = "";
  wanted_.calendar = schedule::Calendar::make(parts).value();
  wanted_.days = DaysWanted::Working;
  EXPECT_EQ(dates(), "[1] [2] [3] [4] [5] [6] [7] 8 9 10 [11]");
  const auto found = backfill_dates(wanted_, workflow_, nullptr, {}, now_).value();
  EXPECT_EQ(found[0].message, "a day off in cn (National Day)");
}

TEST_F(BackfillDates, AList) {
  wanted_.dates = {{2026, 10, 9}, {2026, 10, 3}};
  wanted_.days = DaysWanted::Scheduled;
  EXPECT_EQ(dates(), "3 9") << "a list means what it says";
  wanted_.dates.push_back({2026, 10, 3});
  EXPECT_EQ(dates(), "2026-10-03 is listed twice");
}

TEST_F(BackfillDates, WhatCanNotBe) {
  wanted_.last = CivilDate{2026, 9, 30};
  EXPECT_NE(dates().find("after 'to'"), std::string::npos);
  wanted_.last = CivilDate{2026, 11, 22};
  EXPECT_EQ(dates().substr(0, 5), "1 2 3") << "today is no future";
  wanted_.last = CivilDate{2026, 11, 23};
  EXPECT_NE(dates().find("2026-11-23 lies in the future"), std::string::npos);
  wanted_.first = CivilDate{1990, 1, 1};
  wanted_.last = CivilDate{2026, 11, 22};
  EXPECT_NE(dates().find("at most 10000"), std::string::npos);
  wanted_.first = CivilDate{1, 1, 1};
  EXPECT_NE(dates().find("more than 36600 days"), std::string::npos);
}

TEST_F(BackfillDates, ADateWhoseTimerIsStillToFireIsItsOwn) {
  trigger_.cron = "0 18 * * *";
  wanted_.first = wanted_.last = CivilDate{2026, 11, 22};
  EXPECT_NE(dates().find("makes the run of 2026-11-22 itself, at 2026-11-22T10:00:00"),
            std::string::npos)
      << dates();
  now_ = parse_instant("2026-11-22T10:00:00Z").value();
  EXPECT_EQ(dates(), "22");
}

TEST_F(BackfillDates, AFiringThatWorkingDaysMoveKeepsItsDate) {
  schedule::CalendarParts parts;
  parts.name = "cn";
  for (int day = 1; day <= 7; ++day) parts.holidays[{2026, 10, day}] = "National Day";
  calendars_ = {{"cn", schedule::Calendar::make(parts).value()}};
  model::TimerDetails details;
  details.calendar = "cn";
  details.on_holiday = model::OnHoliday::After;
  trigger_.timer = details;
  trigger_.cron = "0 2 1,8 * *";
  wanted_.days = DaysWanted::Scheduled;
  // The firing of the 1st comes on the 8th, as does that of the 8th itself: they are one.
  EXPECT_EQ(dates(), "8");
  trigger_.cron = "0 2 1,9 * *";
  EXPECT_EQ(dates(), "1 9");
  wanted_.dates = {{2026, 10, 1}};
  now_ = parse_instant("2026-10-05T00:00:00Z").value();
  EXPECT_NE(dates().find("makes the run of 2026-10-01 itself, at 2026-10-07T18:00"),
            std::string::npos)
      << dates();
  calendars_.clear();
  EXPECT_EQ(dates(), "there is no calendar 'cn'");
}

TEST_F(BackfillDates, WhatAnOtherBackfillHas) {
  wanted_.last = CivilDate{2026, 10, 2};
  auto dates = backfill_dates(wanted_, workflow_, nullptr, {}, now_).value();
  skip_planned(dates, {{{2026, 10, 2}, BackfillId{3}}});
  EXPECT_EQ(dates[0].fate, DateFate::Pending);
  EXPECT_EQ(dates[1].fate, DateFate::Skipped);
  EXPECT_EQ(dates[1].message, "backfill 3 has it");
}

TEST_F(BackfillDates, WhatWasRunBefore) {
  wanted_.last = CivilDate{2026, 10, 4};
  const std::vector<model::DateRun> runs{{{2026, 10, 1}, RunNo{7}, RunState::Succeeded},
                                         {{2026, 10, 2}, RunNo{8}, RunState::Failed},
                                         {{2026, 10, 3}, RunNo{9}, RunState::Running}};
  const auto left = [&](AlreadyRun policy) {
    auto dates = backfill_dates(wanted_, workflow_, nullptr, {}, now_).value();
    skip_already_run(dates, runs, policy);
    std::string out;
    for (const model::BackfillDate& date : dates)
      if (date.fate == DateFate::Pending) out += std::to_string(date.date.day);
    return out;
  };
  EXPECT_EQ(left(AlreadyRun::Skip), "4");
  EXPECT_EQ(left(AlreadyRun::Failed), "24");
  EXPECT_EQ(left(AlreadyRun::All), "1234");
}

}  // namespace
}  // namespace gantry::core
