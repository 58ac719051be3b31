// LocalRunner, second half: how it finds out what became of attempts that say nothing.
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "runner/local_runner.h"
#include "runner/report.h"
#include "runner/strays.h"

namespace gantry::runner {

namespace {

constexpr Duration kSilentAfter = seconds(1);  // then a shim without connection is looked for
// Then a start that the zygote has taken is void. Only a shim that died within its first
// milliseconds makes anyone wait for this; a disk that stalls must not.
constexpr Duration kNotClaimedAfter = seconds(30);
constexpr Duration kRepeatAfter = seconds(5);  // a report that is not acknowledged
constexpr Duration kSweepEvery = milliseconds(20);
constexpr Duration kSweepFor = seconds(5);
constexpr const char* kArea = "runner";

Duration boot_time() { return SystemClock().since_boot(); }

shim::ExitRecord lost_record(AttemptId id, const AttemptFate& fate, bool other_boot) {
  shim::ExitRecord lost;
  lost.attempt = id.value;
  lost.ended = shim::Ended::Lost;
  if (fate.header) lost.started_us = fate.header->claimed_us;
  if (!fate.header)
    lost.error_tail = "its attempt file is damaged: nobody knows whether the task ran";
  else if (other_boot)
    lost.error_tail = "the machine was started anew while the task ran";
  else
    lost.error_tail = "its shim was killed: nobody knows how the task ended";
  return lost;
}

}  // namespace

bool LocalRunner::is_of_other_boot(AttemptId id) {
  const MutexLock lock(mutex_);
  const auto found = live_.find(id);
  return found != live_.end() && found->second.other_boot;
}

// tick() asks again until there is an answer.
void LocalRunner::complain(AttemptId id, const Error& error) {
  {
    const MutexLock lock(mutex_);
    const auto found = live_.find(id);
    if (found == live_.end() || std::exchange(found->second.complained, true)) return;
  }
  log_error(kArea, "attempt {}: {}; it is tried again", id.value, error.message);
}

void LocalRunner::resolve(AttemptId id, RunNo run, bool claim) {
  const std::string path = attempt_path(workspaces_.attempts_dir(), run, id);
  if (claim) {
    if (const auto made = make_directories(parent_path(path)); !made.ok())
      return complain(id, made.error());
  }
  auto fate = find_fate(path, id, {claim, !is_of_other_boot(id)});
  if (!fate.ok()) return complain(id, fate.error());
  if (fate->fate == Fate::Ended) return finish(report_of(*fate->record));
  if (fate->fate != Fate::Lost) return;
  const bool other_boot = fate->header && fate->header->boot_id != context_.boot_id;
  Sweep lost{id, {}, fate->header ? fate->header->leaf : "", path + ".out", {}};
  lost.report = report_of(lost_record(id, *fate, other_boot));
  if (!other_boot) return begin_sweep(std::move(lost));
  ::unlink(lost.outputs_path.c_str());
  finish(std::move(lost.report));
}

void LocalRunner::begin_sweep(Sweep sweep) {
  {
    const MutexLock lock(mutex_);
    const auto found = live_.find(sweep.id);
    if (found == live_.end() || found->second.report || found->second.sweeping) return;
    found->second.sweeping = true;
    sweep.until = boot_time() + kSweepFor;
    sweeps_.push_back(std::move(sweep));
  }
  loop_.post([token = std::weak_ptr(token_)] {
    if (const auto self = token.lock()) (*self)->sweep();
  });
}

// Loop thread. One walk over the processes for all attempts that are waiting for it.
void LocalRunner::sweep() {
  sweep_timer_.reset();
  std::vector<Sweep> sweeps;
  {
    const MutexLock lock(mutex_);
    sweeps.swap(sweeps_);
  }
  if (sweeps.empty()) return;
  std::vector<std::string> values;
  for (const Sweep& one : sweeps) values.push_back(marker_value(one.id, context_.identity));
  for (const Sweep& one : sweeps) kill_leaf(one.leaf);
  std::vector<bool> found = kill_strays(values);
  std::vector<Sweep> again;
  for (std::size_t i = 0; i < sweeps.size(); ++i) {
    const bool over = boot_time() >= sweeps[i].until;
    if (is_populated(sweeps[i].leaf)) found[i] = true;
    sweeps[i].report.unkillable = found[i];
    if (found[i] && !over)
      again.push_back(std::move(sweeps[i]));
    else
      end_sweep(std::move(sweeps[i]));
  }
  if (again.empty()) return;
  const MutexLock lock(mutex_);
  sweeps_.insert(sweeps_.end(), again.begin(), again.end());
  sweep_timer_ = loop_.after(kSweepEvery, [this] { sweep(); });
}

void LocalRunner::end_sweep(Sweep sweep) {
  ::unlink(sweep.outputs_path.c_str());
  finish(std::move(sweep.report));
}

// Loop thread, every second.
void LocalRunner::tick() {
  const Duration now = boot_time();
  probe_silent(now);
  repeat_reports(now);
  remove_rested(now);
}

// Attempts without a connection: short ones that run, or some whose shim is gone.
void LocalRunner::probe_silent(Duration now) {
  struct Silent {
    AttemptId id;
    RunNo run;
    bool claim;
  };
  bool taken = false;
  {
    const MutexLock lock(zygote_mutex_);
    taken = zygote_ != nullptr && zygote_->has_taken_all();
  }
  std::vector<Silent> silent;
  {
    const MutexLock lock(mutex_);
    for (const auto& [id, live] : live_) {
      if (live.report || live.sweeping || live.connection != kNoConnection) continue;
      if (now - live.since < kSilentAfter) continue;
      // One that waits in the zygote's queue is not lost.
      const bool claim = live.zygote == 0 || (taken && now - live.since >= kNotClaimedAfter);
      silent.push_back({id, live.run, claim});
    }
  }
  for (const Silent& one : silent) resolve(one.id, one.run, one.claim);
}

void LocalRunner::repeat_reports(Duration now) {
  std::vector<std::shared_ptr<const model::AttemptReport>> due;
  {
    const MutexLock lock(mutex_);
    for (auto& [id, live] : live_) {
      if (!live.report || now - live.reported_at < kRepeatAfter) continue;
      live.reported_at = now;
      due.push_back(live.report);
    }
  }
  for (const auto& report : due) sink_(*report);
}

void LocalRunner::finish(model::AttemptReport report) {
  const auto kept = std::make_shared<const model::AttemptReport>(std::move(report));
  std::string leaf;
  bool swept = false;
  {
    const MutexLock lock(mutex_);
    const auto found = live_.find(kept->id);
    if (found == live_.end() || found->second.report) return;
    swept = found->second.sweeping;
    found->second.report = kept;
    found->second.reported_at = boot_time();
    found->second.sweeping = false;
    leaf.swap(found->second.leaf);
  }
  if (swept)
    leaves_.retire(leaf);
  else if (!kept->unkillable)
    leaves_.give_back(std::move(leaf));
  sink_(*kept);
}

}  // namespace gantry::runner
