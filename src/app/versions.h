// Versions on disk and in the store: the files a version names are laid out once under
// data/versions/HASH, and a stored version is parsed again when the engine needs it.
#pragma once

#include <functional>
#include <memory>

#include "engine/engine.h"
#include "model/workflow.h"
#include "store/reader.h"

namespace gantry::app {

// Writes data/versions/HASH/... durably, unless it is there. Nothing to do without files.
Status lay_out_version(const std::string& versions_folder, const model::Definition& definition);

class StoredVersions : public engine::VersionSource {
 public:
  using OpenReader = std::function<Result<std::unique_ptr<store::Reader>>()>;
  explicit StoredVersions(OpenReader open) : open_(std::move(open)) {}
  model::WorkflowProvided load(VersionId version) override;

 private:
  Result<model::WorkflowProvided> try_load(VersionId version);
  const OpenReader open_;
};

}  // namespace gantry::app
