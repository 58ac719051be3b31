#include "app/file_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace gantry::app {

namespace {
bool is_same(const FoundFile& a, const FoundFile& b) {
  return a.device == b.device && a.inode == b.inode && a.modified_ns == b.modified_ns &&
         a.size_bytes == b.size_bytes;
}
}  // namespace

std::vector<std::string> keys_of(const FoundFile& file) {
  const std::string rest = fmt::format("{}:{}:{}", file.inode, file.modified_ns, file.size_bytes);
  return {fmt::format("{}:{}", file.device, rest), fmt::format("{}:{}", file.path, rest)};
}

void FileMemory::look(const std::vector<FoundFile>& found, Duration now) {
  std::unordered_map<std::string, Known> files;
  files.reserve(found.size());
  for (const FoundFile& file : found) {
    const auto before = files_.find(file.path);
    const bool stays = before != files_.end() && is_same(before->second.file, file);
    files.emplace(file.path, stays ? Known{file, before->second.since, before->second.is_taken}
                                   : Known{file, now, false});
  }
  files_ = std::move(files);
}

std::vector<FoundFile> FileMemory::settled(Duration settle, Duration now) const {
  std::vector<FoundFile> out;
  for (const auto& [path, known] : files_)
    if (!known.is_taken && known.since + settle <= now) out.push_back(known.file);
  std::sort(out.begin(), out.end(), [](const FoundFile& a, const FoundFile& b) {
    return std::tie(a.modified_ns, a.path) < std::tie(b.modified_ns, b.path);
  });
  return out;
}

void FileMemory::take(const FoundFile& file) {
  const auto known = files_.find(file.path);
  if (known != files_.end() && is_same(known->second.file, file)) known->second.is_taken = true;
}

std::optional<Duration> FileMemory::wait(Duration settle, Duration now) const {
  std::optional<Duration> out;
  for (const auto& [path, known] : files_) {
    if (known.is_taken) continue;
    const Duration left = std::max(known.since + settle - now, Duration{});
    out = out ? std::min(*out, left) : left;
  }
  return out;
}

}  // namespace gantry::app
