// A server with one workflow and one run, and the target of each of its routes.
#pragma once

#include <string>

#include "api/api_fixture.h"

namespace gantry::api {

class AccessTest : public ApiFixture {
 protected:
  AccessTest() {
    define("etl/sales", "tasks:\n  a: {run: \"true\"}\n");
    finished(start("etl/sales"));
  }
};

inline std::string target_of(const Route& route) {
  std::string out;
  for (const std::string_view part : split(route.path.substr(1), '/')) {
    out += '/';
    if (part == "{run}")
      out += "1";
    else if (part == "{name}")
      out += "etl%2Fsales";
    else if (part == "{task}")
      out += "a";
    else if (part == "{pool}")
      out += "db";
    else if (part == "{person}")
      out += "anna";
    else if (part == "{token}")
      out += "nobody";
    else
      out += part;
  }
  return out;
}

}  // namespace gantry::api
