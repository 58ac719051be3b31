// The workflow files of a folder: finding and reading them. Blocking; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "spec/load.h"

namespace gantry::app {

inline constexpr int kFolderDepthMax = 16;

bool is_folder(const std::string& path);  // a real one, not a link to one

// "a/b.yaml", "a/b.flow.mmd" or "a/b.flow.csv" below `folder` is the workflow a/b. Sorted by name;
// files listed in .gantryignore (one glob per line) are left out.
Result<std::vector<std::string>> find_workflow_files(const std::string& folder);
// "nightly" of "flows/nightly.yml"; a name without an extension stays whole.
std::string name_of_file(const std::string& path);
std::string workflow_name_of(const std::string& file);  // "a/b" of "a/b.yaml", "a/b.flow.csv"

// Files that make the same workflow: of each of them another one.
std::map<std::string, std::string> twins_of(const std::vector<std::string>& files);
spec::Diagnostic twin_problem(const std::string& path, const std::string& other);

struct LoadedFile {
  std::string name;
  std::string path;
  spec::LoadResult result;
};

// What is wrong with a file as a whole: at its first place.
spec::Diagnostic file_problem(const std::string& path, std::string code, const Error& why);

// Reads and checks one file. Errors of the file are in the result, not an Error.
LoadedFile load_workflow_file(const std::string& path, const std::string& name,
                              const spec::KnownCalendars* calendars = nullptr);

}  // namespace gantry::app
