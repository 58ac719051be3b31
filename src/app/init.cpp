#include "app/init.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace gantry::app {

namespace {
constexpr int kSignalBase = 128;  // a shell's exit code of a death by signal

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
}

class Init {
 public:
  explicit Init(pid_t program) : program_(program) {}

  [[noreturn]] void run(const sigset_t& all) {
    while (!over()) {
      siginfo_t signal{};
      if (::sigwaitinfo(&all, &signal) < 0) continue;
      if (signal.si_signo == SIGCHLD)
        reap();
      else
        hand_on(signal);
    }
    std::_Exit(code_);
  }

 private:
  bool over() const { return ended_ && (!stop_asked_ || childless_ || hurried_); }

  void reap() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid != program_) continue;
      ended_ = true;
      code_ = exit_code_of(status);
    }
    childless_ = pid < 0 && errno == ECHILD;
  }

  // What a terminal sends (SI_KERNEL) goes to the program by itself.
  void hand_on(const siginfo_t& signal) {
    const bool is_stop = signal.si_signo == SIGTERM || signal.si_signo == SIGINT;
    hurried_ = hurried_ || (is_stop && ended_);
    stop_asked_ = stop_asked_ || is_stop;
    if (!ended_ && signal.si_code != SI_KERNEL) ::kill(program_, signal.si_signo);
  }

  const pid_t program_;
  bool ended_ = false;
  bool stop_asked_ = false;
  bool hurried_ = false;
  bool childless_ = false;
  int code_ = 0;
};
}  // namespace

void stand_in_as_init() {
  if (::getpid() != 1) return;
  sigset_t all, before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t program = ::fork();
  if (program < 0) {
    fmt::print(stderr, "cannot start a process: {}\n", std::strerror(errno));
    std::_Exit(1);
  }
  if (program > 0) Init(program).run(all);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace gantry::app
