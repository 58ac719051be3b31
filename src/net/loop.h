// Loop: the one thread for sockets, timers, signals and shim notifications. Callbacks run on the
// thread that calls run() and must not block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace gantry::net {

// Ends its registration when destroyed (on the loop thread, or before run() / after it returned,
// but before the Loop). The callback is not called after that; it may destroy its own Handle.
class Registration {
 public:
  virtual ~Registration() = default;
};
using Handle = std::unique_ptr<Registration>;

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();   // until stop(); at once if stop() came first. May be called again
  void stop();  // any thread
  void post(std::function<void()> task);  // any thread; runs later on the loop thread

  // Loop thread (or before run()). Delays are boot time (they go on while suspended). What is
  // late is called once, not once per period missed.
  [[nodiscard]] Handle after(Duration delay, std::function<void()> task);   // once
  [[nodiscard]] Handle every(Duration period, std::function<void()> task);  // repeatedly
  // Called whenever fd can be read, is at its end or has failed (level triggered: again until the
  // cause is gone). One registration per fd, of a kind that epoll takes. The fd stays the
  // caller's, its flags untouched; the Handle must go before the fd is closed (checked).
  [[nodiscard]] Handle on_readable(int fd, std::function<void()> task);
  [[nodiscard]] Handle on_signals(const std::vector<int>& signals, std::function<void(int)> task);

  struct State;  // holds the Asio context; for the sources of net/ only
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gantry::net
