#include "shim/launch.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gantry::shim {

namespace {

enum class Step : int { None, Directory, Descriptors, Exec };

// All that the child needs, made before vfork: it may not allocate.
struct Plan {
  std::vector<char*> argv;
  std::vector<char*> env;
  std::vector<std::string> candidates;  // paths to try, in this order
  const char* workdir = nullptr;
  const char* oom_score_adj = nullptr;
  int out_fd = -1;
  int err_fd = -1;
  int procs_fd = -1;  // cgroup.procs of the leaf
  // Written by the child, which shares the memory until it executes.
  volatile Step failed_step = Step::None;
  volatile int failed_errno = 0;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

std::string_view path_of(const std::vector<std::string>& env) {
  for (const std::string& entry : env)
    if (entry.starts_with("PATH=")) return std::string_view(entry).substr(5);
  return "/usr/local/bin:/usr/bin:/bin";
}

std::vector<std::string> candidates_for(const StartRequest& request) {
  const std::string& name = request.argv[0];
  if (name.find('/') != std::string::npos) return {name};
  std::vector<std::string> out;
  std::string_view path = path_of(request.env);
  for (;;) {
    const std::size_t end = path.find(':');
    const std::string_view part = path.substr(0, end);
    out.push_back(std::string(part.empty() ? "." : part) + "/" + name);
    if (end == std::string_view::npos) return out;
    path.remove_prefix(end + 1);
  }
}

[[noreturn]] void fail_child(Plan& plan, Step step, int error) {
  plan.failed_errno = error;
  plan.failed_step = step;
  ::_exit(127);
}

void ignore_result(ssize_t) {}

// After vfork: without allocation.
void write_text(const char* path, const char* text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  ignore_result(::write(fd, text, std::strlen(text)));
  ::close(fd);
}

void reset_signals() {
  for (const int signal : kIgnoredSignals) ::signal(signal, SIG_DFL);
  ::signal(SIGCHLD, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// As execvp: goes on to the next directory unless the file is there and can not be executed.
[[noreturn]] void execute(Plan& plan) {
  int error = ENOENT;
  for (const std::string& path : plan.candidates) {
    ::execve(path.c_str(), plan.argv.data(), plan.env.data());
    if (errno == EACCES) error = EACCES;
    if (errno != EACCES && errno != ENOENT && errno != ENOTDIR) fail_child(plan, Step::Exec, errno);
  }
  fail_child(plan, Step::Exec, error);
}

[[noreturn]] void run_child(Plan& plan) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a task without its shim has no timeout and no log
  // No task fails for want of its cgroup: its tree can be walked.
  if (plan.procs_fd >= 0) ignore_result(::write(plan.procs_fd, "0", 1));
  if (plan.oom_score_adj != nullptr) write_text("/proc/self/oom_score_adj", plan.oom_score_adj);
  if (::chdir(plan.workdir) != 0) fail_child(plan, Step::Directory, errno);
  // 0 is /dev/null already: the zygote's.
  if (::dup2(plan.out_fd, 1) < 0 || ::dup2(plan.err_fd, 2) < 0)
    fail_child(plan, Step::Descriptors, errno);
  ::close_range(3, ~0u, 0);
  reset_signals();
  execute(plan);
}

// vfork: the child runs in the memory of the parent, which stands still until it has executed.
// A function of its own, so that the child can not change what the parent keeps in registers.
[[gnu::noinline]] pid_t spawn(Plan& plan) {
  const pid_t pid = ::vfork();
  if (pid == 0) run_child(plan);
  return pid;
}

std::string exec_error(const StartRequest& request, int error) {
  const std::string& name = request.argv[0];
  const bool is_path = name.find('/') != std::string::npos;
  struct stat st {};
  if (error == ENOENT && !is_path)
    return "command not found: " + name + " (PATH=" + std::string(path_of(request.env)) + ")";
  const std::string file = name[0] == '/' ? name : request.workdir + "/" + name;
  if (error == ENOENT && ::stat(file.c_str(), &st) == 0)
    return name + ": its interpreter, named in the #! line, was not found";
  if (error == ENOENT) return "command not found: " + name + " (in " + request.workdir + ")";
  if (error == EACCES)
    return name + ": permission denied; it has to be an executable file (chmod +x)";
  if (error == ENOEXEC)
    return name + ": not a program of this machine, nor a script with a #! line";
  if (error == E2BIG)
    return name + ": arguments and environment are too long (one value has at most 128 KiB)";
  return name + ": " + std::strerror(error);
}

std::string error_text(const StartRequest& request, Step step, int error) {
  switch (step) {
    case Step::Directory:
      return "cannot enter the working directory " + request.workdir + ": " + std::strerror(error);
    case Step::Descriptors:
      return std::string("cannot connect its output: ") + std::strerror(error);
    default: return exec_error(request, error);
  }
}

struct Pipe {
  int read_fd = -1;
  int write_fd = -1;
  bool open() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) return false;
    read_fd = fds[0];
    write_fd = fds[1];
    return true;
  }
};

void close_if_open(int fd) {
  if (fd >= 0) ::close(fd);
}

int open_procs(const std::string& leaf) {
  if (leaf.empty()) return -1;
  return ::open((leaf + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
}

}  // namespace

Launched launch(const StartRequest& request, const Inherited& inherited) {
  Launched out;
  Pipe output;
  Pipe errors;
  Plan plan;
  plan.argv = pointers(request.argv);
  plan.env = pointers(request.env);
  plan.candidates = candidates_for(request);
  plan.workdir = request.workdir.c_str();
  if (!inherited.oom_score_adj.empty()) plan.oom_score_adj = inherited.oom_score_adj.c_str();
  plan.procs_fd = open_procs(request.leaf);
  if (output.open() && errors.open()) {
    plan.out_fd = output.write_fd;
    plan.err_fd = errors.write_fd;
    out.pid = spawn(plan);
    if (out.pid < 0) out.error = std::string("cannot start a process: ") + std::strerror(errno);
    if (plan.failed_step != Step::None)
      out.error = error_text(request, plan.failed_step, plan.failed_errno);
  } else {
    out.error = std::string("cannot make pipes: ") + std::strerror(errno);
  }
  for (const int fd : {output.write_fd, errors.write_fd, plan.procs_fd}) close_if_open(fd);
  out.out = output.read_fd;
  out.err = errors.read_fd;
  return out;
}

}  // namespace gantry::shim
