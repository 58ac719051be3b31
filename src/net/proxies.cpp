#include "net/proxies.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "net/http.h"

namespace gantry::net {

namespace {

constexpr int kV4Offset = 96;  // bits before the four bytes of an IPv4 address

// As peers are written: "10.0.0.1:0", "[::1]:0". A proxy does not say the port.
std::string as_peer(std::string_view address) {
  return address.find(':') == std::string_view::npos ? fmt::format("{}:0", address)
                                                     : fmt::format("[{}]:0", address);
}

// All values of a header, which may stand on several lines, in order.
std::vector<std::string> values_of(const Request& request, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& [key, value] : request.headers)
    if (key == name)
      for (const std::string_view part : split(value, ',')) out.emplace_back(trim(part));
  return out;
}

void replace_host(Request& request, const std::string& host) {
  for (auto& [key, value] : request.headers)
    if (key == "host") value = host;
}

}  // namespace

std::string_view address_in(std::string_view text) {
  if (text.starts_with("[")) return text.substr(1, text.find(']') - 1);
  const auto colon = text.find(':');
  const bool one_colon = colon != std::string_view::npos && text.find(':', colon + 1) == text.npos;
  return one_colon ? text.substr(0, colon) : text;
}

bool TrustedProxies::read_address(std::string_view text, Address& out, bool& is_v4) {
  const std::string name(text);
  in_addr v4{};
  is_v4 = ::inet_pton(AF_INET, name.c_str(), &v4) == 1;
  if (!is_v4) return ::inet_pton(AF_INET6, name.c_str(), out.data()) == 1;
  out.fill(0);
  out[10] = out[11] = 0xff;
  std::memcpy(out.data() + 12, &v4, sizeof v4);
  return true;
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
  TrustedProxies out;
  for (const std::string& text : networks) {
    const auto bad = [&text] {
      return invalid(
          fmt::format("'{}' is no address or network; write it as 10.0.0.5 or 10.0.0.0/8", text));
    };
    const auto slash = text.find('/');
    Network network;
    bool is_v4 = false;
    if (!read_address(text.substr(0, slash), network.address, is_v4)) return bad();
    if (slash != std::string::npos) {
      const std::string_view digits = std::string_view(text).substr(slash + 1);
      const auto [end, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), network.bits);
      if (failure != std::errc() || end != digits.data() + digits.size()) return bad();
      if (network.bits < 0 || network.bits > (is_v4 ? 32 : 128)) return bad();
      if (is_v4) network.bits += kV4Offset;
    }
    out.networks_.push_back(network);
  }
  return out;
}

bool TrustedProxies::trusts(const Address& address) const {
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    const auto whole = static_cast<std::size_t>(network.bits / 8);
    if (!std::equal(address.begin(), address.begin() + static_cast<long>(whole),
                    network.address.begin()))
      return false;
    const int rest = network.bits % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    return (address[whole] & mask) == (network.address[whole] & mask);
  });
}

void TrustedProxies::apply(Request& request) const {
  Address address{};
  bool is_v4 = false;
  if (networks_.empty() || !read_address(address_in(request.peer), address, is_v4) ||
      !trusts(address))
    return;
  // From the nearest proxy outwards: what an untrusted sender wrote before its own address is his.
  const auto hops = values_of(request, "x-forwarded-for");
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const std::string_view name = address_in(*hop);
    if (!read_address(name, address, is_v4)) break;
    request.peer = as_peer(name);
    if (!trusts(address)) break;
  }
  const auto protocols = values_of(request, "x-forwarded-proto");
  if (!protocols.empty()) request.secure = protocols.back() == "https";
  const auto hosts = values_of(request, "x-forwarded-host");
  if (!hosts.empty()) replace_host(request, hosts.back());
}

}  // namespace gantry::net
