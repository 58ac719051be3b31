// Loading in two steps, for texts that are no YAML: whoever reads them into a tree goes on here.
#pragma once

#include <string>
#include <string_view>

#include "spec/load.h"
#include "spec/yaml_tree.h"

namespace gantry::spec {

// What is checked before a text is read, whatever its form: that `name` can be a workflow's.
void check_workflow_name(const std::string& name, Diagnostics& problems);

// What a text means once it is a tree: `load` after parsing. `text` is what the version keeps. With
// `files` null no files are read and no hash is computed.
LoadResult load_tree(const Tree& tree, Diagnostics& problems, std::string_view text,
                     const std::string& name, const FileSource* files,
                     const KnownCalendars* calendars);

}  // namespace gantry::spec
