#include "runner/leaf_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
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

// systemd says so: user.delegate for users' managers, trusted.delegate for the machine's.
bool is_delegated(const std::string& cgroup) {
  for (const char* name : {"user.delegate", "trusted.delegate"}) {
    char value = 0;
    if (::getxattr(cgroup.c_str(), name, &value, 1) == 1 && value == '1') return true;
  }
  return false;
}

std::string choose_base(const std::string& own) {
  const std::string above = parent_path(own);
  return !is_delegated(own) && is_delegated(above) ? above : own;
}

// Hands on the memory controller to what is below. Where it is not to be had, there is none.
void want_memory(const std::string& cgroup) {
  const Status wanted = write_control(cgroup + "/cgroup.subtree_control", "+memory");
  (void)wanted;
}

void remove_leaves(const std::string& root) {
  const auto entries = list_directory(root);
  if (!entries.ok()) return;
  for (const std::string& entry : *entries)
    if (entry.starts_with("leaf-")) ::rmdir(join_path(root, entry).c_str());  // if it is empty
}

Result<Fd> lock_directory(const std::string& path) {
  TRY(Fd fd, open_file(path, O_RDONLY | O_DIRECTORY));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return errno_error("cannot lock " + path);
  return fd;
}

// What servers left that were killed and never came back: without lock and without processes.
void remove_left_roots(const std::string& base) {
  const auto entries = list_directory(base);
  if (!entries.ok()) return;
  for (const std::string& entry : *entries) {
    if (!entry.starts_with(kRootName)) continue;
    const std::string root = join_path(base, entry);
    const auto locked = lock_directory(root);
    if (!locked.ok()) continue;
    remove_leaves(root);
    ::rmdir(root.c_str());
  }
}

bool is_same(int fd, const std::string& path) {
  struct stat opened {};
  struct stat there {};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &there) == 0 &&
         opened.st_ino == there.st_ino;
}

bool is_ours(const std::string& leaf) {
  return base_name(parent_path(leaf)).starts_with(kRootName);
}

}  // namespace

LeafPool::~LeafPool() {
  const MutexLock lock(mutex_);
  if (root_.empty()) return;
  remove_leaves(root_);
  ::rmdir(root_.c_str());
}

Status LeafPool::open(const std::string& identity) {
  TRY(const std::string mount, find_mount());
  TRY(const std::string own, own_cgroup());
  return open_at(choose_base(own == "/" ? mount : mount + own), identity);
}

Status LeafPool::open_at(const std::string& base, const std::string& identity) {
  remove_left_roots(base);
  const std::string root = fmt::format("{}/{}{}", base, kRootName, identity);
  const MutexLock lock(mutex_);
  TRY_STATUS(claim_root(root));
  want_memory(base);
  want_memory(root);
  root_ = root;
  prefix_ = fmt::format("{}/leaf-{:x}-", root, SystemClock().since_boot().us);
  std::string first = make_leaf();
  Status tried = write_control(first + "/cgroup.kill", "1");
  if (tried.ok()) {
    tells_memory_ = exists(first + "/memory.events");
    free_.push_back(std::move(first));
    return tried;
  }
  remove_leaves(root);
  ::rmdir(root.c_str());
  root_.clear();
  return tried;
}

// Another server may be about to remove the directory as one that was left; hence more than once.
Status LeafPool::claim_root(const std::string& root) {
  constexpr int kTriesMax = 5;
  Status claimed = ok();
  for (int i = 0; i < kTriesMax; ++i) {
    if (::mkdir(root.c_str(), 0755) != 0 && errno != EEXIST)
      return errno_error("cannot make the cgroup " + root);
    auto locked = lock_directory(root);
    claimed = locked.ok() ? ok() : Status(locked.error());
    if (!locked.ok() || !is_same(locked->get(), root)) continue;
    root_lock_ = *std::move(locked);
    return ok();
  }
  return claimed.ok() ? error(Code::Unavailable, "cannot keep the cgroup " + root) : claimed;
}

bool LeafPool::tells_memory() const {
  const MutexLock lock(mutex_);
  return tells_memory_;
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

void LeafPool::retire(const std::string& leaf) {
  if (!leaf.empty()) ::rmdir(leaf.c_str());
}

void kill_leaf(const std::string& leaf) {
  if (!is_ours(leaf)) return;
  const Status killed = write_control(leaf + "/cgroup.kill", "1");
  (void)killed;  // gone with the last process
}

bool is_populated(const std::string& leaf) {
  if (!is_ours(leaf)) return false;
  const auto events = read_file(leaf + "/cgroup.events", 4096);
  return events.ok() && events->find("populated 1") != std::string::npos;
}

std::string describe_trees(const std::string& why, bool tells_memory) {
  if (!why.empty()) return fmt::format("subreaper walk, no cgroups ({})", why);
  if (tells_memory) return "a cgroup v2 per attempt, with memory";
  return "a cgroup v2 per attempt, without its memory controller: tasks that run out of memory are "
         "seen as killed";
}

}  // namespace gantry::runner
