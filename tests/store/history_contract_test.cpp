// What every Store must do with the history.
#include <fmt/format.h>

#include "contract_fixture.h"

namespace gantry::store {
namespace {

using namespace model;

class HistoryContract : public StoreContract {};

TEST_P(HistoryContract, HistoryHasNoGapAndNamesTasks) {
  commit(workflow_changes(1, "sales"));
  commit(finished_run(1, 1, "sales", 2));
  auto read = reader();
  const auto others = read->history(RunNo{}, {}).value().rows;
  const auto own = read->history(RunNo{1}, {}).value().rows;
  ASSERT_EQ(others.size(), 2u);
  ASSERT_EQ(own.size(), 12u);
  EXPECT_EQ(others[0].what, "version_stored");
  EXPECT_EQ(others[0].actor, "loader");
  EXPECT_EQ(own.front().what, "run_created");
  EXPECT_EQ(own.back().what, "run_closed");
  EXPECT_EQ(own[2].task, "task-0");
  EXPECT_EQ(own[6].task, "task-1");
  EXPECT_EQ(own[2].details, R"({"state":"running"})");
  for (std::size_t i = 0; i < own.size(); ++i)
    EXPECT_EQ(own[i].position.value, static_cast<std::int64_t>(i) + 3);
}

TEST_P(HistoryContract, HistoryNamesSurviveARestart) {
  commit(workflow_changes(1, "sales"));
  commit({created(origin_of(1, 1, "sales"))});
  restart();
  commit({change(TaskChanged{task_row(1, 1, TaskState::Queued)}),
          change(TaskChanged{task_row(1, 99, TaskState::Queued)}),
          change(TriggerMoved{{WorkflowId{1}, "t", Instant{0}}})});
  auto read = reader();
  const auto own = read->history(RunNo{1}, {}).value().rows;
  EXPECT_EQ(own[1].task, "task-1");
  EXPECT_EQ(own[2].task, "#99");
  EXPECT_TRUE(
      read->history(RunNo{}, {}).value().rows.back().details.starts_with(R"({"workflow":"sales")"));
}

TEST_P(HistoryContract, HistoryPagesMeet) {
  commit(workflow_changes(1, "sales"));
  commit(finished_run(1, 1, "sales", 30));
  auto read = reader();
  std::vector<std::int64_t> positions;
  Page page{7, ""};
  do {
    const auto rows = read->history(RunNo{1}, page);
    ASSERT_TRUE(rows.ok()) << rows.error().message;
    EXPECT_LE(rows.value().rows.size(), 7u);
    for (const auto& h : rows.value().rows) positions.push_back(h.position.value);
    page.cursor = rows.value().next_cursor;
  } while (!page.cursor.empty());
  ASSERT_EQ(positions.size(), 124u);
  for (std::size_t i = 0; i < positions.size(); ++i)
    EXPECT_EQ(positions[i], static_cast<std::int64_t>(i) + 3);
}

INSTANTIATE_TEST_SUITE_P(Stores, HistoryContract, testing::ValuesIn(kStores),
                         [](const auto& instance) { return instance.param.first; });

}  // namespace
}  // namespace gantry::store
