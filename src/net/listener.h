// The listening socket and what it accepts. Every descriptor is close-on-exec from its first
// moment, so no process that is started meanwhile inherits it.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace gantry::net {

struct Listening {
  Fd fd;  // non-blocking
  int port = 0;
};
// `address` is numeric, IPv4 or IPv6. Unavailable if it is taken or not of this machine.
Result<Listening> listen_on(const std::string& address, int port);

struct Accepted {
  Fd fd;  // without the delay of Nagle's algorithm; asks after silent peers
  int family = AF_INET;
  std::string peer;  // "127.0.0.1:41234", "[::1]:41234"
};
enum class AcceptOutcome {
  Accepted,
  Nothing,    // no connection waits
  Vanished,   // one did and is gone; there may be others
  Exhausted,  // no descriptor or memory left: try again later
};
AcceptOutcome accept_from(const Fd& listening, Accepted& accepted);

}  // namespace gantry::net
