// Where shims report: a listening socket in the data directory, that a shim finds again after a
// restart of the server, and a packet socket that the shims of this server's zygote inherit.
//
// Threads: all members may be called from any thread; receive() from one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/mutex.h"
#include "base/result.h"
#include "shim/protocol.h"

namespace gantry::runner {

using ConnectionId = std::uint64_t;               // never reused
inline constexpr ConnectionId kNoConnection = 0;  // of what comes through the inherited socket

struct Incoming {
  ConnectionId connection = kNoConnection;
  std::optional<shim::Message> message;  // none: the connection has ended
};

class ShimSockets {
 public:
  // Listens in `run_dir`, which exists and is the server's alone. The caller holds the lock of
  // the data directory: what a dead server left there is replaced.
  static Result<std::unique_ptr<ShimSockets>> open(const std::string& run_dir);
  ~ShimSockets();
  ShimSockets(const ShimSockets&) = delete;
  ShimSockets& operator=(const ShimSockets&) = delete;

  int poll_fd() const { return epoll_.get(); }           // readable: call receive()
  int inherited_fd() const { return shims_end_.get(); }  // for the zygote
  std::vector<Incoming> receive();
  bool send(ConnectionId connection, const shim::Message& message);
  void close(ConnectionId connection);

 private:
  ShimSockets() = default;
  Status set_up(const std::string& run_dir);
  Status watch(int fd, ConnectionId id);
  void accept_all();
  void receive_from(int fd, ConnectionId id, std::vector<Incoming>& out);
  int fd_of(ConnectionId id);

  Fd epoll_;
  Fd listener_;
  Fd reports_;  // our end of the inherited socket
  Fd shims_end_;
  Mutex mutex_;
  std::map<ConnectionId, Fd> connections_ GUARDED_BY(mutex_);
  ConnectionId last_id_ GUARDED_BY(mutex_) = 0;
  std::string buffer_;
};

}  // namespace gantry::runner
