#include "base/inbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace gantry {
namespace {

using Ints = std::vector<int>;

TEST(Inbox, KeepsTheOrder) {
  Inbox<int> inbox(10);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(inbox.push(i));
  EXPECT_EQ(inbox.drain(Duration{}), (Ints{0, 1, 2}));
  EXPECT_EQ(inbox.drain(Duration{}), Ints{});
}

TEST(Inbox, RefusesWhenFull) {
  Inbox<int> inbox(2);
  EXPECT_TRUE(inbox.push(1));
  EXPECT_TRUE(inbox.push(2));
  EXPECT_FALSE(inbox.push(3));
  EXPECT_TRUE(inbox.push_always(4));
  EXPECT_EQ(inbox.drain(std::nullopt), (Ints{1, 2, 4}));
  EXPECT_TRUE(inbox.push(5));
}

TEST(Inbox, ClosedRefusesButGivesUpWhatItHas) {
  Inbox<int> inbox(2);
  EXPECT_TRUE(inbox.push(1));
  inbox.close();
  EXPECT_TRUE(inbox.closed());
  EXPECT_FALSE(inbox.push(2));
  EXPECT_FALSE(inbox.push_always(2));
  EXPECT_EQ(inbox.drain(std::nullopt), Ints{1});
  EXPECT_EQ(inbox.drain(std::nullopt), Ints{});  // does not wait for what can not come
}

TEST(Inbox, AWakeIsRememberedOnce) {
  Inbox<int> inbox(2);
  inbox.wake();
  inbox.wake();
  EXPECT_EQ(inbox.drain(std::nullopt), Ints{});
  EXPECT_EQ(inbox.drain(Duration{}), Ints{});
}

TEST(Inbox, TakesWhatCanOnlyBeMoved) {
  Inbox<std::unique_ptr<int>> inbox(1);
  EXPECT_TRUE(inbox.push(std::make_unique<int>(7)));
  EXPECT_EQ(*inbox.drain(Duration{}).at(0), 7);
}

TEST(Inbox, NegativeWaitsDoNotWait) {
  Inbox<int> inbox(1);
  EXPECT_EQ(inbox.drain(seconds(-5)), Ints{});
  EXPECT_EQ(inbox.drain(Duration{std::numeric_limits<std::int64_t>::min()}), Ints{});
}

// The longest Duration does not fit the standard library's clock; it must wait, not spin.
TEST(Inbox, TheLongestWaitEndsWithAnItem) {
  Inbox<int> inbox(1);
  std::atomic<bool> draining = false;
  std::thread producer([&] {
    while (!draining) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();  // most likely it waits now
    EXPECT_TRUE(inbox.push(1));
  });
  draining = true;
  EXPECT_EQ(inbox.drain(Duration{std::numeric_limits<std::int64_t>::max()}), Ints{1});
  producer.join();
}

TEST(Inbox, WaitsForAnotherThread) {
  constexpr int kThreads = 4, kEach = 5000;
  Inbox<int> inbox(100);
  std::vector<std::thread> producers;
  for (int t = 0; t < kThreads; ++t)
    producers.emplace_back([&inbox, t] {
      for (int i = 0; i < kEach; ++i)
        while (!inbox.push(t * kEach + i)) std::this_thread::yield();
    });
  std::vector<int> last(kThreads, -1);
  int count = 0;
  while (count < kThreads * kEach) {
    for (const int item : inbox.drain(std::nullopt)) {
      int& before = last[static_cast<std::size_t>(item / kEach)];
      EXPECT_EQ(item % kEach,
                before + 1);  // each thread's items in its order, none lost or doubled
      before = item % kEach;
      ++count;
    }
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(inbox.drain(Duration{}), Ints{});
}

}  // namespace
}  // namespace gantry
