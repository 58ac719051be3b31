#include "app/wrap_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>

#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "shim/log.h"
#include "shim/mask.h"
#include "shim/tree.h"

namespace gantry::app {

namespace {
constexpr std::size_t kChunkBytes = PIPE_BUF;  // what a pipe takes at once without blocking
constexpr Duration kFlushAfter = milliseconds(200);
constexpr Duration kLookAgainAfter = milliseconds(100);
constexpr Duration kKillAgainAfter = milliseconds(50);
constexpr int kForwarded[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM};
constexpr int kCannotExecute = 126;
constexpr int kNotFound = 127;

std::int64_t now_us() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000;
}

// One of its two output streams: what it writes, and what of it has not been passed on.
struct Stream {
  Fd from;
  int to = -1;  // -1: nobody wants it
  shim::Stream name = shim::Stream::Out;
  std::optional<shim::Masker> masker;
  std::string waiting;  // read and logged, not passed on yet
};

class WrapProcess {
 public:
  explicit WrapProcess(const WrapProcessOptions& options)
      : options_(options),
        forms_(options.secrets),
        log_(options.log_path,
             {limits::kLogHeadBytes, limits::kLogTailBytes, limits::kLogLineBytes}) {}

  WrapOutcome run(const std::function<void()>& before_others_go_on) {
    take_signals();
    open_pipes();
    outcome_.report.started_at = SystemClock().wall();
    start();
    if (options_.timeout) stop_at_ = now_us() + options_.timeout->us;
    while (!leader_ended_) step(next_wait());
    while (is_any_readable()) {
      const bool waits = !streams_[0].waiting.empty() || !streams_[1].waiting.empty();
      if (!step(waits ? -1 : 0) && !waits) break;  // others hold its output
    }
    if (timed_out_) kill_rest();
    outcome_.report.ended_at = SystemClock().wall();
    close_log();
    leave_the_rest(before_others_go_on);
    return outcome_;
  }

 private:
  // Blocked and read from a descriptor; the command gets the mask that we were given.
  void take_signals() {
    sigset_t ours;
    ::sigemptyset(&ours);
    ::sigaddset(&ours, SIGCHLD);
    for (const int signal : kForwarded) ::sigaddset(&ours, signal);
    ::sigprocmask(SIG_BLOCK, &ours, &given_mask_);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &given_pipe_);
    struct sigaction child {};
    child.sa_handler = SIG_DFL;  // an ignored SIGCHLD would take the exit status
    ::sigaction(SIGCHLD, &child, &given_child_);
    signals_ = Fd(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
    if (options_.timeout) ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  }

  void open_pipes() {
    for (const int target : {1, 2}) {
      Stream& stream = streams_[static_cast<std::size_t>(target - 1)];
      stream.name = target == 1 ? shim::Stream::Out : shim::Stream::Err;
      stream.to = options_.quiet ? -1 : target;
      stream.masker.emplace(forms_);
      int ends[2];
      if (::pipe2(ends, O_CLOEXEC) != 0) continue;  // then the command writes to ours itself
      stream.from = Fd(ends[0]);
      write_ends_[static_cast<std::size_t>(target - 1)] = Fd(ends[1]);
      ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    }
  }

  void start() {
    std::vector<char*> argv;
    for (const std::string& word : options_.command)
      argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    int ends[2] = {-1, -1};
    (void)!::pipe2(ends, O_CLOEXEC);
    Fd failure(ends[0]);
    Fd tell(ends[1]);
    leader_ = ::fork();
    // Without a process of its own it takes ours: better without a record than not at all.
    if (leader_ <= 0) execute(argv, tell.get());
    tell.reset();
    for (Fd& end : write_ends_) end.reset();
    int error = 0;
    if (failure.valid() && ::read(failure.get(), &error, sizeof error) == sizeof error)
      not_executed(error);
  }

  [[noreturn]] void execute(std::vector<char*>& argv, int tell) {
    for (const int target : {1, 2})
      if (const Fd& end = write_ends_[static_cast<std::size_t>(target - 1)]; end.valid())
        ::dup2(end.get(), target);
    ::sigaction(SIGPIPE, &given_pipe_, nullptr);
    ::sigaction(SIGCHLD, &given_child_, nullptr);
    if (options_.mends_file_size_signal) ::signal(SIGXFSZ, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &given_mask_, nullptr);
    ::execvp(argv[0], argv.data());
    const int error = errno;
    if (tell >= 0) (void)!::write(tell, &error, sizeof error);
    ::_exit(error == ENOENT ? kNotFound : kCannotExecute);
  }

  void not_executed(int error) {
    const std::string text =
        fmt::format("gantry wrap: {}: {}\n", options_.command.front(), std::strerror(error));
    Stream& errors = streams_[1];
    start_failed_ = true;
    take(errors, text);
    if (!options_.quiet) (void)!::write(2, text.data(), text.size());
    errors.waiting.clear();
  }

  // ---- the loop ----------------------------------------------------------------------------

  bool is_any_readable() const {
    return streams_[0].from.valid() || streams_[1].from.valid() || !streams_[0].waiting.empty() ||
           !streams_[1].waiting.empty();
  }

  // Microseconds until something is due; -1: nothing is.
  std::int64_t next_wait() const {
    std::int64_t wait = log_.wants_flush() ? kFlushAfter.us : -1;
    if (!signals_.valid()) wait = kLookAgainAfter.us;
    if (stop_at_ == 0) return wait;
    const std::int64_t left = std::max<std::int64_t>(0, stop_at_ - now_us());
    return wait < 0 ? left : std::min(wait, left);
  }

  // Waits for one thing and does it. False if nothing happened within the time.
  bool step(std::int64_t wait_us) {
    std::array<pollfd, 5> fds{};
    nfds_t count = 0;
    fds[count++] = {signals_.get(), POLLIN, 0};
    for (Stream& stream : streams_) {
      fds[count++] = {stream.waiting.empty() ? stream.from.get() : -1, POLLIN, 0};
      fds[count++] = {stream.waiting.empty() ? -1 : stream.to, POLLOUT, 0};
    }
    const int ready =
        ::poll(fds.data(), count, wait_us < 0 ? -1 : static_cast<int>((wait_us + 999) / 1'000));
    if (stop_at_ != 0 && now_us() >= stop_at_ && !leader_ended_) stop();
    if (!signals_.valid()) reap();
    if (now_us() - flushed_at_ >= kFlushAfter.us) flush();
    if (ready <= 0) return false;
    if (fds[0].revents != 0) read_signals();
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (fds[1 + 2 * i].revents != 0) read_some(streams_[i]);
      if (fds[2 + 2 * i].revents != 0) pass_on(streams_[i]);
    }
    return true;
  }

  void read_some(Stream& stream) {
    std::array<char, kChunkBytes> buffer;
    const ssize_t size = ::read(stream.from.get(), buffer.data(), buffer.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return stream.from.reset();
    take(stream, {buffer.data(), static_cast<std::size_t>(size)});
  }

  void take(Stream& stream, std::string_view bytes) {
    if (stream.to >= 0) stream.waiting.append(bytes);
    std::string harmless;
    stream.masker->feed(bytes, harmless);
    to_log(stream, harmless);
  }

  void to_log(const Stream& stream, std::string_view bytes) {
    if (bytes.empty()) return;
    if (!options_.log_path.empty()) log_.append(stream.name, bytes, SystemClock().wall().us);
    if (stream.name != shim::Stream::Err) return;
    error_tail_.append(bytes);
    if (error_tail_.size() > 4 * limits::kErrorTailBytes)
      error_tail_.erase(0, error_tail_.size() - limits::kErrorTailBytes);
  }

  // A reader that has gone away is gone for the command too: it gets its SIGPIPE.
  void pass_on(Stream& stream) {
    const ssize_t size = ::write(stream.to, stream.waiting.data(), stream.waiting.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size >= 0)
      return static_cast<void>(stream.waiting.erase(0, static_cast<std::size_t>(size)));
    stream.waiting.clear();
    stream.to = -1;
    if (errno == EPIPE) stream.from.reset();
  }

  void flush() {
    if (!options_.log_path.empty()) log_.flush();
    flushed_at_ = now_us();
  }

  // ---- signals and the end ---------------------------------------------------------------------

  void read_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
      const int signal = static_cast<int>(info.ssi_signo);
      if (signal == SIGCHLD) continue;
      // What the terminal sends goes to the whole foreground group: the command has it already.
      if (info.ssi_code != SI_KERNEL && !leader_ended_) ::kill(leader_, signal);
    }
    reap();
  }

  void reap() {
    rusage usage{};
    int status = 0;
    for (;;) {
      const pid_t pid = ::wait4(-1, &status, WNOHANG, &usage);
      if (pid <= 0) return;
      if (pid == leader_) note_end(status, usage);
    }
  }

  void note_end(int status, const rusage& usage) {
    leader_ended_ = true;
    model::AttemptReport& report = outcome_.report;
    const auto us = [](const timeval& time) {
      return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
    };
    report.cpu_us = us(usage.ru_utime) + us(usage.ru_stime);
    report.memory_bytes_max = std::int64_t{usage.ru_maxrss} * 1024;
    if (WIFSIGNALED(status)) {
      report.signal = WTERMSIG(status);
      outcome_.exit_code = 128 + report.signal;
      report.reason = model::Reason::Signal;
    } else {
      report.exit_code = outcome_.exit_code = WEXITSTATUS(status);
      report.reason = report.exit_code == 0 ? model::Reason::None : model::Reason::Exit;
    }
    const bool good = outcome_.exit_code == 0;
    report.state = good ? model::AttemptState::Succeeded : model::AttemptState::Failed;
    if (start_failed_) report.reason = model::Reason::Start;
    if (!timed_out_) return;
    report.state = model::AttemptState::TimedOut;
    report.reason = model::Reason::Timeout;
  }

  // First SIGTERM, then, after the grace, SIGKILL until nothing is left.
  void stop() {
    const bool first = !timed_out_;
    timed_out_ = true;
    for (const pid_t pid : descendants()) {
      ::kill(pid, first ? SIGTERM : SIGKILL);
      if (first) ::kill(pid, SIGCONT);
    }
    stop_at_ = now_us() + (first ? options_.grace : kKillAgainAfter).us;
  }

  static std::vector<pid_t> descendants() {
    std::vector<pid_t> all = shim::children_of(::getpid());
    for (std::size_t i = 0; i < all.size(); ++i)
      for (const pid_t child : shim::children_of(all[i])) all.push_back(child);
    return all;
  }

  // What outlived the command that was stopped; we are the subreaper.
  void kill_rest() {
    constexpr int kRounds = 100;
    for (int round = 0; round < kRounds; ++round) {
      const std::vector<pid_t> left = descendants();
      if (left.empty()) return;
      for (const pid_t pid : left) ::kill(pid, SIGKILL);
      ::poll(nullptr, 0, 10);
      reap();
    }
  }

  void close_log() {
    for (Stream& stream : streams_) {
      std::string rest;
      stream.masker->finish(rest);
      to_log(stream, rest);
    }
    model::AttemptReport& report = outcome_.report;
    if (!options_.log_path.empty()) log_.close(SystemClock().wall().us);
    report.log_bytes = log_.bytes();
    report.log_dropped_bytes = log_.dropped_bytes();
    if (report.state == model::AttemptState::Succeeded) return;
    if (error_tail_.size() > limits::kErrorTailBytes)
      error_tail_.erase(0, error_tail_.size() - limits::kErrorTailBytes);
    report.error_tail = repair_utf8(error_tail_);
    if (timed_out_) report.error_tail = "it took longer than its timeout\n" + report.error_tail;
  }

  // Processes that the command left behind may write on: a child of ours passes that on, so that
  // nobody waits for them and none of them is killed by our end.
  void leave_the_rest(const std::function<void()>& before_others_go_on) {
    if (!is_any_readable()) return;
    if (::fork() != 0) return;
    before_others_go_on();
    while (is_any_readable()) pass_rest();
    ::_exit(0);
  }

  void pass_rest() {
    std::array<pollfd, 4> fds{};
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      const Stream& stream = streams_[i];
      fds[2 * i] = {stream.waiting.empty() ? stream.from.get() : -1, POLLIN, 0};
      fds[2 * i + 1] = {stream.waiting.empty() ? -1 : stream.to, POLLOUT, 0};
    }
    if (::poll(fds.data(), fds.size(), -1) <= 0) return;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      Stream& stream = streams_[i];
      if (fds[2 * i].revents != 0) move_some(stream);
      if (fds[2 * i + 1].revents != 0) pass_on(stream);
    }
  }

  void move_some(Stream& stream) {
    std::array<char, kChunkBytes> buffer;
    const ssize_t size = ::read(stream.from.get(), buffer.data(), buffer.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return stream.from.reset();
    if (stream.to >= 0) stream.waiting.append(buffer.data(), static_cast<std::size_t>(size));
  }

  const WrapProcessOptions& options_;
  const shim::MaskForms forms_;
  shim::TaskLog log_;
  std::string error_tail_;  // masked end of stderr
  std::array<Stream, 2> streams_;
  std::array<Fd, 2> write_ends_;
  Fd signals_;
  sigset_t given_mask_{};
  struct sigaction given_pipe_ {};
  struct sigaction given_child_ {};
  pid_t leader_ = -1;
  bool leader_ended_ = false;
  bool start_failed_ = false;
  bool timed_out_ = false;
  std::int64_t flushed_at_ = 0;
  std::int64_t stop_at_ = 0;  // of CLOCK_MONOTONIC; 0: never
  WrapOutcome outcome_;
};
}  // namespace

WrapOutcome run_wrapped(const WrapProcessOptions& options,
                        const std::function<void()>& before_others_go_on) {
  return WrapProcess(options).run(before_others_go_on);
}

}  // namespace gantry::app
