// Home: where everything of one Gantry lies. docs/format/home.md shows the tree.
#pragma once

#include <string>

#include "base/result.h"

namespace gantry::app {

struct Home {
  std::string root;  // gantry.yaml, workflows/, secrets/
  std::string data;  // what the server writes; 0700

  std::string config_file() const { return root + "/gantry.yaml"; }
  std::string people_file() const { return root + "/people.yaml"; }
  std::string workflows() const { return root + "/workflows"; }
  std::string calendars() const { return root + "/calendars"; }
  std::string secrets() const { return root + "/secrets"; }
  std::string store() const { return data + "/gantry.db"; }
  std::string versions() const { return data + "/versions"; }
  std::string logs() const { return data + "/logs"; }
  std::string blame() const { return data + "/blame"; }
  std::string address_file() const { return data + "/address"; }  // of the running server
  std::string pin_file() const { return data + "/tls-pin"; }      // of its public key, with TLS
  std::string token_file() const { return data + "/admin-token"; }
  std::string local_data() const { return data + "/local"; }  // of `gantry run`
};

// --home, else GANTRY_HOME, else XDG_CONFIG_HOME/gantry, else ~/.config/gantry; for the service
// user /etc/gantry with its data in /var/lib/gantry.
Result<Home> find_home(const std::string& option);

// Root that serves a home of somebody else (the service's) becomes that user: what it writes is the
// owner's, and so are the tasks. Before any thread.
Status become_owner(const Home& home);

// What a command that is shown to people needs to find this home: " --home DIR", empty for the one
// that is found without any variable of ours.
std::string home_flag(const Home& home);

// Makes the directories that are missing: data and secrets 0700, workflows and calendars 0755.
Status prepare_home(const Home& home);

// The folder of the running program: its shim, and examples beside it.
std::string program_folder();
Result<std::string> find_shim();
// The examples: beside the program's source or installed; NotFound tells where it looked.
Result<std::string> find_examples();

}  // namespace gantry::app
