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

// Ends its registration when destroyed (on the loop thread, or before run() / after it returned).
// The callback is not called after that.
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

  void run();   // until stop()
  void stop();  // any thread
  void post(std::function<void()> task);  // any thread; runs later on the loop thread

  // Loop thread (or before run()):
  [[nodiscard]] Handle after(Duration delay, std::function<void()> task);    // once
  [[nodiscard]] Handle every(Duration period, std::function<void()> task);   // repeatedly
  // Called whenever fd can be read (level triggered). The fd stays the caller's; the Handle must
  // go before the fd is closed.
  [[nodiscard]] Handle on_readable(int fd, std::function<void()> task);
  [[nodiscard]] Handle on_signals(const std::vector<int>& signals, std::function<void(int)> task);

  struct State;  // holds the Asio context; for the sources of net/ only
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gantry::net
