#include "runner/zygote.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "runner/pidfd.h"
#include "shim/protocol.h"

namespace gantry::runner {

namespace {

constexpr int kSendBufferBytes = 1 << 20;
constexpr int kFirstFreeFd = 10;  // above those that the zygote is given

// A copy that none of the numbers given to the child can overwrite.
Result<Fd> copy_above(int fd) {
  Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
  if (!copy.valid()) return errno_error("cannot copy a descriptor for gantry-shim");
  return copy;
}

class SpawnActions {
 public:
  SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  void null(int fd) { ::posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", O_RDWR, 0); }
  void give(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void close_from(int fd) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, fd); }
  void directory(const char* path) { ::posix_spawn_file_actions_addchdir_np(&actions_, path); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

// A session of its own, so that the terminal's signals do not reach it; no blocked signals.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

Result<pid_t> spawn(const std::string& shim_path, int request_fd, int report_fd, int lifeline_fd) {
  SpawnActions actions;
  for (const int fd : {0, 1, 2}) actions.null(fd);
  actions.give(request_fd, shim::kRequestFd);
  actions.give(report_fd, shim::kReportFd);
  actions.give(lifeline_fd, shim::kLifelineFd);
  actions.close_from(shim::kLifelineFd + 1);
  actions.directory("/");
  const SpawnAttributes attributes;
  std::string name = "gantry-shim";
  std::string mode = "zygote";
  char* argv[] = {name.data(), mode.data(), nullptr};
  char* env[] = {nullptr};
  pid_t pid = -1;
  const int failure =
      ::posix_spawn(&pid, shim_path.c_str(), actions.get(), attributes.get(), argv, env);
  if (failure == 0) return pid;
  return error(Code::FailedPrecondition,
               fmt::format("cannot start {}: {}; it has to lie beside the gantry program",
                           shim_path, std::strerror(failure)));
}

}  // namespace

Result<Zygote> Zygote::start(const std::string& shim_path, int report_fd) {
  int sockets[2];
  int pipe_fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return errno_error("cannot make a socket pair for gantry-shim");
  Fd ours(sockets[0]);
  const Fd theirs(sockets[1]);
  if (::pipe2(pipe_fds, O_CLOEXEC) != 0) return errno_error("cannot make a pipe for gantry-shim");
  const Fd lifeline_read(pipe_fds[0]);
  Fd lifeline(pipe_fds[1]);
  ::setsockopt(ours.get(), SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes, sizeof kSendBufferBytes);
  TRY(const Fd request_fd, copy_above(theirs.get()));
  TRY(const Fd report_copy, copy_above(report_fd));
  TRY(const Fd lifeline_copy, copy_above(lifeline_read.get()));
  TRY(const pid_t pid, spawn(shim_path, request_fd.get(), report_copy.get(), lifeline_copy.get()));
  return Zygote(std::move(ours), std::move(lifeline), pid);
}

Zygote::~Zygote() {
  if (pid_.value < 0) return;
  socket_.reset();  // it ends at once; if it does not, it is stuck
  constexpr int kPatienceMs = 1000;
  const Fd process = open_process(pid_.value);
  pollfd wait{process.get(), POLLIN, 0};
  if (::poll(&wait, 1, kPatienceMs) != 1) ::kill(pid_.value, SIGKILL);
  while (::waitpid(pid_.value, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Status Zygote::send(std::string_view request) {
  while (!request.empty()) {
    const ssize_t n = ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("cannot send a start to gantry-shim");
    request.remove_prefix(static_cast<std::size_t>(n));
  }
  return ok();
}

bool Zygote::has_taken_all() const {
  int queued = 0;
  return ::ioctl(socket_.get(), SIOCOUTQ, &queued) == 0 && queued == 0;
}

}  // namespace gantry::runner
