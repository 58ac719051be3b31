#include "net/listener.h"
#include "base/explain.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace gantry::net {

namespace {

constexpr int kBacklog = 1'024;
constexpr int kSilentPeerSeconds = 60;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
};

Result<Address> parse_address(const std::string& text, int port) {
  if (port < 0 || port > 65'535)
    return invalid(fmt::format("port {} is not between 0 and 65535", port));
  Address address;
  const auto wire_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, text.c_str(), &address.v4().sin_addr) == 1) {
    address.v4().sin_family = AF_INET;
    address.v4().sin_port = wire_port;
    address.size = sizeof(sockaddr_in);
    return address;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &address.v6().sin6_addr) == 1) {
    address.v6().sin6_family = AF_INET6;
    address.v6().sin6_port = wire_port;
    address.size = sizeof(sockaddr_in6);
    return address;
  }
  return invalid(fmt::format(
      "cannot listen on '{}': not an IPv4 or IPv6 address (127.0.0.1 is this machine alone)",
      text));
}

std::string format_address(Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.storage.ss_family == AF_INET6) {
    ::inet_ntop(AF_INET6, &address.v6().sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), ntohs(address.v6().sin6_port));
  }
  ::inet_ntop(AF_INET, &address.v4().sin_addr, text.data(), text.size());
  return fmt::format("{}:{}", text.data(), ntohs(address.v4().sin_port));
}

void set_option(const Fd& fd, int level, int name, int value) {
  // All of these are improvements: a socket without them still works.
  (void)::setsockopt(fd.get(), level, name, &value, sizeof value);
}

Error listen_error(const std::string& address, int port) {
  const int number = errno;
  if (number == EADDRINUSE)
    return about("port-in-use",
                 explain(Code::Unavailable,
                         {"cannot listen on {} port {}: another program has it; stop that one or "
                          "choose another port",
                          "无法监听 {} 端口 {}：已被其他程序占用；请停止该程序，或换一个端口"},
                         address, port));
  if (number == EACCES)
    return about("port-in-use",
                 explain(Code::PermissionDenied,
                         {"cannot listen on {} port {}: not permitted; choose a port from 1024 on "
                          "or grant CAP_NET_BIND_SERVICE",
                          "无法监听 {} 端口 {}：没有权限；请选择 1024 及以上的端口，或授予 "
                          "CAP_NET_BIND_SERVICE"},
                         address, port));
  return explain(Code::Unavailable, {"cannot listen on {} port {}: {}", "无法监听 {} 端口 {}：{}"},
                 address, port, std::string_view(std::strerror(number)));
}

int bound_port(const Fd& fd) {
  Address address;
  address.size = sizeof address.storage;
  CHECK(::getsockname(fd.get(), address.get(), &address.size) == 0);
  return ntohs(address.storage.ss_family == AF_INET6 ? address.v6().sin6_port
                                                     : address.v4().sin_port);
}

}  // namespace

Result<Listening> listen_on(const std::string& address_text, int port) {
  TRY(Address address, parse_address(address_text, port));
  Listening out;
  out.fd = Fd(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!out.fd.valid()) return listen_error(address_text, port);
  set_option(out.fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(out.fd.get(), address.get(), address.size) != 0 ||
      ::listen(out.fd.get(), kBacklog) != 0)
    return listen_error(address_text, port);
  out.port = bound_port(out.fd);
  return out;
}

AcceptOutcome accept_from(const Fd& listening, Accepted& accepted) {
  Address address;
  address.size = sizeof address.storage;
  accepted.fd =
      Fd(::accept4(listening.get(), address.get(), &address.size, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!accepted.fd.valid()) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return AcceptOutcome::Nothing;
    const bool exhausted =
        errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return exhausted ? AcceptOutcome::Exhausted : AcceptOutcome::Vanished;
  }
  set_option(accepted.fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(accepted.fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(accepted.fd, IPPROTO_TCP, TCP_KEEPIDLE, kSilentPeerSeconds);
  accepted.family = address.storage.ss_family;
  accepted.peer = format_address(address);
  return AcceptOutcome::Accepted;
}

}  // namespace gantry::net
