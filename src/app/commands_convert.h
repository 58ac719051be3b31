// A workflow file in another form.
#pragma once

#include <string>

#include "app/commands.h"

namespace gantry::app {

struct ConvertOptions {
  std::string file;
  std::string to;
  std::string out;  // empty: standard output
  bool force = false;
};

int convert(const Context& context, const ConvertOptions& options);

}  // namespace gantry::app
