#include "app/tunnel.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "base/text.h"

namespace gantry::app {

namespace {
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Users of services can not sign in: their name would be no help.
std::string user_who_signs_in() {
  const passwd* who = ::getpwuid(::geteuid());
  if (who == nullptr) return {};
  const std::string_view shell = who->pw_shell;
  if (shell.ends_with("/nologin") || shell.ends_with("/false")) return {};
  return who->pw_name;
}

std::string in_brackets(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}
}  // namespace

std::string tunnel_command(const TunnelFacts& facts) {
  if (!facts.address.starts_with("127.") && facts.address != "::1") return {};
  std::string host = facts.host;
  std::string options;
  if (const auto words = split(facts.ssh_connection, ' '); words.size() == 4) {
    host = words[2];
    if (words[3] != "22") options = fmt::format("-p {} ", words[3]);
  }
  const std::string who = facts.user.empty() ? "" : facts.user + "@";
  return fmt::format("ssh {}-L {}:{}:{} {}{}", options, facts.port, in_brackets(facts.address),
                     facts.port, who, host);
}

bool has_display() { return !variable("DISPLAY").empty() || !variable("WAYLAND_DISPLAY").empty(); }

TunnelFacts tunnel_from_here(const std::string& address, int port) {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  return {address, port, user_who_signs_in(), host, variable("SSH_CONNECTION")};
}

}  // namespace gantry::app
