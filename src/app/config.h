// Config: gantry.yaml, then environment variables GANTRY_*, then flags; the later wins.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/home.h"
#include "core/core.h"

namespace gantry::app {

struct Listen {
  std::string address = "127.0.0.1";
  int port = 7400;
};

// How long what is kept. Runs are kept no shorter than idempotency keys must be (7 days).
struct RetentionRules {
  Duration runs = days(400);  // with their history
  Duration audit = days(400);
  Duration logs = days(180);
  std::int64_t log_bytes = std::int64_t{20} << 30;  // of all logs; the oldest go first
  Duration workspaces = days(1);
  Duration failed_workspaces = days(7);  // of runs that did not succeed
};

struct Config {
  Listen listen;
  std::string public_url;  // "https://gantry.example.org"; empty: as people reach `listen`
  std::string tls_certificate, tls_key;      // files; both or none
  std::vector<std::string> trusted_proxies;  // addresses and networks
  core::Limits limits;                       // `slots` and `pools`
  int reader_threads = 4;
  std::vector<std::pair<std::string, std::string>> vars;  // of expressions: `vars.NAME`
  RetentionRules retention;

  // Where a setting that is not the default comes from: "gantry.yaml:3", "GANTRY_SLOTS", "--slots".
  std::map<std::string, std::string, std::less<>> sources;
};

std::string to_text(const Listen& listen);             // "127.0.0.1:7400", "[::1]:7400"
Result<Listen> parse_listen(const std::string& text);  // "127.0.0.1:7400", ":0", "[::1]:7400"

// Settings given as flags: key and text, in any order.
using SettingFlags = std::vector<std::pair<std::string, std::string>>;

Value vars_of(const Config& config);  // a map

// An absent gantry.yaml is all defaults. Errors carry file:line:column, or the variable or flag.
Result<Config> load_config(const Home& home, const SettingFlags& flags = {});
Config default_config();

int default_local_slots();  // at least 16, else 4 per core

}  // namespace gantry::app
