// A workflow as a table (CSV): a row per task, a column per key; comment lines `# key: value` give
// the keys of the workflow. The rules: docs/format/table.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spec/diagnostics.h"
#include "spec/yaml_tree.h"

namespace gantry::forms {

// Whether a row of column names with that of the task comes before any other row.
bool is_table(std::string_view text);

// `text` has passed check_text and outlives the tree. Nothing: reported.
std::optional<spec::Tree> parse_table(std::string_view text, spec::Diagnostics& problems);

// The comments of a table that give no key: how many, and the line of the first.
struct FreeComments {
  int count = 0;
  int first_line = 0;
};
FreeComments free_comments_of_table(std::string_view text);

}  // namespace gantry::forms
