// LocalRunner: attempts as processes of this machine, each under a shim (src/shim) that outlives
// the server. Contract: docs/format/attempt.md.
//
// Threads: the Runner's calls come from the engine thread; sockets and timers are served on the
// loop. open() and the destructor belong to the loop thread, or to any while the loop does not
// run. The report sink is called from both threads, never with a lock held. Tasks go on when the
// runner is destroyed, except with die_with_server.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/mutex.h"
#include "net/loop.h"
#include "runner/attempt_file.h"
#include "runner/boot.h"
#include "runner/leaf_pool.h"
#include "runner/request.h"
#include "runner/runner.h"
#include "runner/shim_sockets.h"
#include "runner/workspace.h"
#include "runner/zygote.h"

namespace gantry::runner {

struct LocalOptions {
  std::string data_dir;         // exists; its lock is held by the caller
  std::string secrets_dir;      // may be absent if no task wants a secret
  std::string shim_path;        // of gantry-shim
  std::string public_url = {};  // GANTRY_RUN_URL begins so; empty: there is none
  bool die_with_server = false;
  bool use_cgroups = true;  // where they can be made
  std::size_t log_head_bytes = limits::kLogHeadBytes;
  std::size_t log_tail_bytes = limits::kLogTailBytes;
  // How long the attempt files of a closed run rest before they go. ext4 looks at every inode that
  // was freed within the last minute before it makes a file, so deleting at a high rate makes the
  // next starts several times dearer. Zero: at once.
  Duration closed_rest = limits::kClosedRunRest;
  // Where they are deleted; must not be the loop or the engine thread if it is slow.
  std::function<void(std::function<void()>)> offload = [](const std::function<void()>& job) {
    job();
  };
};

class LocalRunner : public Runner {
 public:
  // Listens before anything else, so that no shim of a former server is missed.
  static Result<std::unique_ptr<LocalRunner>> open(LocalOptions options, net::Loop& loop,
                                                   ReportSink sink);
  ~LocalRunner() override;
  LocalRunner(const LocalRunner&) = delete;
  LocalRunner& operator=(const LocalRunner&) = delete;

  void start(const model::StartAttempt& command) override;
  void stop(const model::StopAttempt& command) override;
  void recover(const std::vector<model::AttemptRow>& running) override;
  void acknowledge(AttemptId id, RunNo run) override;
  void close_run(RunNo run) override;

  pid_t zygote_pid() const;  // -1 = none at the moment
  // Why trees are not killed by cgroup; empty = they are.
  const std::string& cgroup_error() const { return cgroup_error_; }

 private:
  // An attempt from its start or adoption until its report is acknowledged.
  struct Live {
    RunNo run;
    std::uint64_t zygote = 0;  // which zygote it was sent to; 0 = none of this server
    ConnectionId connection = kNoConnection;
    Duration since;            // of the start, or when its connection was lost
    bool other_boot = false;   // it was started before the machine was
    std::optional<bool> stop;  // asked to; true: without grace
    bool sweeping = false;
    bool complained = false;  // that the disk does not let us find out; once is enough
    std::string leaf;         // its cgroup, to be given back
    std::shared_ptr<const model::AttemptReport> report;
    Duration reported_at;
  };
  // An attempt whose shim was killed: what it left is being killed.
  struct Sweep {
    AttemptId id;
    Duration until;
    std::string leaf;          // that its file names
    std::string outputs_path;  // what the task wrote there may hold secrets
    model::AttemptReport report;
  };

  LocalRunner(LocalOptions options, net::Loop& loop, ReportSink sink);
  Status set_up();

  // Starting
  void send(AttemptId id, const std::string& request);
  void start_zygote() REQUIRES(zygote_mutex_);  // or sets zygote_error_ and tries again
  void on_zygote_end(std::uint64_t dead);
  void replace_zygote() REQUIRES(zygote_mutex_);
  void retry_zygote() REQUIRES(zygote_mutex_);

  // What shims say (loop thread)
  void on_sockets();
  void on_message(ConnectionId connection, const shim::Message& message);
  void on_hello(ConnectionId connection, AttemptId id);
  void on_done(ConnectionId connection, const shim::Message& message);
  void on_closed(ConnectionId connection);
  void send_stop(ConnectionId connection, AttemptId id, bool skip_grace);

  // Finding out (any thread)
  void resolve(AttemptId id, RunNo run, bool claim);
  void adopt(const model::AttemptRow& row, bool same_boot);
  bool is_of_other_boot(AttemptId id);
  void complain(AttemptId id, const Error& error);
  void stop_strangers();
  void begin_sweep(Sweep sweep);
  void sweep();
  void end_sweep(Sweep sweep);
  void tick();
  void probe_silent(Duration now);
  void repeat_reports(Duration now);
  void finish(model::AttemptReport report);
  void remove_rested(Duration now);

  LocalOptions options_;
  net::Loop& loop_;
  ReportSink sink_;

  // Of the engine thread:
  RequestContext context_;
  Workspaces workspaces_;
  std::optional<BootMark> boot_;

  std::unique_ptr<ShimSockets> sockets_;
  LeafPool leaves_;
  std::string cgroup_error_;

  mutable Mutex zygote_mutex_;  // taken before mutex_
  std::unique_ptr<Zygote> zygote_ GUARDED_BY(zygote_mutex_);
  std::uint64_t zygote_count_ GUARDED_BY(zygote_mutex_) = 0;
  std::string zygote_error_ GUARDED_BY(zygote_mutex_);
  Duration zygote_since_ GUARDED_BY(zygote_mutex_);
  int quick_deaths_ GUARDED_BY(zygote_mutex_) = 0;

  Mutex mutex_;
  std::map<AttemptId, Live> live_ GUARDED_BY(mutex_);
  std::map<ConnectionId, AttemptId> speakers_ GUARDED_BY(mutex_);
  std::vector<Sweep> sweeps_ GUARDED_BY(mutex_);
  bool recovered_ GUARDED_BY(mutex_) = false;
  std::deque<std::pair<Duration, std::string>> closed_ GUARDED_BY(mutex_);  // since when, folder
  std::uint64_t folders_gone_ GUARDED_BY(mutex_) = 0;

  // Of the loop thread. Tasks posted to the loop hold the token weakly: they may come too late.
  std::shared_ptr<LocalRunner*> token_;
  net::Handle socket_watch_;
  net::Handle zygote_watch_;
  net::Handle zygote_retry_;
  net::Handle sweep_timer_;
  net::Handle tick_timer_;
};

}  // namespace gantry::runner
