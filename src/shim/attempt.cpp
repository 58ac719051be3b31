#include "shim/attempt.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "shim/clock.h"
#include "shim/outputs.h"

namespace gantry::shim {

namespace {

constexpr std::size_t kReadBytes = 64u << 10;
constexpr std::size_t kDrainBytesMax = 8u << 20;  // after the end, from what can not be killed
constexpr std::int64_t kFlushAfter = 20 * kMillisecond;
constexpr std::int64_t kConnectAfter = 100 * kMillisecond;
constexpr std::int64_t kKillPatience = 5 * kSecond;
constexpr std::int64_t kReportPatience = 5 * kSecond;
constexpr std::int64_t kWaitMax = 60 * kSecond;  // poll() counts no time while suspended

LogCaps caps_of(const StartRequest& r) {
  return {static_cast<std::size_t>(r.log_head_bytes), static_cast<std::size_t>(r.log_tail_bytes),
          static_cast<std::size_t>(std::max<std::int64_t>(r.log_line_bytes, 16))};
}

void pause_for(std::int64_t us) { ::poll(nullptr, 0, static_cast<int>(us / kMillisecond)); }

}  // namespace

Attempt::Attempt(const StartRequest& request, const Inherited& inherited)
    : request_(request),
      inherited_(inherited),
      forms_(request.secrets),
      log_(request.log_path, caps_of(request)),
      out_(Stream::Out, forms_),
      err_(Stream::Err, forms_),
      link_(request.attempt, request.socket_dir, boot_us() + kConnectAfter),
      memory_(request.leaf) {
  record_.attempt = request.attempt;
  for (const std::string& path : request.captures)
    if (path.empty())
      out_.capture_bytes_max = static_cast<std::size_t>(request.capture_bytes_max) + 1;
}

void Attempt::run() {
  if (!claim_.take(request_)) return;
  record_.started_us = wall_us();
  Launched launched = launch(request_, inherited_);
  out_.fd = launched.out;
  err_.fd = launched.err;
  if (launched.error.empty()) {
    tree_.emplace(launched.pid, request_.leaf);
    watch();
  } else {
    record_.ended = Ended::StartFailed;
    record_.error_tail = mask_text(forms_, launched.error);
    if (launched.pid > 0) ::waitpid(launched.pid, nullptr, 0);
  }
  fill_record();
  write_record();
  claim_.release();
  if (!server_gone_) link_.deliver(record_, kReportPatience);
}

void Attempt::watch() {
  if (request_.timeout_us > 0) timeout_at_ = boot_us() + request_.timeout_us;
  while (turn()) {
  }
  clean_up();
  drain();
}

// One round of waiting and doing what is due. False when the task is over.
bool Attempt::turn() {
  wait(boot_us());
  const std::int64_t now = boot_us();
  if (!leader_ended_ && tree_->reap_others()) {
    leader_ended_ = true;
    note_status(tree_->reap_leader(kill_at_ == 0));
  }
  // After SIGTERM what the leader leaves behind has the rest of the grace, else none.
  if (leader_ended_ && (kill_at_ == 0 || tree_->empty())) return false;
  if (kill_at_ != 0 && now >= kill_at_) return false;
  if (timeout_at_ != 0 && now >= timeout_at_) begin_end(Ended::TimedOut, request_.grace_us);
  if (flush_at_ != 0 && now >= flush_at_) {
    log_.flush();
    flush_at_ = 0;
  }
  if (link_.fd() < 0 && !server_gone_ && now >= link_.retry_at()) link_.connect(now);
  return true;
}

std::int64_t Attempt::next_wake(std::int64_t now) const {
  std::int64_t wake = now + kWaitMax;
  for (const std::int64_t at : {timeout_at_, kill_at_, flush_at_})
    if (at != 0) wake = std::min(wake, at);
  if (link_.fd() < 0 && !server_gone_) wake = std::min(wake, link_.retry_at());
  return std::max(wake, now);
}

void Attempt::wait(std::int64_t now) {
  const bool watch_server = request_.die_with_server && !server_gone_;
  pollfd fds[] = {{out_.fd, POLLIN, 0},
                  {err_.fd, POLLIN, 0},
                  {link_.fd(), POLLIN, 0},
                  {watch_server ? kLifelineFd : -1, 0, 0}};
  const std::int64_t left = next_wake(now) - now;
  const timespec timeout{left / kSecond, (left % kSecond) * 1000};
  sigset_t open;  // SIGCHLD comes only here
  ::sigemptyset(&open);
  if (::ppoll(fds, std::size(fds), &timeout, &open) <= 0) return;
  if (fds[0].revents != 0) read_output(out_);
  if (fds[1].revents != 0) read_output(err_);
  if (fds[2].revents != 0) hear(now);
  if (fds[3].revents != 0) {
    server_gone_ = true;
    begin_end(Ended::Stopped, request_.grace_us);
  }
}

void Attempt::read_output(Output& output) {
  // Not on the stack: the guard against stack clashes would touch every page of it.
  if (!read_buffer_) read_buffer_ = std::make_unique_for_overwrite<char[]>(kReadBytes);
  const ssize_t n = ::read(output.fd, read_buffer_.get(), kReadBytes);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n > 0) return take_output(output, {read_buffer_.get(), static_cast<std::size_t>(n)});
  finish_output(output);
}

void Attempt::take_output(Output& output, std::string_view bytes) {
  std::string masked;
  if (!forms_.empty()) {
    output.masker.feed(bytes, masked);
    bytes = masked;
  }
  keep(output, bytes);
  if (flush_at_ == 0) flush_at_ = boot_us() + kFlushAfter;
}

// `bytes` are masked.
void Attempt::keep(Output& output, std::string_view bytes) {
  log_.append(output.stream, bytes, wall_us());
  const auto keep = static_cast<std::size_t>(request_.error_tail_bytes);
  output.end.append(bytes.substr(bytes.size() - std::min(bytes.size(), keep)));
  if (output.end.size() > 2 * keep) output.end.erase(0, output.end.size() - keep);
  if (output.captured.size() < output.capture_bytes_max) output.captured.append(bytes);
}

void Attempt::finish_output(Output& output) {
  if (output.fd >= 0) ::close(output.fd);
  output.fd = -1;
}

// What is still in the pipes. Nobody writes any more, unless something can not be killed.
void Attempt::drain() {
  for (Output* output : {&out_, &err_}) {
    for (std::size_t done = 0; output->fd >= 0 && done < kDrainBytesMax; done += kReadBytes) {
      pollfd ready{output->fd, POLLIN, 0};
      if (::poll(&ready, 1, 0) <= 0) break;
      read_output(*output);
    }
    finish_output(*output);
    std::string rest;
    output->masker.finish(rest);
    if (!rest.empty()) keep(*output, rest);
  }
  log_.close(wall_us());
}

void Attempt::hear(std::int64_t now) {
  while (const auto message = link_.receive(now)) {
    if (message->kind != MessageKind::Stop) continue;
    const bool skip_grace = message->body == std::string(1, '\1');
    begin_end(Ended::Stopped, skip_grace ? 0 : request_.grace_us);
  }
}

void Attempt::begin_end(Ended why, std::int64_t grace_us) {
  timeout_at_ = 0;
  const std::int64_t kill_at = boot_us() + grace_us;
  if (kill_at_ != 0) {  // asked again: perhaps without grace
    kill_at_ = std::min(kill_at_, kill_at);
    return;
  }
  record_.ended = why;
  kill_at_ = kill_at;
  if (grace_us > 0 && !leader_ended_) tree_->terminate();
}

// A task is over when its leader is, or when its time is up: nothing of it may go on.
void Attempt::clean_up() {
  if (!leader_ended_ && tree_->kill_all(kKillPatience)) {
    leader_ended_ = true;
    note_status(tree_->reap_leader(true));
  }
  record_.unkillable = !leader_ended_ || (!tree_->empty() && !tree_->kill_all(kKillPatience));
}

void Attempt::note_status(int status) {
  if (WIFEXITED(status)) record_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) record_.signal = WTERMSIG(status);
  if (record_.ended == Ended::Lost) {
    record_.ended = WIFEXITED(status) ? Ended::Exited : Ended::Signaled;
  }
}

void Attempt::fill_record() {
  record_.ended_us = wall_us();
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  for (const timeval& time : {usage.ru_utime, usage.ru_stime})
    record_.cpu_us += static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_usec;
  record_.memory_bytes_max = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
  record_.log_bytes = log_.bytes();
  record_.log_dropped_bytes = log_.dropped_bytes();
  if (record_.ended == Ended::StartFailed) return;
  if (record_.ended != Ended::Exited || record_.exit_code != 0) record_.error_tail = error_tail();
  add_memory(memory_, record_);
  take_outputs();
}

void Attempt::take_outputs() {
  Outputs outputs =
      read_outputs(request_.outputs_path, static_cast<std::size_t>(request_.outputs_bytes_max));
  record_.outputs = forms_.empty() ? std::move(outputs.text) : mask_text(forms_, outputs.text);
  record_.outputs_error = std::move(outputs.error);
  if (record_.ended == Ended::Exited && record_.exit_code == 0) take_captures();
}

void Attempt::take_captures() {
  if (request_.captures.empty() || !record_.outputs_error.empty()) return;
  const auto size_max = static_cast<std::size_t>(request_.capture_bytes_max);
  Captures captures = read_captures(request_.captures, std::move(out_.captured), size_max);
  record_.outputs_error = std::move(captures.error);
  for (std::size_t i = 0; i < captures.texts.size(); ++i) {
    const bool is_masked = forms_.empty() || request_.captures[i].empty();
    record_.captured.push_back(is_masked ? std::move(captures.texts[i])
                                         : mask_text(forms_, captures.texts[i]));
  }
}

std::string Attempt::error_tail() {
  std::string& end = err_.end.empty() ? out_.end : err_.end;
  const auto keep = static_cast<std::size_t>(request_.error_tail_bytes);
  if (end.size() > keep) end.erase(0, end.size() - keep);
  std::size_t cut = 0;  // into a character
  while (cut < 3 && cut < end.size() && (static_cast<unsigned char>(end[cut]) & 0xC0) == 0x80)
    ++cut;
  return end.substr(cut);
}

// A full disk is waited out: the record is what nobody else knows.
void Attempt::write_record() {
  std::int64_t pause = 50 * kMillisecond;
  while (!claim_.record(record_)) {
    pause_for(pause);
    pause = std::min<std::int64_t>(pause * 2, kSecond);
  }
  // What the task wrote there may hold secrets; the record holds it masked.
  const bool had_outputs = !record_.outputs.empty() || !record_.outputs_error.empty();
  if (had_outputs) ::unlink(request_.outputs_path.c_str());
}

void record_start_failure(const StartRequest& request, const std::string& why) {
  Claim claim;
  if (!claim.take(request)) return;
  ExitRecord record;
  record.attempt = request.attempt;
  record.ended = Ended::StartFailed;
  record.ended_us = wall_us();
  record.error_tail = why;
  claim.record(record);
  claim.release();
  Link link(request.attempt, request.socket_dir, 0);
  link.deliver(record, 0);
}

}  // namespace gantry::shim
