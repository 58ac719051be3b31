#include "app/pager.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "base/fd.h"
#include "base/files.h"

namespace gantry::app {

namespace {

// The command line for a shell; nothing: print.
std::string pager_command() {
  for (const char* name : {"GANTRY_PAGER", "PAGER"})
    if (const char* value = std::getenv(name); value != nullptr) return value;
  return "exec less -FRX";
}

// The pager reads what is written to the descriptor; nothing if it did not start.
std::optional<std::pair<pid_t, Fd>> start(const std::string& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, read_end.get(), STDIN_FILENO);
  const char* const words[] = {"sh", "-c", command.c_str(), nullptr};
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, "/bin/sh", &actions, nullptr, const_cast<char* const*>(words), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return std::nullopt;
  return std::pair(pid, std::move(write_end));
}

constexpr int kCommandNotFound = 127;

// False if there is no such program.
bool page(const std::string& command, const std::string& text) {
  auto pager = start(command);
  if (!pager) return false;
  const auto before = ::signal(SIGPIPE, SIG_IGN);  // who leaves the pager has seen enough
  (void)write_all(pager->second.get(), text);
  pager->second.reset();
  int status = 0;
  ::waitpid(pager->first, &status, 0);
  ::signal(SIGPIPE, before);
  return !WIFEXITED(status) || WEXITSTATUS(status) != kCommandNotFound;
}

}  // namespace

void print_paged(const Terminal& terminal, const std::string& text) {
  const std::string command = pager_command();
  if (terminal.is_terminal && ::isatty(STDIN_FILENO) == 1 && !command.empty()) {
    ::setenv("LESSCHARSET", "utf-8", 0);
    if (page(command + " 2>/dev/null", text)) return;
  }
  fmt::print("{}", text);
}

}  // namespace gantry::app
