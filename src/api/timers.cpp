#include "api/timers.h"

#include <map>

namespace gantry::api {

// Of the loop thread.
struct Timers::Armed {
  std::map<Ticket, net::Handle> handles;
};

Timers::Timers(net::Loop& loop) : loop_(loop), armed_(std::make_shared<Armed>()) {}
Timers::~Timers() = default;

Timers::Ticket Timers::after(Duration delay, std::function<void()> task) {
  const Ticket ticket = ++last_;
  std::weak_ptr<Armed> weak = armed_;
  loop_.post([&loop = loop_, weak, ticket, delay, task = std::move(task)] {
    const auto armed = weak.lock();
    if (!armed) return;
    armed->handles[ticket] = loop.after(delay, [weak, ticket, task] {
      // The handle goes with its closure, so both are copied first.
      const auto run = task;
      if (const auto still = weak.lock(); still && still->handles.erase(ticket) > 0) run();
    });
  });
  return ticket;
}

void Timers::cancel(Ticket ticket) {
  if (ticket == 0) return;
  std::weak_ptr<Armed> weak = armed_;
  loop_.post([weak, ticket] {
    if (const auto armed = weak.lock()) armed->handles.erase(ticket);
  });
}

}  // namespace gantry::api
