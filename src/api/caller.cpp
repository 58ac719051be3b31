#include "api/caller.h"

#include <arpa/inet.h>

#include <cstring>

namespace gantry::api {

std::string_view name_of(Via via) {
  switch (via) {
    case Via::Nothing: return "nothing";
    case Via::AdminToken: return "admin_token";
    case Via::Token: return "token";
    case Via::Session: return "session";
  }
  return "nothing";
}

std::string network_of(const std::string& address) {
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, address.c_str(), &parsed) != 1) return address;
  constexpr std::size_t kNetworkBytes = 8;
  std::memset(parsed.s6_addr + kNetworkBytes, 0, sizeof parsed.s6_addr - kNetworkBytes);
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET6, &parsed, text, sizeof text);
  return std::string(text) + "/64";
}

}  // namespace gantry::api
