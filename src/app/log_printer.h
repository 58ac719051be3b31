// Prints lines of logs as they come.
#pragma once

#include <string>
#include <string_view>

#include "app/commands.h"
#include "base/value.h"

namespace gantry::app {

// The text of one line behind the prefix, with what a terminal should not get taken out.
std::string shown_log_line(const Context& context, const std::string& prefix, const Value& line);
void print_line(const Context& context, const std::string& prefix, const Value& line);

// The lines of an ndjson stream. Each is printed whole, so several printers may share the output.
class LogPrinter {
 public:
  LogPrinter(const Context& context, std::string prefix)
      : context_(context), prefix_(std::move(prefix)) {}

  bool take(std::string_view chunk);  // false: nobody reads any more

 private:
  std::string shown(const std::string& json) const;

  const Context& context_;
  const std::string prefix_;
  std::string pending_;
};

}  // namespace gantry::app
