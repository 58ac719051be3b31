#include "runner/shim_sockets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>

#include "base/files.h"

namespace gantry::runner {

namespace {

constexpr ConnectionId kListener = std::numeric_limits<ConnectionId>::max();
constexpr ConnectionId kReports = kListener - 1;
constexpr int kBacklog = 4096;
constexpr int kReportBufferBytes = 4 << 20;
constexpr std::size_t kEventsMax = 64;
constexpr int kMessagesMax = 256;  // of one socket before the others have their turn

bool is_own_user(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

// The address holds 108 bytes, a path may be longer: the directory is named by its descriptor.
Result<Fd> listen_in(const std::string& run_dir) {
  TRY(const Fd dir, open_file(run_dir, O_PATH | O_DIRECTORY));
  const std::string path = fmt::format("/proc/self/fd/{}/{}", dir.get(), shim::kSocketName);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  Fd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return errno_error("cannot make a socket");
  ::unlinkat(dir.get(), shim::kSocketName, 0);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd.get(), kBacklog) != 0)
    return errno_error(fmt::format("cannot listen at {}/{}", run_dir, shim::kSocketName));
  return fd;
}

}  // namespace

Result<std::unique_ptr<ShimSockets>> ShimSockets::open(const std::string& run_dir) {
  std::unique_ptr<ShimSockets> sockets(new ShimSockets);  // tidy: allow new - private constructor
  TRY_STATUS(sockets->set_up(run_dir));
  return sockets;
}

Status ShimSockets::set_up(const std::string& run_dir) {
  epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_.valid()) return errno_error("cannot make an epoll set");
  TRY(listener_, listen_in(run_dir));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return errno_error("cannot make a socket pair");
  reports_.reset(ends[0]);
  shims_end_.reset(ends[1]);
  ::setsockopt(shims_end_.get(), SOL_SOCKET, SO_SNDBUF, &kReportBufferBytes,
               sizeof kReportBufferBytes);
  buffer_.resize(2 * shim::kMessageBytesMax);
  TRY_STATUS(watch(listener_.get(), kListener));
  return watch(reports_.get(), kReports);
}

// Out of the epoll set before they are closed: a child between vfork and exec would keep their
// events alive.
ShimSockets::~ShimSockets() {
  const MutexLock lock(mutex_);
  for (const auto& [id, fd] : connections_)
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd.get(), nullptr);
  for (const Fd* fd : {&listener_, &reports_})
    if (fd->valid()) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd->get(), nullptr);
}

Status ShimSockets::watch(int fd, ConnectionId id) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return ok();
  return errno_error("cannot watch a socket");
}

std::vector<Incoming> ShimSockets::receive() {
  std::vector<Incoming> out;
  std::array<epoll_event, kEventsMax> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsMax, 0);
  for (int i = 0; i < count; ++i) {
    const ConnectionId id = events[static_cast<std::size_t>(i)].data.u64;
    if (id == kListener)
      accept_all();
    else if (id == kReports)
      receive_from(reports_.get(), kNoConnection, out);
    else if (const int fd = fd_of(id); fd >= 0)
      receive_from(fd, id, out);
  }
  return out;
}

void ShimSockets::accept_all() {
  for (;;) {
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd.valid()) return;
    if (!is_own_user(fd.get())) continue;
    const MutexLock lock(mutex_);
    const ConnectionId id = ++last_id_;
    if (watch(fd.get(), id).ok()) connections_.emplace(id, std::move(fd));
  }
}

void ShimSockets::receive_from(int fd, ConnectionId id, std::vector<Incoming>& out) {
  for (int i = 0; i < kMessagesMax; ++i) {
    const ssize_t n = ::recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      if (id == kNoConnection) return;  // we hold its other end too: it never ends
      close(id);
      out.push_back({id, std::nullopt});
      return;
    }
    auto message = shim::decode_message({buffer_.data(), static_cast<std::size_t>(n)});
    if (message) out.push_back({id, std::move(message)});
  }
}

int ShimSockets::fd_of(ConnectionId id) {
  const MutexLock lock(mutex_);
  const auto found = connections_.find(id);
  return found == connections_.end() ? -1 : found->second.get();
}

bool ShimSockets::send(ConnectionId connection, const shim::Message& message) {
  const std::string bytes = shim::encode(message);
  const MutexLock lock(mutex_);
  const auto found = connections_.find(connection);
  return found != connections_.end() &&
         ::send(found->second.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

void ShimSockets::close(ConnectionId connection) {
  const MutexLock lock(mutex_);
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.get(), nullptr);
  connections_.erase(found);
}

}  // namespace gantry::runner
