#include "app/versions.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/files.h"
#include "forms/forms.h"
#include "spec/load.h"

namespace gantry::app {

namespace {
Status write_version_file(const std::string& folder, const model::VersionFile& file) {
  CHECK(is_inside_path(file.path));
  const std::string path = join_path(folder, file.path);
  TRY_STATUS(make_directories(parent_path(path), 0755));
  return write_file_durably(path, file.content, file.executable ? 0555 : 0444);
}
}  // namespace

Status lay_out_version(const std::string& versions_folder, const model::Definition& definition) {
  const std::string folder = join_path(versions_folder, definition.hash);
  if (definition.files.empty() || exists(folder)) return ok();
  // Built beside and renamed, so that a folder of this name is always complete.
  const std::string building = folder + ".new";
  TRY_STATUS(remove_tree(building));
  TRY_STATUS(make_directories(building, 0755));
  for (const model::VersionFile& file : definition.files)
    TRY_STATUS(write_version_file(building, file));
  if (::rename(building.c_str(), folder.c_str()) != 0)
    return errno_error("cannot rename " + building);
  return sync_directory(versions_folder);
}

Result<model::WorkflowProvided> StoredVersions::try_load(VersionId version) {
  TRY(const auto reader, open_());
  TRY(const store::VersionView view, reader->version(version));
  TRY(const model::Definition stored, reader->definition(version));
  spec::LoadResult loaded = forms::load_stored(stored.text, view.workflow_name);
  if (!loaded.definition)
    return loaded.diagnostics.empty() ? invalid("it does not load")
                                      : spec::to_error(loaded.diagnostics.front());
  model::WorkflowProvided provided;
  provided.version = version;
  provided.workflow =
      std::make_shared<const model::Workflow>(std::move(loaded.definition->workflow));
  provided.files_hash = stored.files.empty() ? "" : view.hash;
  return provided;
}

model::WorkflowProvided StoredVersions::load(VersionId version) {
  auto loaded = try_load(version);
  if (loaded.ok()) return std::move(loaded).value();
  model::WorkflowProvided failed;
  failed.version = version;
  failed.error = loaded.error().message;
  return failed;
}

}  // namespace gantry::app
