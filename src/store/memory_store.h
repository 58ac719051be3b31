// MemoryStore: the contract of Store in memory, for tests and simulations. A MemoryDisk is what
// survives a "crash": drop the MemoryStore, make another on the same disk. Several stores and
// readers may share a disk; it is thread safe.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "base/mutex.h"
#include "store/store.h"

namespace gantry::store {

struct MemoryVersion {
  model::VersionStored stored;
  Instant at;
  std::string actor;
};

struct MemoryRun {
  std::shared_ptr<const model::RunOrigin> origin;
  model::RunRow row;
  Instant listed_at;  // never falls with the run number
  std::map<TaskRef, model::TaskRow> tasks;
  std::map<AttemptId, model::AttemptRow> attempts;
  std::vector<HistoryView> history;
  std::optional<Instant> log_removed_at;
  std::map<std::int32_t, model::PhaseRow> phases;  // empty until it is retried
};

struct MemoryMissed {
  Instant at;  // of its record
  model::MissedRow row;
};

struct MemoryBackfill {
  model::BackfillRow row;
  std::vector<model::BackfillDate> dates;
};

struct MemoryState {
  Epoch epoch;
  Recovery recovery;
  Instant last_listed_at{std::numeric_limits<std::int64_t>::min()};
  std::map<WorkflowId, model::WorkflowRow> workflows;
  std::map<std::pair<WorkflowId, std::string>, model::TriggerRow> cursors;
  std::vector<MemoryMissed> missed;
  std::map<VersionId, MemoryVersion> versions;
  std::map<RunNo, MemoryRun> runs;
  std::set<RunNo> open;
  std::vector<HistoryView> history;  // about no run
  RemovedHistory removed;
  model::ServerRow server;
  std::map<BackfillId, MemoryBackfill> backfills;
  std::map<std::string, model::PoolLimitRow> pool_limits;  // with slots
  std::map<std::string, model::CredentialRow> credentials;
  std::vector<AuditView> audit;
  std::map<EventId, model::EventRow> events;
  std::map<std::tuple<model::EventFrom, std::string, std::string>, EventId> event_keys;
  std::map<std::tuple<WorkflowId, std::string, std::int64_t>, model::MeetingRow> meetings;
};

// An ended run that is kept, but not its logs.
bool loses_log(const MemoryRun& run, const RetentionCut& cut);

class MemoryDisk {
 public:
  MemoryState snapshot() const {
    const MutexLock lock(mutex_);
    return state_;
  }
  // Back to an earlier snapshot: a restored backup, or a disk that lied about its fsync.
  void restore(MemoryState state) {
    const MutexLock lock(mutex_);
    state_ = std::move(state);
  }
  template <typename Use>
  auto use(Use use_state) {
    const MutexLock lock(mutex_);
    return use_state(state_);
  }

 private:
  mutable Mutex mutex_;
  MemoryState state_ GUARDED_BY(mutex_);
};

enum class MemoryFault {
  None,
  Refused,     // nothing happened, Unavailable
  DiskFull,    // nothing happened, ResourceExhausted
  LostAnswer,  // a commit is durable, but the caller gets Unavailable
};

class MemoryStore : public Store {
 public:
  explicit MemoryStore(std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>())
      : disk_(std::move(disk)) {}

  // The n-th call from now on fails (1 = the next), every later one too if `sticky`. Any thread, as
  // the next two: an engine may be at work on the store.
  void fail_call(int nth, MemoryFault fault, bool sticky = false);
  void heal();
  std::int64_t calls() const;
  const std::shared_ptr<MemoryDisk>& disk() const { return disk_; }

  Result<Epoch> open_epoch() override;
  Result<Recovery> load(const FoldChange& fold) override;
  Status commit(const Batch& batch) override;
  Result<std::int64_t> last_batch() override;
  Result<bool> tidy() override;
  Result<RetentionStep> retain(const RetentionCut& cut) override;
  Status raise_incarnation() override;
  Result<std::unique_ptr<Reader>> new_reader() override;

 private:
  MemoryFault next_call();

  std::shared_ptr<MemoryDisk> disk_;
  Epoch epoch_;
  mutable Mutex faults_mutex_;
  MemoryFault fault_ GUARDED_BY(faults_mutex_) = MemoryFault::None;
  std::int64_t fault_at_ GUARDED_BY(faults_mutex_) = 0;
  bool sticky_ GUARDED_BY(faults_mutex_) = false;
  std::int64_t calls_ GUARDED_BY(faults_mutex_) = 0;
};

}  // namespace gantry::store
