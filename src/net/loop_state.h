// What the sources of net/ see of the Loop: the Asio context. Everything else includes loop.h,
// which keeps Asio's headers out.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "base/fd.h"
#include "net/loop.h"

namespace gantry::net {

using ReadyTask = std::shared_ptr<std::function<void()>>;

// The members stand in the order of their construction: handlers that Asio destroys at the end
// may own Handles, which still need the epoll set and the map.
struct Loop::State {
  State();
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::uint64_t watch(int fd, std::function<void()> task);
  void unwatch(std::uint64_t id, int fd);
  void await_ready();
  void call_ready();

  // The callers' descriptors are in a set of their own, because Asio makes what it watches
  // non-blocking (which changes waitid on a pidfd) and watches it edge triggered.
  Fd epoll;
  std::map<std::uint64_t, ReadyTask> ready_tasks;
  std::uint64_t next_id = 1;
  boost::asio::io_context io{1};
  boost::asio::posix::stream_descriptor epoll_watch;
};

}  // namespace gantry::net
