#include "shim/tree.h"

#include <dirent.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "shim/clock.h"
#include "shim/small_file.h"

namespace gantry::shim {

namespace {

void append_numbers(std::vector<pid_t>& out, const std::string& text) {
  const char* at = text.c_str();
  for (;;) {
    char* end = nullptr;
    const long number = std::strtol(at, &end, 10);
    if (end == at) return;
    out.push_back(static_cast<pid_t>(number));
    at = end;
  }
}

std::vector<std::string> numbered_entries(const std::string& path) {
  std::vector<std::string> out;
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return out;
  while (const dirent* entry = ::readdir(directory))
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') out.emplace_back(entry->d_name);
  ::closedir(directory);
  return out;
}

// The parent of a process: field 4 of stat, after the name in parentheses.
pid_t parent_of(const std::string& pid) {
  const std::string stat = read_small_file("/proc/" + pid + "/stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > stat.size()) return -1;
  return static_cast<pid_t>(std::strtol(stat.c_str() + name_end + 4, nullptr, 10));
}

// For kernels without /proc/PID/task/TID/children.
std::vector<pid_t> children_by_scan(pid_t pid) {
  std::vector<pid_t> out;
  for (const std::string& entry : numbered_entries("/proc"))
    if (parent_of(entry) == pid) out.push_back(static_cast<pid_t>(std::atoi(entry.c_str())));
  return out;
}

// Waits for a child to end, at most so long. SIGCHLD is blocked but for here.
void await_child(std::int64_t wait_us) {
  sigset_t open;
  ::sigemptyset(&open);
  const timespec wait{wait_us / kSecond, (wait_us % kSecond) * 1000};
  ::ppoll(nullptr, 0, &wait, &open);
}

}  // namespace

std::vector<pid_t> children_of(pid_t pid) {
  static const bool listed =
      ::access("/proc/self/task", X_OK) == 0 &&
      ::access(("/proc/self/task/" + std::to_string(::getpid()) + "/children").c_str(), R_OK) == 0;
  if (!listed) return children_by_scan(pid);
  std::vector<pid_t> out;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const std::string& thread : numbered_entries(tasks))
    append_numbers(out, read_small_file(tasks + "/" + thread + "/children"));
  return out;
}

// Sends `signal` to every descendant, parents before children: a stopped parent neither forks nor
// reaps, so the numbers of its children stay theirs. Goes on until a walk finds nobody new.
std::vector<pid_t> Tree::descendants(int signal) {
  constexpr int kWalksMax = 100;
  std::vector<pid_t> seen;
  bool found = true;
  for (int walk = 0; found && walk < kWalksMax; ++walk) {
    found = false;
    std::vector<pid_t> next = children_of(::getpid());
    for (std::size_t i = 0; i < next.size(); ++i) {
      const pid_t pid = next[i];
      if (!std::binary_search(seen.begin(), seen.end(), pid)) {
        ::kill(pid, signal);
        seen.insert(std::upper_bound(seen.begin(), seen.end(), pid), pid);
        found = true;
      }
      for (const pid_t child : children_of(pid)) next.push_back(child);
    }
  }
  return seen;
}

void Tree::terminate() {
  ::kill(-leader_, SIGTERM);
  ::kill(-leader_, SIGCONT);
  std::vector<pid_t> all = {::getpid()};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const pid_t pid : children_of(all[i])) {
      all.push_back(pid);
      if (::getpgid(pid) == leader_) continue;  // has it already
      ::kill(pid, SIGTERM);
      ::kill(pid, SIGCONT);
    }
  }
}

bool Tree::reap_others() {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) break;
    if (info.si_pid == leader_) return true;
    ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
  }
  return false;
}

int Tree::reap_leader(bool kill_group) {
  if (kill_group) ::kill(-leader_, SIGKILL);
  int status = 0;
  while (::waitpid(leader_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  return status;
}

bool Tree::empty() {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0) return errno == ECHILD;
    if (info.si_pid == 0) return false;
  }
}

void Tree::kill_cgroup() {
  if (!leaf_.empty()) write_small_file(leaf_ + "/cgroup.kill", "1");
}

bool Tree::kill_all(std::int64_t patience_us) {
  const std::int64_t deadline = boot_us() + patience_us;
  std::int64_t wait_us = kMillisecond;
  for (;;) {
    kill_cgroup();
    if (!reaped_) ::kill(-leader_, SIGKILL);
    for (const pid_t pid : descendants(SIGSTOP)) ::kill(pid, SIGKILL);
    if (!reaped_) {
      // A killed leader may need a moment to become a zombie.
      if (!reap_others()) await_child(wait_us);
      if (reap_others()) return true;  // the caller reaps it and calls again for the rest
    } else if (empty()) {
      return true;
    }
    if (boot_us() >= deadline) return false;
    await_child(wait_us);
    wait_us = std::min<std::int64_t>(wait_us * 2, 20 * kMillisecond);
  }
}

}  // namespace gantry::shim
