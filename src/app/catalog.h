// Catalog: the workflow files of a home and what came of loading them. Loading blocks: it runs on
// a worker. A file with errors keeps its last good version and is listed with its errors.
#pragma once

#include <string>
#include <vector>

#include "app/home.h"
#include "engine/engine.h"
#include "spec/load.h"

namespace gantry::app {

struct LoadedFile {
  std::string name;
  std::string path;
  spec::LoadResult result;
};

// "a/b.yaml" below the folder `workflows` is the workflow a/b. Sorted by name; files listed in
// .gantryignore (one glob per line) are left out.
Result<std::vector<std::string>> find_workflow_files(const std::string& folder);

// Reads and checks one file. Errors of the file are in the result, not an Error.
LoadedFile load_workflow_file(const std::string& path, const std::string& name);

struct CatalogSummary {
  int loaded = 0;
  int failed = 0;
};

class Catalog {
 public:
  Catalog(Home home, engine::Engine& engine) : home_(std::move(home)), engine_(engine) {}

  // Loads every file and hands the good ones to the engine; waits until they are committed.
  Result<CatalogSummary> scan();

 private:
  Status submit(const LoadedFile& file);
  const Home home_;
  engine::Engine& engine_;
};

}  // namespace gantry::app
