#include "api/version_cache.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "forms/forms.h"
#include "spec/load.h"

namespace gantry::api {

namespace {
Result<VersionCache::WorkflowPtr> load(store::Reader& reader, VersionId version,
                                       const std::string& name) {
  TRY(const model::Definition stored, reader.definition(version));
  spec::LoadResult loaded = forms::load_stored(stored.text, name);
  if (!loaded.definition) {
    const std::string why =
        loaded.diagnostics.empty() ? "no reason given" : to_line(loaded.diagnostics.front());
    return explain(Code::DataLoss,
                   {"a stored version of '{}' can not be read: {}", "“{}”的已存版本无法读取：{}"},
                   name, why);
  }
  return std::make_shared<const model::Workflow>(std::move(loaded.definition->workflow));
}
}  // namespace

Result<VersionCache::WorkflowPtr> VersionCache::get(store::Reader& reader, VersionId version,
                                                    const std::string& name) {
  if (WorkflowPtr found = find(version)) return found;
  TRY(WorkflowPtr workflow, load(reader, version, name));
  keep(version, workflow);
  return workflow;
}

VersionCache::WorkflowPtr VersionCache::find(VersionId version) {
  const MutexLock lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.version == version; });
  if (found == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  return found->workflow;
}

// Two threads may have parsed the same version; the second takes the place of the first.
void VersionCache::keep(VersionId version, const WorkflowPtr& workflow) {
  const MutexLock lock(mutex_);
  entries_.remove_if([&](const Entry& entry) { return entry.version == version; });
  entries_.push_front({version, workflow});
  if (entries_.size() > entries_max_) entries_.pop_back();
}

std::size_t VersionCache::size() const {
  const MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace gantry::api
