// The forms of a workflow file: YAML, a flowchart (Mermaid), a table (CSV). Each is read into the
// same tree with the places of its own file, so that all that is checked and told afterwards does
// not know the difference.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/load.h"
#include "spec/yaml_tree.h"

namespace gantry::forms {

enum class Form { Yaml, Mermaid, Csv };

inline constexpr std::string_view kYamlExtension = ".yaml";
inline constexpr std::string_view kMermaidExtension = ".flow.mmd";
inline constexpr std::string_view kCsvExtension = ".flow.csv";
std::string_view extension_of(Form form);

// Of a file below workflows/: nothing if it is no workflow file.
std::optional<Form> form_of_name(std::string_view file);
// Of a file that a person names: what ends in .mmd or .csv, and else YAML.
Form form_of_path(std::string_view path);
// Of a text that loads: no text is a good workflow in two forms.
Form form_of_text(std::string_view text);
// "a/b" of "a/b.yaml", "a/b.flow.mmd", "a/b.flow.csv"; else `file` itself.
std::string workflow_name_of(const std::string& file);

// The text of a file as what is stored: a table may be GB18030. Nothing: reported.
std::optional<std::string> decoded(std::string_view bytes, Form form, spec::Diagnostics& problems);

// `text` is UTF-8, outlives the tree, and has passed spec::check_text. Nothing: reported.
std::optional<spec::Tree> parse(std::string_view text, Form form, spec::Diagnostics& problems);

// As spec::load and spec::load_stored, of any form.
spec::LoadResult load(std::string_view bytes, Form form, const std::string& name,
                      const std::string& file, const spec::FileSource& files,
                      const spec::KnownCalendars* calendars = nullptr);
spec::LoadResult load_stored(std::string_view text, const std::string& name);

}  // namespace gantry::forms
