#include "net/loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "base/clock.h"
#include "base/fd.h"

namespace gantry::net {
namespace {

struct Pipe {
  Fd read;
  Fd write;
  Pipe() {
    std::array<int, 2> fds{};
    CHECK(::pipe2(fds.data(), O_CLOEXEC) == 0);
    read = Fd(fds[0]);
    write = Fd(fds[1]);
  }
  void put(std::string_view bytes) const {
    CHECK(::write(write.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  char take() const {
    char byte = 0;
    CHECK(::read(read.get(), &byte, 1) == 1);
    return byte;
  }
};

TEST(Loop, TimersFireInTheOrderOfTheirTimes) {
  Loop loop;
  std::string order;
  const Handle c = loop.after(milliseconds(9), [&] {
    order += 'c';
    loop.stop();
  });
  const Handle a = loop.after(milliseconds(1), [&] { order += 'a'; });
  const Handle b = loop.after(milliseconds(5), [&] { order += 'b'; });
  const Handle at_once = loop.after(milliseconds(-5), [&] { order += '0'; });
  loop.run();
  EXPECT_EQ(order, "0abc");
}

TEST(Loop, ATimerIsNeverEarly) {
  Loop loop;
  const SystemClock clock;
  const Duration start = clock.since_boot();
  Duration fired;
  const Handle timer = loop.after(milliseconds(20), [&] {
    fired = clock.since_boot();
    loop.stop();
  });
  loop.run();
  EXPECT_GE(fired - start, milliseconds(20));
}

TEST(Loop, AnEndlessDelayDoesNotFire) {
  Loop loop;
  bool fired = false;
  const Handle never =
      loop.after({std::numeric_limits<std::int64_t>::max()}, [&] { fired = true; });
  const Handle end = loop.after(milliseconds(2), [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(fired);
}

TEST(Loop, ADroppedTimerDoesNotFireEvenIfItsTimeHasCome) {
  Loop loop;
  bool fired = false;
  Handle dropped;
  // Both are due when the loop looks; the first takes the second away.
  const Handle first = loop.after({}, [&] {
    dropped.reset();
    loop.post([&] { loop.stop(); });
  });
  dropped = loop.after({}, [&] { fired = true; });
  const SystemClock clock;
  const Duration start = clock.since_boot();
  while (clock.since_boot() - start < microseconds(200)) {
  }
  loop.run();
  EXPECT_FALSE(fired);
}

TEST(Loop, EveryRepeatsUntilItsTaskDropsTheHandle) {
  Loop loop;
  int calls = 0;
  Handle timer;
  Handle end;
  timer = loop.every(milliseconds(1), [&] {
    if (++calls < 3) return;
    timer.reset();
    end = loop.after(milliseconds(5), [&] { loop.stop(); });
  });
  loop.run();
  EXPECT_EQ(calls, 3);
}

TEST(Loop, ReadableFiresAgainUntilEverythingIsRead) {
  Loop loop;
  const Pipe pipe;
  pipe.put("abc");
  std::string got;
  const Handle watch = loop.on_readable(pipe.read.get(), [&] {
    got += pipe.take();  // one byte at a time: edge triggering would stop after the first
    if (got.size() == 3) pipe.put("d");
    if (got.size() == 4) loop.stop();
  });
  loop.run();
  EXPECT_EQ(got, "abcd");
}

TEST(Loop, ReadableTellsTheEnd) {
  Loop loop;
  Pipe pipe;
  pipe.write.reset();
  bool ended = false;
  const Handle watch = loop.on_readable(pipe.read.get(), [&] {
    char byte = 0;
    ended = ::read(pipe.read.get(), &byte, 1) == 0;
    loop.stop();
  });
  loop.run();
  EXPECT_TRUE(ended);
}

TEST(Loop, AWatchMayDropItselfAndTheOthersOfItsBatch) {
  Loop loop;
  const Pipe one;
  const Pipe two;
  one.put("x");
  two.put("x");
  int calls = 0;
  Handle a;
  Handle b;
  const auto task = [&] {
    ++calls;
    a.reset();
    b.reset();
    loop.post([&] { loop.stop(); });
  };
  a = loop.on_readable(one.read.get(), task);
  b = loop.on_readable(two.read.get(), task);
  loop.run();
  EXPECT_EQ(calls, 1);
}

TEST(Loop, AWatchedDescriptorStaysTheCallers) {
  Loop loop;
  const Pipe pipe;
  {
    const Handle watch = loop.on_readable(pipe.read.get(), [] {});
  }
  EXPECT_EQ(::fcntl(pipe.read.get(), F_GETFL) & O_NONBLOCK, 0);
  pipe.put("y");
  EXPECT_EQ(pipe.take(), 'y');
  const Handle again = loop.on_readable(pipe.read.get(), [] {});  // free to be watched again
}

TEST(Loop, ManyWatchesAllFire) {
  Loop loop;
  std::vector<Fd> fds;
  std::vector<Handle> watches;
  std::size_t fired = 0;
  constexpr std::size_t kMany = 300;
  for (std::size_t i = 0; i < kMany; ++i) {
    const int fd = ::eventfd(1, EFD_CLOEXEC);
    fds.emplace_back(fd);
    watches.push_back(loop.on_readable(fd, [&fired, &loop, fd] {
      std::uint64_t value = 0;
      CHECK(::read(fd, &value, sizeof value) == sizeof value);
      if (++fired == kMany) loop.stop();
    }));
  }
  loop.run();
  EXPECT_EQ(fired, kMany);
}

TEST(LoopDeathTest, ADescriptorClosedBeforeItsHandleIsABug) {
  EXPECT_DEATH(
      {
        Loop loop;
        Pipe pipe;
        const Handle watch = loop.on_readable(pipe.read.get(), [] {});
        pipe.read.reset();
      },
      "epoll_ctl");
}

TEST(Loop, PostsFromManyThreadsAllRunOnTheLoopThread) {
  Loop loop;
  constexpr int kThreads = 8;
  constexpr int kEach = 1'000;
  int ran = 0;  // no lock: only the loop thread touches it
  bool elsewhere = false;
  const auto loop_thread = std::this_thread::get_id();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i)
        loop.post([&] {
          elsewhere = elsewhere || std::this_thread::get_id() != loop_thread;
          if (++ran == kThreads * kEach) loop.stop();
        });
    });
  loop.run();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ran, kThreads * kEach);
  EXPECT_FALSE(elsewhere);
}

TEST(Loop, RunCanBeCalledAgainAndAnEarlyStopCounts) {
  Loop loop;
  int ran = 0;
  loop.stop();
  loop.post([&] { ++ran; });
  loop.run();
  EXPECT_EQ(ran, 0);
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(ran, 1);
}

TEST(Loop, SignalsArriveUntilTheHandleGoes) {
  Loop loop;
  std::vector<int> seen;
  Handle signals = loop.on_signals({SIGUSR1, SIGUSR2}, [&](int signal) {
    seen.push_back(signal);
    if (seen.size() == 1) ::raise(SIGUSR2);
    if (seen.size() == 2) loop.stop();
  });
  ::raise(SIGUSR1);
  loop.run();
  EXPECT_EQ(seen, (std::vector<int>{SIGUSR1, SIGUSR2}));
}

TEST(Loop, TasksThatOwnHandlesMayDieWithTheLoop) {
  const Pipe pipe;
  auto loop = std::make_unique<Loop>();
  auto timer = std::make_shared<Handle>(loop->after(hours(1), [] {}));
  auto watch = std::make_shared<Handle>(loop->on_readable(pipe.read.get(), [timer] {}));
  loop->post([watch, timer] {});
  timer.reset();
  watch.reset();
  loop.reset();
  pipe.put("z");
  EXPECT_EQ(pipe.take(), 'z');
}

}  // namespace
}  // namespace gantry::net
