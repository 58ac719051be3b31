// Backfills and the runs of dates, the same for every store.
#include "contract_fixture.h"

namespace gantry::store {
namespace {

using namespace model;

class BackfillContract : public StoreContract {};

CivilDate day(int number) { return {2026, 11, number}; }

BackfillRow backfill_row(std::int64_t id, const std::string& workflow = "sales") {
  BackfillRow row;
  row.id = BackfillId{id};
  row.workflow = WorkflowId{1};
  row.workflow_name = workflow;
  row.trigger = "nightly";
  row.params = ValueMap{{"region", "north"}};
  row.parallel = 3;
  row.created_by = "ann";
  row.key = "k" + std::to_string(id);
  row.asked = "h" + std::to_string(id);
  row.created_at = Instant{id * 10};
  return row;
}

std::vector<BackfillDate> dates_of(int count) {
  std::vector<BackfillDate> dates;
  for (int i = 1; i <= count; ++i) dates.push_back({day(i), DateFate::Pending, {}, ""});
  return dates;
}

Change begun(BackfillRow row, std::vector<BackfillDate> dates) {
  return change(BackfillBegun{std::move(row),
                              std::make_shared<const std::vector<BackfillDate>>(std::move(dates))});
}

Change put(std::int64_t id, int place, BackfillDate date) {
  return change(BackfillDateChanged{BackfillId{id}, place, std::move(date)});
}

TEST_P(BackfillContract, AnOpenOneIsLoadedAsItIs) {
  auto dates = dates_of(3);
  commit({begun(backfill_row(1), dates), begun(backfill_row(2), dates)});
  dates[0] = {day(1), DateFate::Running, RunNo{7}, ""};
  dates[1] = {day(2), DateFate::Refused, {}, "why not", "为何"};
  BackfillRow paused = backfill_row(1), ended = backfill_row(2);
  paused.state = BackfillState::Paused;
  paused.note = "ann";
  paused.note_zh = "安";
  ended.state = BackfillState::Finished;
  ended.ended_at = Instant{99};
  commit({put(1, 0, dates[0]), put(1, 1, dates[1]), change(BackfillChanged{paused}),
          change(BackfillChanged{ended})});
  restart();
  EXPECT_EQ(loaded(), describe({begun(paused, dates)}));
  EXPECT_EQ(load_all(*store_).value().recovery.last_backfill, BackfillId{2});
  const auto r = reader();
  EXPECT_EQ(r->backfill(BackfillId{2}).value().row, ended);
  const BackfillView view = r->backfill(BackfillId{1}).value();
  EXPECT_EQ(view.row, paused);
  EXPECT_EQ(view.dates, (std::array<std::int64_t, kDateFates>{1, 1, 0, 0, 0, 0, 1}));
  EXPECT_EQ(r->backfill(BackfillId{3}).error().code, Code::NotFound);
}

TEST_P(BackfillContract, ListsHaveEveryFilter) {
  for (std::int64_t id = 1; id <= 5; ++id)
    commit({begun(backfill_row(id, id % 2 == 0 ? "even" : "odd"), dates_of(1))});
  BackfillRow cancelled = backfill_row(3, "odd");
  cancelled.state = BackfillState::Cancelled;
  commit({change(BackfillChanged{cancelled})});
  const auto listed = [&](const BackfillFilter& filter) {
    std::string out;
    Page page{2, ""};
    do {
      const auto rows = reader()->backfills(filter, page).value();
      for (const BackfillView& view : rows.rows) out += std::to_string(view.row.id.value);
      page.cursor = rows.next_cursor;
    } while (!page.cursor.empty());
    return out;
  };
  EXPECT_EQ(listed({}), "54321");
  EXPECT_EQ(listed({.workflow = "odd"}), "531");
  EXPECT_EQ(listed({.workflow = "odd", .state = BackfillState::Running}), "51");
  EXPECT_EQ(reader()->backfill_by_key("even", "k2").value(), BackfillId{2});
  EXPECT_EQ(reader()->backfill_by_key("odd", "k2").value(), std::nullopt);
  EXPECT_EQ(reader()->backfill_by_key("odd", "").value(), std::nullopt);
}

TEST_P(BackfillContract, DatesComeInPagesInTheirOrder) {
  commit({begun(backfill_row(1), dates_of(5))});
  commit({put(1, 1, {day(2), DateFate::Skipped, {}, "a day off"}),
          put(1, 3, {day(4), DateFate::Skipped, {}, ""})});
  const auto listed = [&](std::optional<DateFate> fate) {
    std::string out;
    Page page{2, ""};
    do {
      const auto rows = reader()->backfill_dates(BackfillId{1}, fate, page).value();
      for (const BackfillDate& date : rows.rows) out += std::to_string(date.date.day);
      page.cursor = rows.next_cursor;
    } while (!page.cursor.empty());
    return out;
  };
  EXPECT_EQ(listed({}), "12345");
  EXPECT_EQ(listed(DateFate::Skipped), "24");
  EXPECT_EQ(listed(DateFate::Pending), "135");
  EXPECT_EQ(reader()->backfill_dates(BackfillId{2}, {}, {}).error().code, Code::NotFound);
  EXPECT_EQ(reader()->backfill_dates(BackfillId{1}, {}, {2, "x"}).error().code,
            Code::InvalidArgument);
}

TEST_P(BackfillContract, TheNewestRunOfEachDateCounts) {
  commit(workflow_changes(1, "sales"));
  const auto made = [](std::int64_t no, int number, CauseKind cause) {
    RunOrigin origin = origin_of(no, 1, "sales");
    origin.cause = cause;
    origin.dates.date = day(number);
    origin.trigger = no % 2 == 0 ? "even" : "odd";
    return created(origin);
  };
  RunRow failed;
  failed.run = RunNo{3};
  failed.state = RunState::Failed;
  commit({made(1, 1, CauseKind::Timer), made(2, 2, CauseKind::CatchUp),
          made(3, 1, CauseKind::Backfill), made(4, 3, CauseKind::Request),
          made(5, 9, CauseKind::Timer), change(RunChanged{failed})});
  const auto runs = reader()->runs_by_date("sales", "", day(1), day(8));
  ASSERT_TRUE(runs.ok()) << runs.error().message;
  EXPECT_EQ(*runs, (std::vector<DateRun>{{day(1), RunNo{3}, RunState::Failed},
                                         {day(2), RunNo{2}, RunState::Queued}}));
  EXPECT_EQ(reader()->runs_by_date("sales", "even", day(1), day(8)).value(),
            (std::vector<DateRun>{{day(2), RunNo{2}, RunState::Queued}}));
  EXPECT_EQ(reader()->runs_by_date("none", "", day(1), day(2)).error().code, Code::NotFound);
}

TEST_P(BackfillContract, WhatOpenOnesHaveStillToBegin) {
  BackfillRow ended = backfill_row(3), other = backfill_row(4);
  ended.ended_at = Instant{50};
  other.trigger = "";
  commit({begun(backfill_row(1), dates_of(3)), begun(backfill_row(2, "etl"), dates_of(5)),
          begun(ended, dates_of(5)), begun(other, dates_of(5)),
          put(1, 1, {day(2), DateFate::Running, RunNo{7}, ""})});
  EXPECT_EQ(reader()->planned_dates("sales", "nightly").value(),
            (std::map<CivilDate, BackfillId>{{day(1), BackfillId{1}}, {day(3), BackfillId{1}}}));
  EXPECT_TRUE(reader()->planned_dates("sales", "hourly").value().empty());
}

TEST_P(BackfillContract, RetentionTakesThoseThatEnded) {
  BackfillRow ended = backfill_row(1);
  ended.state = BackfillState::Finished;
  ended.ended_at = Instant{50};
  commit({begun(ended, dates_of(2)), begun(backfill_row(2), dates_of(2))});
  const auto retain = [&](Instant before) {
    RetentionCut cut;
    cut.now = cut.runs_before = before;
    for (bool more = true; more;) more = store_->retain(cut).value().more;
  };
  retain(Instant{40});
  EXPECT_TRUE(reader()->backfill(BackfillId{1}).ok());
  retain(Instant{60});
  EXPECT_EQ(reader()->backfill(BackfillId{1}).error().code, Code::NotFound);
  EXPECT_TRUE(reader()->backfill(BackfillId{2}).ok());
}

INSTANTIATE_TEST_SUITE_P(Stores, BackfillContract, testing::ValuesIn(kStores),
                         [](const auto& instance) { return instance.param.first; });

}  // namespace
}  // namespace gantry::store
