// The text of a scenario as commands: words, NAME=VALUE options, and indented blocks.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/value.h"

namespace gantry::testing {

struct Line {
  int number = 0;                              // 1-based
  std::vector<std::string> words;              // without options; quotes removed
  std::map<std::string, std::string> options;  // NAME=VALUE; quotes removed, JSON as written
  std::string block;                           // the indented lines that follow, as they are

  const std::string& word(std::size_t index) const;  // empty if there is none
  std::vector<std::string> from(std::size_t index) const;
  // The option, which is then used up; so that what is left over can be refused.
  std::string take(const std::string& name, const std::string& otherwise = {});
  bool has(const std::string& name) const { return options.contains(name); }
};

// The error begins with FILE:LINE.
Result<std::vector<Line>> parse_scenario(std::string_view text, const std::string& file);

// "3", "true", "[1,2]", "{...}" as JSON, everything else as text.
Value value_of(const std::string& text);

Result<int> to_int(const std::string& text);

}  // namespace gantry::testing
