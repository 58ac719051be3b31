// What the live stream remembers, and what its readers may ask for.
#include <gtest/gtest.h>

#include "api/stream_feed.h"
#include "api/stream_topics.h"

namespace gantry::api {
namespace {

model::Change run_change(std::int64_t run) {
  model::RunRow row;
  row.run = RunNo{run};
  return {Instant{}, "test", model::RunChanged{row}};
}

model::Change attempt_change(std::int64_t attempt) {
  model::AttemptRow row;
  row.id = AttemptId{attempt};
  return {Instant{}, "test", model::AttemptChanged{row}};
}

std::vector<std::int64_t> runs_of(const News& news) {
  std::vector<std::int64_t> out;
  for (const News::Item& item : news.items) out.push_back(item.touched.run.value);
  return out;
}

TEST(ChangeFeed, TellsEachObjectOnceWithItsLastPosition) {
  ChangeFeed feed;
  feed.on_recovered(Position{10});
  feed.on_commit(std::vector{run_change(1), run_change(2), run_change(1)}, Position{11});
  EXPECT_EQ(feed.position(), Position{13});
  const auto news = feed.since(Position{10}, 100);
  ASSERT_TRUE(news);
  EXPECT_EQ(runs_of(*news), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(news->items[1].position, Position{13});
  EXPECT_EQ(news->until, Position{13});
  EXPECT_FALSE(news->more);
  EXPECT_TRUE(feed.since(Position{13}, 100)->items.empty());
}

TEST(ChangeFeed, GivesNoMoreThanAskedFor) {
  ChangeFeed feed;
  feed.on_commit(std::vector{run_change(1), run_change(2), run_change(3)}, Position{1});
  const auto news = feed.since(Position{0}, 2);
  ASSERT_TRUE(news);
  EXPECT_EQ(runs_of(*news), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(news->until, Position{2});
  EXPECT_TRUE(news->more);
}

TEST(ChangeFeed, SaysWhatItHasForgottenAndWhatItNeverGave) {
  ChangeFeed feed(2);
  feed.on_commit(std::vector{run_change(1), run_change(2), run_change(3)}, Position{1});
  EXPECT_FALSE(feed.since(Position{0}, 100));
  EXPECT_TRUE(feed.since(Position{1}, 100));
  EXPECT_FALSE(feed.since(Position{4}, 100));
}

TEST(ChangeFeed, WhatWasCommittedWithoutAnAnswerIsAGap) {
  ChangeFeed feed;
  feed.on_commit(std::vector{run_change(1)}, Position{1});
  feed.on_recovered(Position{1});  // nothing was lost
  EXPECT_TRUE(feed.since(Position{0}, 100));
  feed.on_recovered(Position{3});
  EXPECT_FALSE(feed.since(Position{1}, 100));
  EXPECT_TRUE(feed.since(Position{3}, 100));
}

TEST(ChangeFeed, TellsWhetherAnAttemptMayHaveChanged) {
  ChangeFeed feed(2);
  feed.on_commit(std::vector{attempt_change(7), run_change(1)}, Position{1});
  EXPECT_TRUE(feed.may_have_changed(AttemptId{7}, Position{0}));
  EXPECT_FALSE(feed.may_have_changed(AttemptId{7}, Position{1}));
  EXPECT_FALSE(feed.may_have_changed(AttemptId{8}, Position{0}));
  feed.on_commit(std::vector{run_change(1)}, Position{3});
  EXPECT_TRUE(feed.may_have_changed(AttemptId{8}, Position{0})) << "forgotten";
}

TEST(StreamTopics, AreReadAndChecked) {
  const auto topics = parse_topics("runs, run:42,workflow:etl/sales,pools");
  ASSERT_TRUE(topics.ok());
  EXPECT_TRUE(topics->runs);
  EXPECT_TRUE(topics->pools);
  EXPECT_FALSE(topics->server);
  EXPECT_TRUE(topics->run.contains(RunNo{42}));
  EXPECT_TRUE(topics->workflow.contains("etl/sales"));
  for (const char* bad : {"", "run", "run:", "run:x", "run:-1", "run:0", "run:1x",
                          "workflow:", "runs,,pools", "all", "run:99999999999999999999"})
    EXPECT_FALSE(parse_topics(bad).ok()) << bad;
  std::string many = "runs";
  for (std::size_t i = 0; i < limits::kStreamTopicsMax; ++i) many += ",runs";
  EXPECT_FALSE(parse_topics(many).ok());
}

TEST(StreamTopics, WantWhatTheyName) {
  const auto topics = parse_topics("run:1,workflow:sales").value();
  const Touched run_1{.kind = Touched::Kind::Run, .run = RunNo{1}};
  const Touched run_2{.kind = Touched::Kind::Run, .run = RunNo{2}};
  const Touched task_2{.kind = Touched::Kind::Task, .run = RunNo{2}};
  const Touched workflow{.kind = Touched::Kind::Workflow, .workflow = WorkflowId{1}};
  EXPECT_TRUE(topics.want(run_1, "other"));
  EXPECT_FALSE(topics.want(run_2, "other"));
  EXPECT_TRUE(topics.want(run_2, "sales"));
  EXPECT_FALSE(topics.want(task_2, ""));
  EXPECT_TRUE(topics.want(workflow, "sales"));
  EXPECT_FALSE(topics.want(workflow, "other"));
}

}  // namespace
}  // namespace gantry::api
