// The process that the shims are forked from: small, so that a fork is cheap whatever the size of
// the server. It ends when this object does; the shims do not.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace gantry::runner {

class Zygote {
 public:
  // `report_fd`: the end of the packet socket that shims report to.
  static Result<Zygote> start(const std::string& shim_path, int report_fd);
  Zygote(Zygote&& other) noexcept = default;
  Zygote& operator=(Zygote&& other) noexcept = delete;
  ~Zygote();

  // Hands on one encoded start request; waits while many are queued. On failure the zygote is
  // dead and the request, and others before it, may or may not have been taken.
  Status send(std::string_view request);

  // Readable when the zygote has ended.
  int fd() const { return socket_.get(); }
  pid_t pid() const { return pid_.value; }
  bool has_taken_all() const;  // nothing that was sent waits to be read

 private:
  struct Pid {  // moves away with its owner
    explicit Pid(pid_t v) : value(v) {}
    Pid(Pid&& other) noexcept : value(std::exchange(other.value, -1)) {}
    pid_t value;
  };
  Zygote(Fd socket, Fd lifeline, pid_t pid)
      : socket_(std::move(socket)), lifeline_(std::move(lifeline)), pid_(pid) {}

  Fd socket_;
  Fd lifeline_;  // its other end tells shims that this process is gone
  Pid pid_;
};

}  // namespace gantry::runner
