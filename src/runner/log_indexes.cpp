#include "runner/log_indexes.h"

#include "base/files.h"

namespace gantry::runner {

namespace {

// An index that can not be written is made again next time.
void save(const std::string& path, const LogIndex& index) {
  (void)write_file_durably(log_index_path(path), index.encode());
}

std::shared_ptr<const LogIndex> load(const std::string& path, int fd) {
  const auto bytes = read_file(log_index_path(path));
  return bytes.ok() ? LogIndex::decode(*bytes, fd) : nullptr;
}

}  // namespace

std::string log_index_path(const std::string& log_path) { return log_path + ".index"; }

Result<std::shared_ptr<const LogIndex>> LogIndexes::get(const std::string& path, bool finished) {
  TRY(const Fd fd, open_log(path));
  if (!fd.valid()) return std::shared_ptr<const LogIndex>();
  TRY(const LogState state, log_state(fd.get()));
  const bool kept = finished && state.size_bytes >= limits::kLogIndexFileMin;
  auto known = find(path);
  const bool from_file = !known && kept;
  if (from_file) known = load(path, fd.get());
  TRY(auto index, LogIndex::extended(known, fd.get()));
  if (from_file && index != known) save(path, *index);
  keep(path, index);
  return index;
}

std::shared_ptr<const LogIndex> LogIndexes::find(const std::string& path) const {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : found->second.index;
}

void LogIndexes::keep(const std::string& path, std::shared_ptr<const LogIndex> index) {
  const MutexLock lock(mutex_);
  if (const auto old = entries_.find(path); old != entries_.end()) {
    bytes_ -= old->second.index->size_bytes();
    used_.erase(old->second.used);
    entries_.erase(old);
  }
  bytes_ += index->size_bytes();
  used_.push_front(path);
  entries_.emplace(path, Entry{std::move(index), used_.begin()});
  while (bytes_ > bytes_max_ && used_.size() > 1) {
    const auto oldest = entries_.find(used_.back());
    bytes_ -= oldest->second.index->size_bytes();
    entries_.erase(oldest);
    used_.pop_back();
  }
}

std::size_t LogIndexes::size_bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

}  // namespace gantry::runner
