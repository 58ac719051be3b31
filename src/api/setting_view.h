// A setting as the server began with it, as the API and `gantry config` show it.
#pragma once

#include <string>

#include "base/text.h"

namespace gantry::api {

struct SettingView {
  std::string key;  // "retention.runs"
  std::string value;
  std::string source;  // "default", "gantry.yaml:3", "GANTRY_SLOTS", "--slots"
  std::string fallback;
  std::string form;
  std::string flag;
  std::string variable;
  Text about;
};

}  // namespace gantry::api
