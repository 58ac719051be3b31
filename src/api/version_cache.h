// The models of stored versions, parsed once for several requests. The least recently used go.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "model/workflow.h"
#include "store/reader.h"

namespace gantry::api {

class VersionCache {
 public:
  using WorkflowPtr = std::shared_ptr<const model::Workflow>;

  explicit VersionCache(std::size_t entries_max) : entries_max_(entries_max) {}

  // Any thread. Reads and parses on a miss. DataLoss if the stored text does not parse.
  Result<WorkflowPtr> get(store::Reader& reader, VersionId version, const std::string& name);

  std::size_t size() const;

 private:
  struct Entry {
    VersionId version;
    WorkflowPtr workflow;
  };
  WorkflowPtr find(VersionId version);
  void keep(VersionId version, const WorkflowPtr& workflow);

  const std::size_t entries_max_;
  mutable Mutex mutex_;
  std::list<Entry> entries_ GUARDED_BY(mutex_);  // most recently used first
};

}  // namespace gantry::api
