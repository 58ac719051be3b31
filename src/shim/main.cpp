// gantry-shim: the zygote and, forked from it, one shim per attempt. Started by gantry, which
// gives it three descriptors (protocol.h); ends with the server, while its shims go on.
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "shim/attempt.h"
#include "shim/brood.h"

namespace gantry::shim {

namespace {

void on_child(int) {}  // only has to interrupt ppoll()

// Lowers the chance of the kernel taking a shim when memory runs out: its task should go. The
// former value is for the tasks; empty if it could not be changed.
std::string protect_from_oom() {
  constexpr const char* kPath = "/proc/self/oom_score_adj";
  const int fd = ::open(kPath, O_RDWR | O_CLOEXEC);
  if (fd < 0) return {};
  char buffer[16];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  const bool lowered = n > 0 && ::pwrite(fd, "-900", 4, 0) == 4;
  ::close(fd);
  return lowered ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
}

// glibc leaves its two internal signals ignored in what posix_spawn() starts, and its own calls
// do not touch them. The tasks would inherit that.
void reset_internal_signals() {
  constexpr int kInternal[] = {32, 33};
  constexpr std::size_t kMaskBytes = 8;
  const unsigned long action[8] = {};  // the kernel's struct: SIG_DFL, nothing else
  for (const int signal : kInternal)
    ::syscall(SYS_rt_sigaction, signal, action, nullptr, kMaskBytes);
}

// SIGCHLD comes only while ppoll() waits.
void hear_children() {
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, nullptr);
  struct sigaction action {};
  action.sa_handler = on_child;
  ::sigaction(SIGCHLD, &action, nullptr);
}

void set_up_zygote() {
  reset_internal_signals();
  for (const int signal : kIgnoredSignals) ::signal(signal, SIG_IGN);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  hear_children();
  rlimit core{};
  if (::getrlimit(RLIMIT_CORE, &core) == 0) {
    core.rlim_cur = 0;  // secrets do not belong into core files
    ::setrlimit(RLIMIT_CORE, &core);
  }
  ::prctl(PR_SET_NAME, "gantry-zygote");
}

void set_up_shim() {
  ::close(kRequestFd);
  ::setsid();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_NAME, "gantry-shim");
  ::prctl(PR_SET_DUMPABLE, 0);
}

// False at the end of the server: what is still queued must not be started for a dead one.
bool await_request(Brood& brood) {
  constexpr timespec kSoon{0, 20'000'000};
  sigset_t open;
  ::sigemptyset(&open);
  pollfd wait{kRequestFd, POLLIN | POLLRDHUP, 0};
  do {
    wait.revents = 0;
    ::ppoll(&wait, 1, brood.tend() ? &kSoon : nullptr, &open);
  } while (wait.revents == 0);
  return (wait.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

bool read_exactly(char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::recv(kRequestFd, to, size, MSG_WAITALL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

void serve_request(const std::string& body, const Inherited& inherited, Brood& brood) {
  const pid_t pid = ::fork();
  if (pid > 0) return brood.add(pid);
  const auto request = decode_request(body);
  if (pid == 0) {
    set_up_shim();
    if (request) Attempt(*request, inherited).run();
    ::_exit(0);
  }
  const std::string why = std::string("cannot fork a shim: ") + std::strerror(errno);
  if (request) record_start_failure(*request, why);
}

int serve() {
  const Inherited inherited{protect_from_oom()};
  set_up_zygote();
  Brood brood;
  std::string body;
  while (await_request(brood)) {
    char head[kRequestHeadBytes];
    if (!read_exactly(head, sizeof head)) return 0;
    const auto size = decode_request_head({head, sizeof head});
    if (!size) return 1;
    body.resize(*size);
    if (!read_exactly(body.data(), *size)) return 0;
    serve_request(body, inherited, brood);
    ::explicit_bzero(body.data(), body.size());
    constexpr std::size_t kKeptBytes = 64u << 10;
    if (body.capacity() > kKeptBytes) std::string().swap(body);
  }
  return 0;
}

bool has_descriptors() {
  struct stat st {};
  return ::fstat(kRequestFd, &st) == 0 && S_ISSOCK(st.st_mode) && ::fstat(kReportFd, &st) == 0 &&
         S_ISSOCK(st.st_mode) && ::fstat(kLifelineFd, &st) == 0 && S_ISFIFO(st.st_mode);
}

}  // namespace

}  // namespace gantry::shim

int main(int argc, char** argv) {
  using namespace gantry::shim;
  if (argc == 2 && std::strcmp(argv[1], "zygote") == 0 && has_descriptors()) return serve();
  std::fprintf(stderr,
               "gantry-shim (protocol %d) holds the tasks of gantry. It is started by "
               "`gantry serve` and `gantry run`, never by hand.\n",
               static_cast<int>(kProtocolVersion));
  return 2;
}
