// Timers of the loop, for use from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/time.h"
#include "net/loop.h"

namespace gantry::api {

class Timers {
 public:
  explicit Timers(net::Loop& loop);
  ~Timers();  // on the loop thread, or when it no longer runs: what is armed never fires

  using Ticket = std::uint64_t;                              // 0 = none
  Ticket after(Duration delay, std::function<void()> task);  // runs once, on the loop thread
  void cancel(Ticket ticket);                                // nothing if it has fired

 private:
  struct Armed;
  net::Loop& loop_;
  std::shared_ptr<Armed> armed_;
  std::atomic<Ticket> last_{0};
};

}  // namespace gantry::api
