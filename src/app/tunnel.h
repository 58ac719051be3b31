// How to reach a server that listens on this machine only, from the machine where the browser is.
#pragma once

#include <string>

namespace gantry::app {

struct TunnelFacts {
  std::string address;         // where the server listens
  int port = 0;                // and its port
  std::string user;            // who may sign in here; empty: left to ssh
  std::string host;            // the name of this machine
  std::string ssh_connection;  // SSH_CONNECTION: "client port server port"; empty: not over ssh
};

// `ssh -L 7400:127.0.0.1:7400 user@host`, to be typed elsewhere; the host as the present ssh
// connection knows it, if there is one. Empty if the address can be reached from afar.
std::string tunnel_command(const TunnelFacts& facts);

// True if a browser can be shown here.
bool has_display();

// User, host and connection of this process.
TunnelFacts tunnel_from_here(const std::string& address, int port);

}  // namespace gantry::app
