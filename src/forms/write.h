// Writing a workflow in each form. What one form writes, the others read back with the same
// meaning: whoever converts checks it with `differs_at`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "forms/chart.h"
#include "spec/yaml_tree.h"

namespace gantry::forms {

// YAML, laid out the same way whoever wrote it: maps and lists on one line where they are short.
// Aliases are written out. Texts end where a workflow file has to: the caller checks the size.
std::string write_yaml(const spec::Tree& tree, spec::NodeId root);
// A value on one line.
std::string write_flow(const spec::Tree& tree, spec::NodeId value);

// What a chart has beside the workflow.
struct ChartLook {
  std::string direction = "LR";
  std::vector<Aside> asides;  // written behind the rest
};
// What no node or edge shows is in the front matter. InvalidArgument: `tasks` is no map of maps.
Result<std::string> write_chart(const spec::Tree& tree, const ChartLook& look);

// With a byte order mark, so that spreadsheets know the encoding.
Result<std::string> write_table(const spec::Tree& tree);

// Where two trees mean different things: "tasks.load.retry"; nothing if nowhere. The order of the
// keys of a map, empty `needs` and a `join` as usual mean nothing.
std::optional<std::string> differs_at(const spec::Tree& a, const spec::Tree& b);
bool is_same(const spec::Tree& a, spec::NodeId in_a, const spec::Tree& b, spec::NodeId in_b);

}  // namespace gantry::forms
