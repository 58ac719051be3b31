// The connection of one shim to the server, whichever server that is by now. Nothing here blocks
// the task: what can not be said now is said later, and the attempt file holds it in any case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "shim/protocol.h"

namespace gantry::shim {

class Link {
 public:
  // `first_at`: boot time of the first connect(); tasks that end before need no connection.
  Link(std::int64_t attempt, std::string socket_dir, std::int64_t first_at)
      : attempt_(attempt), socket_dir_(std::move(socket_dir)), retry_at_(first_at) {}
  ~Link() { close(); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  int fd() const { return fd_; }                       // -1: not connected
  std::int64_t retry_at() const { return retry_at_; }  // boot time; when to call connect() next

  void connect(std::int64_t now);  // and says Hello; does nothing if connected
  // What the server said; nullopt if nothing (more). Closes at the end of the connection.
  std::optional<Message> receive(std::int64_t now);
  // True if the server has the news for sure: it acknowledged them, or they are in the buffer of
  // the packet socket that only a living server can have. Without patience it never waits: the
  // zygote must go on taking requests, and the attempt file has the news too.
  bool deliver(const ExitRecord& record, std::int64_t patience_us);

 private:
  bool send(const Message& message);
  bool deliver_by_report_fd(const Message& done, int flags);
  void close();
  void lost(std::int64_t now);

  std::int64_t attempt_;
  std::string socket_dir_;
  int fd_ = -1;
  std::int64_t retry_at_;
  std::int64_t backoff_us_ = 0;
};

}  // namespace gantry::shim
