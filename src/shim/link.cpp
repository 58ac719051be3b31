#include "shim/link.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "shim/clock.h"

namespace gantry::shim {

namespace {

constexpr std::int64_t kBackoffMin = 100 * kMillisecond;
constexpr std::int64_t kBackoffMax = kSecond;

// Socket addresses hold 108 bytes, paths are longer: so the directory is named by a descriptor.
sockaddr_un address_in(int dir_fd) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", dir_fd,
                kSocketName);
  return address;
}

bool is_own_user(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

int connect_to(const std::string& directory) {
  const int dir_fd = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (dir_fd < 0) return -1;
  int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const sockaddr_un address = address_in(dir_fd);
  if (fd >= 0 && (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
                  !is_own_user(fd))) {
    ::close(fd);
    fd = -1;
  }
  ::close(dir_fd);
  return fd;
}

Message done_message(const ExitRecord& record) {
  Message done{MessageKind::Done, record.attempt, encode(record)};
  if (done.body.size() > kMessageBytesMax) done.body.clear();
  return done;
}

}  // namespace

void Link::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Link::lost(std::int64_t now) {
  close();
  backoff_us_ = std::clamp(backoff_us_ * 2, kBackoffMin, kBackoffMax);
  retry_at_ = now + backoff_us_;
}

bool Link::send(const Message& message) {
  const std::string bytes = encode(message);
  for (;;) {
    if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0) return true;
    if (errno != EINTR) return false;
  }
}

void Link::connect(std::int64_t now) {
  if (fd_ >= 0) return;
  fd_ = connect_to(socket_dir_);
  if (fd_ < 0 || !send({MessageKind::Hello, attempt_, {}})) lost(now);
}

std::optional<Message> Link::receive(std::int64_t now) {
  char buffer[256];
  while (fd_ >= 0) {
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return std::nullopt;
    if (n <= 0) {
      lost(now);
      return std::nullopt;
    }
    backoff_us_ = 0;
    const auto message = decode_message({buffer, static_cast<std::size_t>(n)});
    if (message && message->attempt == attempt_) return message;
  }
  return std::nullopt;
}

// One packet socket for all shims of a zygote: no connection, no answer, for the short tasks that
// are the most. A server that is gone has closed its end.
bool Link::deliver_by_report_fd(const Message& done, int flags) {
  const std::string bytes = encode(done);
  for (;;) {
    if (::send(kReportFd, bytes.data(), bytes.size(), MSG_NOSIGNAL | flags) >= 0) return true;
    if (errno != EINTR) return false;
  }
}

bool Link::deliver(const ExitRecord& record, std::int64_t patience_us) {
  const Message done = done_message(record);
  const int flags = patience_us > 0 ? 0 : MSG_DONTWAIT;
  if (fd_ < 0 && deliver_by_report_fd(done, flags)) return true;
  const std::int64_t deadline = boot_us() + patience_us;
  bool said = false;
  for (std::int64_t now = boot_us(); now < deadline; now = boot_us()) {
    if (fd_ < 0 && now >= retry_at_) {
      connect(now);
      said = false;
    }
    if (fd_ >= 0 && !said) said = send(done);
    while (const auto message = receive(now))
      if (message->kind == MessageKind::Ack) return true;
    pollfd wait{fd_, POLLIN, 0};
    ::poll(&wait, 1, fd_ >= 0 && said ? 1000 : 50);
  }
  return false;
}

}  // namespace gantry::shim
