// Files that are wrong on purpose: "# expect: CODE LINE:COLUMN" comments at their top (of a table
// "## ...", of a flowchart "%% ...") are the complete list of what must be found.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "spec/load.h"
#include "spec/yaml_text.h"

namespace gantry::spec {

inline const std::string kSpec = GANTRY_SOURCE_DIR "/tests/spec/";

inline std::string read(const std::string& path) {
  auto text = read_file(path);
  EXPECT_TRUE(text.ok()) << path;
  return text.ok() ? *text : "";
}

inline std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> names;
  const auto entries = list_directory(kSpec + folder);
  EXPECT_TRUE(entries.ok()) << folder;
  if (!entries.ok()) return names;
  for (const std::string& name : *entries)
    if (name.ends_with(".yaml")) names.push_back(name);
  return names;
}

inline std::vector<std::string> chart_and_table_files(const std::string& folder) {
  std::vector<std::string> names;
  const auto entries = list_directory(kSpec + folder);
  EXPECT_TRUE(entries.ok()) << folder;
  for (const std::string& name : entries.ok() ? *entries : names)
    if (name.ends_with(".flow.mmd") || name.ends_with(".flow.csv")) names.push_back(name);
  return names;
}

// The "# expect: CODE LINE:COLUMN" comments at the top of a file.
inline std::vector<std::string> expected(std::string_view text) {
  std::vector<std::string> list;
  constexpr std::string_view kMark = " expect: ";
  for (std::string_view line : split(without_mark(text), '\n')) {
    line.remove_prefix(std::min(line.find_first_not_of("#%"), line.size()));
    if (!line.starts_with(kMark)) break;
    list.emplace_back(trim(line.substr(kMark.size())));
  }
  return list;
}

// Chinese words, not only what was quoted.
inline bool says_it_in_chinese(const Diagnostic& d) {
  return std::any_of(d.zh.begin(), d.zh.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0xE4; }) &&
         d.zh != d.message;
}

}  // namespace gantry::spec
