// TrustedProxies: reverse proxies whose word about the client is believed. Without any, headers
// like X-Forwarded-For mean nothing: everybody can send them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gantry::net {

struct Request;

// Without brackets and port: "10.0.0.1" of "10.0.0.1:80", "::1" of "[::1]:80" and of "::1".
std::string_view address_in(std::string_view text);

class TrustedProxies {
 public:
  // Addresses and networks: "10.0.0.5", "10.0.0.0/8", "fd00::/8". InvalidArgument names the bad
  // one.
  static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

  // If the request comes from a trusted proxy: its peer becomes the last address of
  // X-Forwarded-For that is not trusted itself, `secure` follows X-Forwarded-Proto, and the host
  // X-Forwarded-Host. What can not be read is left as it is.
  void apply(Request& request) const;

  bool empty() const { return networks_.empty(); }

 private:
  using Address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
  struct Network {
    Address address{};
    int bits = 128;
  };
  static bool read_address(std::string_view text, Address& out, bool& is_v4);
  bool trusts(const Address& address) const;

  std::vector<Network> networks_;
};

}  // namespace gantry::net
