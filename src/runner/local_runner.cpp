#include "runner/local_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "runner/report.h"
#include "runner/strays.h"

namespace gantry::runner {

namespace {

constexpr Duration kTick = seconds(1);
constexpr Duration kZygoteRetry = seconds(1);
constexpr Duration kQuickDeath = seconds(1);
constexpr int kQuickDeathsMax = 10;
constexpr const char* kArea = "runner";

Duration boot_time() { return SystemClock().since_boot(); }

Result<std::string> absolute(const std::string& path) {
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return errno_error("cannot find " + path);
  return std::string(resolved);
}

}  // namespace

Result<std::unique_ptr<LocalRunner>> LocalRunner::open(LocalOptions options, net::Loop& loop,
                                                       ReportSink sink) {
  TRY(options.data_dir, absolute(options.data_dir));
  TRY(options.shim_path, absolute(options.shim_path));
  std::unique_ptr<LocalRunner> runner(
      new LocalRunner(std::move(options), loop, std::move(sink)));  // tidy: allow new - private
  TRY_STATUS(runner->set_up());
  return runner;
}

LocalRunner::LocalRunner(LocalOptions options, net::Loop& loop, ReportSink sink)
    : options_(std::move(options)),
      loop_(loop),
      sink_(std::move(sink)),
      workspaces_(options_.data_dir),
      token_(std::make_shared<LocalRunner*>(this)) {}

Status LocalRunner::set_up() {
  context_.data_dir = options_.data_dir;
  context_.secrets_dir = options_.secrets_dir;
  context_.public_url = options_.public_url;
  context_.run_dir = join_path(options_.data_dir, "run");
  context_.identity = data_identity(options_.data_dir);
  context_.log_head_bytes = options_.log_head_bytes;
  context_.log_tail_bytes = options_.log_tail_bytes;
  context_.die_with_server = options_.die_with_server;
  context_.base = base_environment();
  TRY(context_.boot_id, read_boot_id());
  cgroup_error_ = "not asked for";
  if (options_.use_cgroups) {
    const auto opened = leaves_.open(context_.identity);
    cgroup_error_ = opened.ok() ? "" : opened.error().message;
  }
  if (!options_.die_with_server)
    log_info(kArea, "process trees: {}", describe_trees(cgroup_error_, leaves_.tells_memory()));
  TRY_STATUS(make_directories(workspaces_.attempts_dir()));
  TRY_STATUS(make_directories(context_.run_dir));
  boot_.emplace(workspaces_.attempts_dir(), context_.boot_id);
  TRY(sockets_, ShimSockets::open(context_.run_dir));
  {
    const MutexLock lock(zygote_mutex_);
    start_zygote();
    if (zygote_ == nullptr) return error(Code::FailedPrecondition, zygote_error_);
  }
  socket_watch_ = loop_.on_readable(sockets_->poll_fd(), [this] { on_sockets(); });
  tick_timer_ = loop_.every(kTick, [this] { tick(); });
  return ok();
}

LocalRunner::~LocalRunner() {
  token_.reset();
  socket_watch_.reset();
  zygote_watch_.reset();
}

// ---- the engine's calls --------------------------------------------------------------------

void LocalRunner::start(const model::StartAttempt& command) {
  {
    const MutexLock lock(mutex_);
    Live live;
    live.run = command.run;
    live.since = boot_time();
    if (!live_.emplace(command.id, std::move(live)).second) return;
    // A run that was closed and is retried: its folder is in use again.
    if (command.generation > 1)
      std::erase_if(closed_, [folder = workspaces_.attempts_of(command.run)](const auto& entry) {
        return entry.second == folder;
      });
  }
  if (const auto marked = boot_->renew(); !marked.ok())
    return finish(start_failed(command.id, marked.error().message));
  auto request = make_request(context_, workspaces_, command);
  if (!request.ok()) return finish(start_failed(command.id, request.error().message));
  request->leaf = leaves_.take();
  if (!request->leaf.empty()) {
    const MutexLock lock(mutex_);
    live_[command.id].leaf = request->leaf;
  }
  send(command.id, shim::encode(*request));
}

void LocalRunner::send(AttemptId id, const std::string& request) {
  std::string why;
  {
    const MutexLock zygote_lock(zygote_mutex_);
    if (zygote_ != nullptr) {
      {
        // Before it is sent: if the zygote dies, this attempt is among those to be looked into.
        const MutexLock lock(mutex_);
        live_[id].zygote = zygote_count_;
      }
      if (zygote_->send(request).ok()) return;
      return loop_.post([token = std::weak_ptr(token_), which = zygote_count_] {
        if (const auto self = token.lock()) (*self)->on_zygote_end(which);
      });
    }
    why = zygote_error_;
  }
  finish(start_failed(id, why));
}

void LocalRunner::stop(const model::StopAttempt& command) {
  ConnectionId connection = kNoConnection;
  bool skip_grace = command.skip_grace;
  {
    const MutexLock lock(mutex_);
    const auto found = live_.find(command.id);
    if (found == live_.end() || found->second.report) return;
    skip_grace = skip_grace || found->second.stop.value_or(false);
    found->second.stop = skip_grace;
    connection = found->second.connection;
  }
  // Without connection it is told as soon as it says Hello.
  if (connection != kNoConnection) send_stop(connection, command.id, skip_grace);
}

void LocalRunner::recover(const std::vector<model::AttemptRow>& running) {
  const bool same_boot = boot_->same_boot();
  for (const model::AttemptRow& row : running) adopt(row, same_boot);
  if (const auto marked = boot_->renew(); !marked.ok())
    log_error(kArea, "{}", marked.error().message);
  stop_strangers();
}

void LocalRunner::adopt(const model::AttemptRow& row, bool same_boot) {
  std::shared_ptr<const model::AttemptReport> report;
  {
    const MutexLock lock(mutex_);
    const auto [at, added] = live_.try_emplace(row.id);
    report = at->second.report;
    if (!added && !report) return;  // it is on its way
    at->second.run = row.run;
    at->second.since = boot_time();
    at->second.other_boot = !same_boot;
    // It may have said Hello before anybody asked for it.
    for (const auto& [connection, id] : speakers_)
      if (id == row.id) at->second.connection = connection;
  }
  if (report) return sink_(*report);
  resolve(row.id, row.run, true);
}

// Tasks that the store does not know: a restored backup has given them up.
void LocalRunner::stop_strangers() {
  std::vector<std::pair<ConnectionId, AttemptId>> strangers;
  {
    const MutexLock lock(mutex_);
    recovered_ = true;
    for (const auto& [connection, id] : speakers_)
      if (!live_.contains(id)) strangers.emplace_back(connection, id);
  }
  for (const auto& [connection, id] : strangers) send_stop(connection, id, true);
}

void LocalRunner::acknowledge(AttemptId id, RunNo) {
  const MutexLock lock(mutex_);
  const auto found = live_.find(id);
  if (found != live_.end() && found->second.report) live_.erase(found);
}

void LocalRunner::close_run(RunNo run) {
  workspaces_.close(run);
  {
    const MutexLock lock(mutex_);
    closed_.emplace_back(boot_time(), workspaces_.attempts_of(run));
  }
  if (options_.closed_rest == Duration{}) remove_rested(boot_time());
}

void LocalRunner::remove_rested(Duration now) {
  std::vector<std::string> folders;
  {
    const MutexLock lock(mutex_);
    while (!closed_.empty() && (closed_.front().first + options_.closed_rest <= now ||
                                closed_.size() > limits::kClosedRunsResting)) {
      // Under another name first: a retry may make the folder anew at any moment.
      const std::string& folder = closed_.front().second;
      folders.push_back(fmt::format("{}.gone-{}", folder, ++folders_gone_));
      if (::rename(folder.c_str(), folders.back().c_str()) != 0) folders.pop_back();
      closed_.pop_front();
    }
  }
  if (folders.empty()) return;
  options_.offload([folders = std::move(folders)] {
    for (const std::string& folder : folders)
      if (const auto removed = remove_tree(folder); !removed.ok())
        log_warning(kArea, "{}", removed.error().message);
  });
}

// ---- the zygote ----------------------------------------------------------------------------

pid_t LocalRunner::zygote_pid() const {
  const MutexLock lock(zygote_mutex_);
  return zygote_ ? zygote_->pid() : -1;
}

// Loop thread. What the dead zygote had been sent and has not been heard of since is looked into:
// either its shim has claimed it, or it is void.
void LocalRunner::on_zygote_end(std::uint64_t dead) {
  {
    const MutexLock lock(zygote_mutex_);
    if (zygote_ == nullptr || zygote_count_ != dead) return;  // it has been replaced already
    zygote_watch_.reset();
    zygote_.reset();
    replace_zygote();
  }
  std::vector<std::pair<AttemptId, RunNo>> unheard;
  {
    const MutexLock lock(mutex_);
    for (auto& [id, live] : live_)
      if (live.zygote == dead) {
        live.zygote = 0;
        if (!live.report && live.connection == kNoConnection) unheard.emplace_back(id, live.run);
      }
  }
  for (const auto& [id, run] : unheard) resolve(id, run, true);
}

// One that dies again and again (a program that is not gantry-shim) is not started in a circle.
void LocalRunner::replace_zygote() {
  const Duration now = boot_time();
  quick_deaths_ = now - zygote_since_ < kQuickDeath ? quick_deaths_ + 1 : 0;
  if (quick_deaths_ <= kQuickDeathsMax) {
    log_warning(kArea, "gantry-shim has ended unexpectedly; a new one is started");
    return start_zygote();
  }
  zygote_error_ = options_.shim_path + " ends as soon as it is started; run it by hand to see why";
  log_error(kArea, "{}", zygote_error_);
  retry_zygote();
}

void LocalRunner::retry_zygote() {
  zygote_retry_ = loop_.after(kZygoteRetry, [this] {
    const MutexLock lock(zygote_mutex_);
    start_zygote();
  });
}

void LocalRunner::start_zygote() {
  zygote_retry_.reset();
  auto started = Zygote::start(options_.shim_path, sockets_->inherited_fd());
  if (!started.ok()) {
    zygote_error_ = started.error().message;
    log_error(kArea, "{}", zygote_error_);
    return retry_zygote();
  }
  zygote_ = std::make_unique<Zygote>(*std::move(started));
  ++zygote_count_;
  zygote_since_ = boot_time();
  zygote_watch_ =
      loop_.on_readable(zygote_->fd(), [this, which = zygote_count_] { on_zygote_end(which); });
}

// ---- what shims say ------------------------------------------------------------------------

void LocalRunner::on_sockets() {
  for (const Incoming& incoming : sockets_->receive()) {
    if (incoming.message)
      on_message(incoming.connection, *incoming.message);
    else
      on_closed(incoming.connection);
  }
}

void LocalRunner::on_message(ConnectionId connection, const shim::Message& message) {
  if (message.kind == shim::MessageKind::Hello) on_hello(connection, {message.attempt});
  if (message.kind == shim::MessageKind::Done) on_done(connection, message);
}

void LocalRunner::on_hello(ConnectionId connection, AttemptId id) {
  std::optional<bool> stop;
  {
    const MutexLock lock(mutex_);
    speakers_[connection] = id;
    const auto found = live_.find(id);
    if (found != live_.end()) {
      found->second.connection = connection;
      stop = found->second.stop;
    } else if (recovered_) {
      stop = true;  // a stranger, see stop_strangers()
    }
  }
  if (stop) send_stop(connection, id, *stop);
}

void LocalRunner::on_done(ConnectionId connection, const shim::Message& message) {
  // The record is in the attempt file: if this process dies now, recovery finds it there.
  if (connection != kNoConnection)
    sockets_->send(connection, {shim::MessageKind::Ack, message.attempt, {}});
  const AttemptId id{message.attempt};
  RunNo run;
  {
    const MutexLock lock(mutex_);
    const auto found = live_.find(id);
    if (found == live_.end() || found->second.report) return;
    run = found->second.run;
  }
  const auto record = shim::decode_exit(message.body);
  if (record && record->attempt == id.value) return finish(report_of(*record));
  resolve(id, run, false);
}

void LocalRunner::on_closed(ConnectionId connection) {
  AttemptId id;
  RunNo run;
  {
    const MutexLock lock(mutex_);
    const auto speaker = speakers_.find(connection);
    if (speaker == speakers_.end()) return;
    id = speaker->second;
    speakers_.erase(speaker);
    const auto found = live_.find(id);
    if (found == live_.end() || found->second.connection != connection) return;
    found->second.connection = kNoConnection;
    found->second.since = boot_time();
    if (found->second.report) return;
    run = found->second.run;
  }
  resolve(id, run, false);  // it was killed, or it will come back
}

void LocalRunner::send_stop(ConnectionId connection, AttemptId id, bool skip_grace) {
  const std::string body(1, skip_grace ? '\1' : '\0');
  sockets_->send(connection, {shim::MessageKind::Stop, id.value, body});
}

}  // namespace gantry::runner
