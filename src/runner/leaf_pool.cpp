#include "runner/leaf_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/text.h"

namespace gantry::runner {

namespace {

constexpr std::size_t kLeavesMax = 10'000;
constexpr std::string_view kRootName = "gantry-";

// Where cgroup v2 is mounted; empty if it is not.
Result<std::string> find_mount() {
  TRY(const std::string mounts, read_file("/proc/self/mountinfo"));
  for (const std::string_view line : split(mounts, '\n')) {
    const auto dash = line.find(" - cgroup2 ");
    if (dash == std::string_view::npos) continue;
    const auto fields = split(line, ' ');
    if (fields.size() > 4) return std::string(fields[4]);
  }
  return error(Code::FailedPrecondition, "cgroup v2 is not mounted");
}

Result<std::string> own_cgroup() {
  TRY(const std::string text, read_file("/proc/self/cgroup"));
  for (const std::string_view line : split(text, '\n'))
    if (line.starts_with("0::")) return std::string(line.substr(3));
  return error(Code::FailedPrecondition, "this process is in no cgroup v2");
}

Status write_control(const std::string& path, std::string_view text) {
  TRY(const Fd fd, open_file(path, O_WRONLY));
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return errno_error("cannot write " + path);
  return ok();
}

}  // namespace

Status LeafPool::open(const std::string& identity) {
  TRY(const std::string mount, find_mount());
  TRY(const std::string own, own_cgroup());
  const std::string root =
      fmt::format("{}{}{}{}", mount, own == "/" ? "/" : own + "/", kRootName, identity);
  if (::mkdir(root.c_str(), 0755) != 0 && errno != EEXIST)
    return errno_error("cannot make the cgroup " + root);
  TRY(const auto entries, list_directory(root));
  for (const std::string& entry : entries)
    if (entry.starts_with("leaf-")) ::rmdir(join_path(root, entry).c_str());  // if it is empty
  const MutexLock lock(mutex_);
  root_ = root;
  prefix_ = fmt::format("{}/leaf-{:x}-", root, SystemClock().since_boot().us);
  std::string first = make_leaf();
  Status tried = write_control(first + "/cgroup.kill", "1");
  if (tried.ok())
    free_.push_back(std::move(first));
  else
    root_.clear();
  return tried;
}

std::string LeafPool::make_leaf() {
  std::string leaf = prefix_ + std::to_string(++made_);
  return ::mkdir(leaf.c_str(), 0755) == 0 ? leaf : std::string();
}

std::string LeafPool::take() {
  const MutexLock lock(mutex_);
  if (root_.empty()) return {};
  if (free_.empty()) return made_ < kLeavesMax ? make_leaf() : std::string();
  std::string leaf = std::move(free_.back());
  free_.pop_back();
  return leaf;
}

void LeafPool::give_back(std::string leaf) {
  if (leaf.empty()) return;
  const MutexLock lock(mutex_);
  free_.push_back(std::move(leaf));
}

void kill_leaf(const std::string& leaf) {
  if (!base_name(parent_path(leaf)).starts_with(kRootName)) return;
  const Status killed = write_control(leaf + "/cgroup.kill", "1");
  (void)killed;  // gone with the last process
}

}  // namespace gantry::runner
