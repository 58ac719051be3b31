// The files that belong to a version besides the YAML, and the hash that identifies it.
//
// Named are: the words of `run` texts that begin with ./, the arguments of `exec` that begin with
// ./, and what the globs of `files` match.
//
// The hash is sha256 over the text
//   gantry-version 1\n
//   SHA256-OF-THE-YAML\n
//   SHA256-OF-THE-CONTENT SPACE (x or -) SPACE PATH\n    for each file, sorted by path
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/draft.h"
#include "spec/fields.h"
#include "spec/load.h"

namespace gantry::spec {

struct NamedPath {
  std::string path;        // without the leading ./
  std::size_t offset = 0;  // of the word, in the script
  bool operator==(const NamedPath&) const = default;
};
// Words that begin with ./ in a script, but for comments, targets of `>`, and words that go on with
// a variable or a pattern.
std::vector<NamedPath> paths_in_script(std::string_view script);

// Sorted by path. Reports what is missing, outside or over a limit.
std::vector<model::VersionFile> read_version_files(const Source& source, const Draft& draft,
                                                   const FileSource& files);

std::string version_hash(std::string_view text, const std::vector<model::VersionFile>& files);

}  // namespace gantry::spec
