#include "net/loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>

#include "base/clock.h"
#include "net/loop_state.h"

namespace gantry::net {

namespace {

using ErrorCode = boost::system::error_code;
constexpr Duration kDelayMax = days(36'500);  // later than that would overflow Asio's arithmetic
constexpr std::size_t kReadyMax = 64;         // descriptors served before sockets get their turn

// Boot time goes on while the machine is suspended, as the delays of workflows must.
struct BootClock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  [[maybe_unused]] static constexpr bool is_steady = true;
  static time_point now() { return time_point(duration(SystemClock().since_boot().us)); }
};

// Owned by its registration and by the pending wait, so a task may end its own registration.
class Timer : public std::enable_shared_from_this<Timer> {
 public:
  Timer(boost::asio::io_context& io, std::function<void()> task, Duration period)
      : timer_(io), task_(std::move(task)), period_(period) {}

  void start(Duration delay) {
    due_ = BootClock::now() + std::chrono::microseconds(std::clamp(delay, {}, kDelayMax).us);
    wait();
  }
  void cancel() {
    cancelled_ = true;
    timer_.cancel();
  }

 private:
  void wait() {
    timer_.expires_at(due_);
    timer_.async_wait([self = shared_from_this()](ErrorCode error) {
      if (!error) self->fire();
    });
  }
  void fire() {
    // A wait that was over when cancel() came can not be called back; the flag can.
    if (cancelled_) return;
    task_();
    if (cancelled_ || period_ == Duration{}) return;
    const std::chrono::microseconds period(period_.us);
    due_ = std::max(due_ + period, BootClock::now());  // late ones are skipped, not made up
    wait();
  }

  boost::asio::basic_waitable_timer<BootClock> timer_;
  std::function<void()> task_;
  Duration period_;  // zero: once
  BootClock::time_point due_;
  bool cancelled_ = false;
};

class SignalWait : public std::enable_shared_from_this<SignalWait> {
 public:
  SignalWait(boost::asio::io_context& io, std::function<void(int)> task)
      : set_(io), task_(std::move(task)) {}

  void start(const std::vector<int>& signals) {
    for (const int signal : signals) {
      ErrorCode error;
      set_.add(signal, error);
      CHECK(!error);
    }
    wait();
  }
  void cancel() {
    cancelled_ = true;
    ErrorCode error;
    set_.clear(error);
    set_.cancel(error);
  }

 private:
  void wait() {
    set_.async_wait([self = shared_from_this()](ErrorCode error, int signal) {
      if (error || self->cancelled_) return;
      self->task_(signal);
      if (!self->cancelled_) self->wait();
    });
  }

  boost::asio::signal_set set_;
  std::function<void(int)> task_;
  bool cancelled_ = false;
};

template <typename Waiting>
class Cancelling : public Registration {
 public:
  explicit Cancelling(std::shared_ptr<Waiting> waiting) : waiting_(std::move(waiting)) {}
  ~Cancelling() override { waiting_->cancel(); }
  Cancelling(const Cancelling&) = delete;
  Cancelling& operator=(const Cancelling&) = delete;

 private:
  std::shared_ptr<Waiting> waiting_;
};

class Watch : public Registration {
 public:
  Watch(Loop::State& state, int fd, std::function<void()> task)
      : state_(state), fd_(fd), id_(state.watch(fd, std::move(task))) {}
  ~Watch() override { state_.unwatch(id_, fd_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  Loop::State& state_;
  int fd_;
  std::uint64_t id_;
};

}  // namespace

Loop::State::State() : epoll(::epoll_create1(EPOLL_CLOEXEC)), epoll_watch(io) {
  CHECK(epoll.valid());
  epoll_watch.assign(epoll.get());
  await_ready();
}

Loop::State::~State() {
  // Tasks may own timers and sockets, so they go while Asio is whole.
  std::map<std::uint64_t, ReadyTask>().swap(ready_tasks);
  epoll_watch.release();  // closed by `epoll`
}

std::uint64_t Loop::State::watch(int fd, std::function<void()> task) {
  const std::uint64_t id = next_id++;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  CHECK(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  ready_tasks.emplace(id, std::make_shared<std::function<void()>>(std::move(task)));
  return id;
}

void Loop::State::unwatch(std::uint64_t id, int fd) {
  if (ready_tasks.erase(id) == 0) return;
  // Fails if the fd was closed before its Handle: events of its successor could be lost.
  CHECK(::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, fd, nullptr) == 0);
}

void Loop::State::await_ready() {
  epoll_watch.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](ErrorCode error) {
    if (error) return;
    call_ready();
    await_ready();
  });
}

void Loop::State::call_ready() {
  std::array<epoll_event, kReadyMax> events;
  const int count = ::epoll_wait(epoll.get(), events.data(), kReadyMax, 0);
  for (int i = 0; i < count; ++i) {
    // An earlier task of this batch may have ended the registration of a later one.
    const auto found = ready_tasks.find(events[static_cast<std::size_t>(i)].data.u64);
    if (found == ready_tasks.end()) continue;
    const ReadyTask task = found->second;
    (*task)();
  }
}

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

void Loop::run() {
  state_->io.run();
  state_->io.restart();
}

void Loop::stop() { state_->io.stop(); }

void Loop::post(std::function<void()> task) { boost::asio::post(state_->io, std::move(task)); }

Handle Loop::after(Duration delay, std::function<void()> task) {
  auto timer = std::make_shared<Timer>(state_->io, std::move(task), Duration{});
  timer->start(delay);
  return std::make_unique<Cancelling<Timer>>(std::move(timer));
}

Handle Loop::every(Duration period, std::function<void()> task) {
  CHECK(period > Duration{});
  auto timer = std::make_shared<Timer>(state_->io, std::move(task), std::min(period, kDelayMax));
  timer->start(period);
  return std::make_unique<Cancelling<Timer>>(std::move(timer));
}

Handle Loop::on_readable(int fd, std::function<void()> task) {
  return std::make_unique<Watch>(*state_, fd, std::move(task));
}

Handle Loop::on_signals(const std::vector<int>& signals, std::function<void(int)> task) {
  auto waiting = std::make_shared<SignalWait>(state_->io, std::move(task));
  waiting->start(signals);
  return std::make_unique<Cancelling<SignalWait>>(std::move(waiting));
}

}  // namespace gantry::net
