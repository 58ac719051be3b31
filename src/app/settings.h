// The settings as data: every key of gantry.yaml, which is also a flag of `serve` and an
// environment variable. Reading, `gantry config` and the reference page are made from these rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/setting_view.h"
#include "app/config.h"
#include "base/text.h"

namespace gantry::app {

struct Setting {
  std::string_view key;   // "retention.runs": nested in gantry.yaml
  std::string_view form;  // how a value is written: "ADDRESS:PORT"
  Text about;
  // InvalidArgument says what a good value is; the caller names the place.
  Status (*set)(Config& config, const std::string& text);
  std::string (*show)(const Config& config);
  bool is_map = false;  // NAME=VALUE,...; a map in gantry.yaml
  Text usual = {};      // what the default is, where it depends on the machine
};

const std::vector<Setting>& settings();

// All of them with the values of `config`, and where those come from.
std::vector<api::SettingView> views_of(const Config& config);

std::string flag_of(const Setting& setting);      // "--retention-runs"
std::string variable_of(const Setting& setting);  // "GANTRY_RETENTION_RUNS"

}  // namespace gantry::app
