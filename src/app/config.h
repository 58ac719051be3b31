// Config: gantry.yaml, then environment variables GANTRY_*, then flags; the later wins.
#pragma once

#include <string>

#include "app/home.h"
#include "core/core.h"

namespace gantry::app {

struct Listen {
  std::string address = "127.0.0.1";
  int port = 7400;
};

struct Config {
  Listen listen;
  core::Limits limits;  // `slots` and `pools`
  int reader_threads = 4;
};

Result<Listen> parse_listen(const std::string& text);  // "127.0.0.1:7400", ":0", "[::1]:7400"

// An absent gantry.yaml is all defaults. Errors carry file:line:column.
Result<Config> load_config(const Home& home);

int default_local_slots();  // at least 16, else 4 per core

}  // namespace gantry::app
