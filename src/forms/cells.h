// What stands in a cell of a table, by its column, and how a value is written into one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "forms/growth.h"
#include "spec/diagnostics.h"
#include "spec/keys.h"

namespace gantry::forms {

inline constexpr std::string_view kTaskColumn = "task";
inline constexpr std::string_view kMoreColumn = "more";  // a map of keys that no other column has

// The key that the name of a column means: "run" of "run", "命令" and "Run".
std::string key_of_column(std::string_view name);

enum class CellForm {
  Script,  // as it is, spaces too
  Line,    // a text, without the spaces around it
  Names,   // a list with ; between its items, or a YAML list
  Value,   // a YAML value: [..], {..}, "..", true, 3; anything else is a text
};
CellForm cell_form_of(const spec::KeySet& keys, std::string_view path);

// Spreadsheets take a text that begins with = + - @ for a formula: it gets a ' in front.
std::string guarded(std::string_view text);
std::string_view unguarded(std::string_view text);

// The value of a cell that is not empty. Nothing: reported.
std::optional<spec::NodeId> value_of_cell(std::string_view text, model::SourcePlace place,
                                          CellForm form, Growth& growth, spec::Tree& tree,
                                          spec::Diagnostics& problems);

}  // namespace gantry::forms
