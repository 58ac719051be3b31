#include "base/workers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <vector>

namespace gantry {
namespace {

// Keeps every thread of the pool busy until open() is called.
class Gate {
 public:
  void wait() { opened_.wait(); }
  void open() { promise_.set_value(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> opened_ = promise_.get_future().share();
};

TEST(Workers, RunsEveryAcceptedJobOnce) {
  constexpr int kJobs = 1000;
  std::vector<std::atomic<int>> runs(kJobs);
  {
    Workers workers(4, kJobs);
    for (auto& count : runs) ASSERT_TRUE(workers.post([&count] { ++count; }));
  }
  for (const auto& count : runs) EXPECT_EQ(count, 1);
}

TEST(Workers, OneThreadKeepsTheOrder) {
  std::vector<int> order;
  {
    Workers workers(1, 100);
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(workers.post([&order, i] { order.push_back(i); }));
  }
  ASSERT_EQ(order.size(), 50u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Workers, AFullQueueRefusesAndTheJobNeverRuns) {
  Gate gate;
  std::promise<void> taken;
  std::atomic<bool> refused_ran = false;
  Workers workers(1, 2);
  ASSERT_TRUE(workers.post([&] {
    taken.set_value();
    gate.wait();
  }));
  taken.get_future().wait();
  EXPECT_TRUE(workers.post([] {}));
  EXPECT_TRUE(workers.post([] {}));
  EXPECT_EQ(workers.waiting(), 2u);
  EXPECT_FALSE(workers.post([&] { refused_ran = true; }));
  gate.open();
  workers.stop();
  EXPECT_FALSE(refused_ran);
  EXPECT_EQ(workers.waiting(), 0u);
}

TEST(Workers, JobsRunOnDifferentThreadsAtOnce) {
  Gate gate;
  std::promise<void> first;
  std::promise<void> second;
  Workers workers(2, 10);  // last, so that its threads end before what their jobs use
  ASSERT_TRUE(workers.post([&] {
    first.set_value();
    gate.wait();
  }));
  ASSERT_TRUE(workers.post([&] {
    second.set_value();
    gate.wait();
  }));
  first.get_future().wait();
  second.get_future().wait();  // would never come if one thread did both
  gate.open();
}

TEST(Workers, AfterStopNothingIsAccepted) {
  Workers workers(2, 10);
  workers.stop();
  EXPECT_FALSE(workers.post([] { FAIL(); }));
}

TEST(Workers, AJobMayPostAnother) {
  std::promise<void> done;
  Workers workers(1, 10);
  ASSERT_TRUE(workers.post([&] { EXPECT_TRUE(workers.post([&] { done.set_value(); })); }));
  done.get_future().wait();
}

}  // namespace
}  // namespace gantry
