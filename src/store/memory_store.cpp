#include "store/memory_store.h"

#include <fmt/format.h>

#include "model/history.h"
#include "store/batch_rules.h"
#include "store/memory_reader.h"

namespace gantry::store {

namespace {
Error failure_of(MemoryFault fault) {
  if (fault == MemoryFault::DiskFull)
    return error(Code::ResourceExhausted, "memory store: the disk is full (injected)");
  return error(Code::Unavailable, "memory store: I/O error (injected)");
}

Status require_epoch(const MemoryState& state, Epoch epoch) {
  if (epoch.value > 0 && epoch == state.epoch) return ok();
  return error(Code::FailedPrecondition, fmt::format("epoch {} no longer leads the store: {} took "
                                                     "over",
                                                     epoch.value, state.epoch.value));
}

class Names : public model::NameLookup {
 public:
  explicit Names(const MemoryState& state) : state_(state) {}
  std::string_view task_name(RunNo run, TaskIndex task) override {
    const auto version = state_.versions.find(state_.runs.at(run).origin->version);
    if (version == state_.versions.end()) return {};
    const auto& tasks = version->second.stored.definition->workflow.tasks;
    return task.value < tasks.size() ? std::string_view(tasks[task.value].name)
                                     : std::string_view();
  }
  std::string_view workflow_name(WorkflowId workflow) override {
    const auto found = state_.workflows.find(workflow);
    return found == state_.workflows.end() ? std::string_view() : found->second.name;
  }

 private:
  const MemoryState& state_;
};

// The run a change needs to exist; 0 = none.
struct NeededRun {
  RunNo operator()(const model::RunChanged& c) const { return c.row.run; }
  RunNo operator()(const model::TaskChanged& c) const { return c.row.run; }
  RunNo operator()(const model::AttemptChanged& c) const { return c.row.run; }
  RunNo operator()(const model::RunClosed& c) const { return c.run; }
  RunNo operator()(const model::RunReopened& c) const { return c.reopening->row.run; }
  template <typename Other>
  RunNo operator()(const Other&) const {
    return {};
  }
};

// Everything that can fail is looked at before anything is changed.
Status require_runs(const MemoryState& state, const Batch& batch) {
  std::set<RunNo> created;
  for (const model::Change& change : batch.changes) {
    if (const auto* c = std::get_if<model::RunCreated>(&change.body))
      created.insert(c->origin->run);
    const RunNo run = std::visit(NeededRun(), change.body);
    if (run.value != 0 && !state.runs.contains(run) && !created.contains(run))
      return error(Code::Internal, fmt::format("run {} was never created", run.value));
  }
  return ok();
}

struct Put {
  MemoryState& s;
  const model::Change& change;

  void operator()(const model::VersionStored& c) const {
    s.versions[c.id] = {c, change.at, change.actor};
  }
  void operator()(const model::WorkflowChanged& c) const { s.workflows[c.row.id] = c.row; }
  void operator()(const model::TriggerMoved& c) const {
    s.cursors[{c.row.workflow, c.row.trigger}] = c.row;
  }
  void operator()(const model::FiringsMissed& c) const { s.missed.push_back({change.at, c.row}); }
  void operator()(const model::RunCreated& c) const {
    if (s.runs.contains(c.origin->run)) return;
    s.last_listed_at = std::max(s.last_listed_at, c.origin->created_at);
    MemoryRun& run = s.runs[c.origin->run];
    run.origin = c.origin;
    run.row.run = c.origin->run;
    run.listed_at = s.last_listed_at;
    s.open.insert(c.origin->run);
  }
  void operator()(const model::RunChanged& c) const { s.runs.at(c.row.run).row = c.row; }
  void operator()(const model::TaskChanged& c) const {
    s.runs.at(c.row.run).tasks[{c.row.task, c.row.item}] = c.row;
  }
  void operator()(const model::AttemptChanged& c) const {
    s.runs.at(c.row.run).attempts[c.row.id] = c.row;
  }
  void operator()(const model::RunClosed& c) const { s.open.erase(c.run); }
  void operator()(const model::RunReopened& c) const {
    const model::Reopening& r = *c.reopening;
    MemoryRun& run = s.runs.at(r.row.run);
    run.origin = r.origin;
    run.row = r.row;
    run.phases[r.ended.no] = r.ended;
    run.phases[r.begun.no] = r.begun;
    run.tasks.clear();
    for (const model::TaskRow& row : r.tasks) run.tasks[{row.task, row.item}] = row;
    s.open.insert(r.row.run);
  }
  void operator()(const model::ServerChanged& c) const { s.server = c.row; }
  void operator()(const model::PoolLimitChanged& c) const {
    if (c.row.slots)
      s.pool_limits[c.row.pool] = c.row;
    else
      s.pool_limits.erase(c.row.pool);
  }
  void operator()(const model::CredentialChanged& c) const { s.credentials[c.row.id] = c.row; }
  void operator()(const model::EventRecorded& c) const {
    s.events[c.row->id] = *c.row;
    for (const std::string& key : c.row->keys)
      s.event_keys.try_emplace({c.row->from, c.row->name, key}, c.row->id);
  }
  void operator()(const model::MeetingChanged& c) const {
    const std::tuple key{c.row.workflow, c.row.trigger, days_from_civil(c.row.date)};
    if (c.row.is_over)
      s.meetings.erase(key);
    else
      s.meetings[key] = c.row;
  }
  void operator()(const model::BackfillBegun& c) const {
    s.backfills[c.row.id] = {c.row, *c.dates};
  }
  void operator()(const model::BackfillChanged& c) const { s.backfills[c.row.id].row = c.row; }
  void operator()(const model::BackfillDateChanged& c) const {
    s.backfills[c.backfill].dates.at(static_cast<std::size_t>(c.place)) = c.row;
  }
  void operator()(const model::AuditNoted& c) const {
    s.audit.push_back({Position{s.recovery.last_position.value + 1}, c.row});
  }
};

void put_history(MemoryState& state, const model::Change& change) {
  Names names(state);
  auto record = model::to_history(change, names);
  auto& history = record.run.value == 0 ? state.history : state.runs.at(record.run).history;
  history.push_back({Position{++state.recovery.last_position.value}, change.at, change.actor,
                     record.run, std::string(record.what), std::move(record.task), record.item,
                     std::move(record.details)});
}

Status apply(MemoryState& state, const Batch& batch) {
  TRY_STATUS(require_epoch(state, batch.epoch));
  TRY_STATUS(check_batch_number(state.recovery.last_batch, batch.number));
  TRY_STATUS(require_runs(state, batch));
  state.recovery.last_batch = batch.number;
  state.recovery.mark = batch.mark;
  for (const model::Change& change : batch.changes) {
    count_change(state.recovery, change);
    std::visit(Put{state, change}, change.body);
    put_history(state, change);
  }
  return ok();
}

void fold_run(const MemoryRun& run, const FoldChange& fold) {
  const auto put = [&](model::ChangeBody body) { fold({Instant{}, "store", std::move(body)}); };
  put(model::RunCreated{run.origin});
  put(model::RunChanged{run.row});
  for (const auto& [key, task] : run.tasks) put(model::TaskChanged{task});
  for (const auto& [id, attempt] : run.attempts)
    if (attempt.state == model::AttemptState::Running) put(model::AttemptChanged{attempt});
}
}  // namespace

void MemoryStore::fail_call(int nth, MemoryFault fault, bool sticky) {
  const MutexLock lock(faults_mutex_);
  fault_ = fault;
  fault_at_ = calls_ + nth;
  sticky_ = sticky;
}

void MemoryStore::heal() {
  const MutexLock lock(faults_mutex_);
  fault_ = MemoryFault::None;
}

std::int64_t MemoryStore::calls() const {
  const MutexLock lock(faults_mutex_);
  return calls_;
}

MemoryFault MemoryStore::next_call() {
  const MutexLock lock(faults_mutex_);
  ++calls_;
  return calls_ == fault_at_ || (sticky_ && calls_ > fault_at_) ? fault_ : MemoryFault::None;
}

Result<Epoch> MemoryStore::open_epoch() {
  if (const auto fault = next_call(); fault != MemoryFault::None) return failure_of(fault);
  return disk_->use([this](MemoryState& state) -> Result<Epoch> {
    ++state.epoch.value;
    return epoch_ = state.epoch;
  });
}

Result<Recovery> MemoryStore::load(const FoldChange& fold) {
  if (const auto fault = next_call(); fault != MemoryFault::None) return failure_of(fault);
  return disk_->use([&](const MemoryState& state) -> Result<Recovery> {
    if (!(state.server == model::ServerRow()))
      fold({Instant{}, "store", model::ServerChanged{state.server}});
    for (const auto& [pool, row] : state.pool_limits)
      fold({Instant{}, "store", model::PoolLimitChanged{row}});
    for (const auto& [id, row] : state.workflows)
      fold({Instant{}, "store", model::WorkflowChanged{row}});
    for (const auto& [key, row] : state.cursors)
      fold({Instant{}, "store", model::TriggerMoved{row}});
    for (const RunNo run : state.open) fold_run(state.runs.at(run), fold);
    for (const auto& [key, row] : state.meetings)
      fold({Instant{}, "store", model::MeetingChanged{row}});
    for (const auto& [id, row] : state.events)
      if (row.is_open)
        fold({Instant{}, "store",
              model::EventRecorded{std::make_shared<const model::EventRow>(row)}});
    for (const auto& [id, backfill] : state.backfills)
      if (!backfill.row.ended_at)
        fold({Instant{}, "store",
              model::BackfillBegun{
                  backfill.row,
                  std::make_shared<const std::vector<model::BackfillDate>>(backfill.dates)}});
    return state.recovery;
  });
}

Status MemoryStore::commit(const Batch& batch) {
  const MemoryFault fault = next_call();
  if (fault != MemoryFault::None && fault != MemoryFault::LostAnswer) return failure_of(fault);
  TRY_STATUS(disk_->use([&](MemoryState& state) { return apply(state, batch); }));
  return fault == MemoryFault::None ? ok() : Status(failure_of(fault));
}

Result<std::int64_t> MemoryStore::last_batch() {
  if (const auto fault = next_call(); fault != MemoryFault::None) return failure_of(fault);
  return disk_->use(
      [](const MemoryState& s) -> Result<std::int64_t> { return s.recovery.last_batch; });
}

// There is nothing to pack in memory.
Result<bool> MemoryStore::tidy() {
  if (const auto fault = next_call(); fault != MemoryFault::None) return failure_of(fault);
  TRY_STATUS(disk_->use([this](const MemoryState& s) { return require_epoch(s, epoch_); }));
  return false;
}

bool loses_log(const MemoryRun& run, const RetentionCut& cut) {
  const Instant ended_at = *run.row.ended_at;
  if (run.log_removed_at && *run.log_removed_at >= ended_at) return false;
  return ended_at < cut.logs_before || run.row.run.value <= cut.logs_up_to.value;
}

namespace {
void take_away(MemoryState& state, std::vector<HistoryView>& history) {
  for (const HistoryView& record : history) {
    ++state.removed.records;
    state.removed.last = std::max(state.removed.last, record.position);
  }
  history.clear();
}

void drop_other_records(MemoryState& state, Instant before) {
  std::vector<HistoryView> old;
  std::erase_if(state.history, [&](const HistoryView& record) {
    if (record.at >= before) return false;
    old.push_back(record);
    return true;
  });
  take_away(state, old);
  std::erase_if(state.missed, [&](const MemoryMissed& missed) { return missed.at < before; });
}

std::int64_t drop_audit(MemoryState& state, Instant before) {
  return static_cast<std::int64_t>(
      std::erase_if(state.audit, [&](const AuditView& view) { return view.row.at < before; }));
}

void drop_credentials(MemoryState& state, Instant before) {
  std::erase_if(state.credentials, [before](const auto& entry) {
    const model::CredentialRow& row = entry.second;
    return (row.revoked_at && *row.revoked_at < before) ||
           (row.expires_at && *row.expires_at < before);
  });
}

void drop_events(MemoryState& state, Instant before) {
  std::erase_if(state.events, [&](const auto& entry) {
    const model::EventRow& row = entry.second;
    if (row.is_open || row.at >= before) return false;
    for (const std::string& key : row.keys)
      if (row.from != model::EventFrom::File) state.event_keys.erase({row.from, row.name, key});
    return true;
  });
}

RetentionStep retain_all(MemoryState& state, const RetentionCut& cut) {
  RetentionStep step;
  const std::int64_t before = state.removed.records;
  for (auto& [no, run] : state.runs) {
    if (state.open.contains(no) || !run.row.ended_at) continue;
    if (*run.row.ended_at < cut.runs_before) {
      step.runs.push_back(no);
      take_away(state, run.history);
    } else if (loses_log(run, cut)) {
      step.logs.push_back(no);
      run.log_removed_at = cut.now;
    }
  }
  for (const RunNo run : step.runs) state.runs.erase(run);
  drop_other_records(state, cut.runs_before);
  drop_events(state, events_before(cut));
  std::erase_if(state.backfills, [&](const auto& entry) {
    const auto& ended_at = entry.second.row.ended_at;
    return ended_at && *ended_at < cut.runs_before;
  });
  step.audit = drop_audit(state, cut.audit_before);
  drop_credentials(state, cut.audit_before);
  step.records = state.removed.records - before;
  return step;
}
}  // namespace

// All in one step: memory is cheap to walk.
Result<RetentionStep> MemoryStore::retain(const RetentionCut& cut) {
  if (const auto fault = next_call(); fault != MemoryFault::None) return failure_of(fault);
  return disk_->use([&](MemoryState& state) -> Result<RetentionStep> {
    TRY_STATUS(require_epoch(state, epoch_));
    return retain_all(state, cut);
  });
}

Status MemoryStore::raise_incarnation() {
  if (const auto fault = next_call(); fault != MemoryFault::None) return failure_of(fault);
  return disk_->use([](MemoryState& state) -> Status {
    ++state.recovery.incarnation;
    return ok();
  });
}

Result<std::unique_ptr<Reader>> MemoryStore::new_reader() {
  return std::unique_ptr<Reader>(std::make_unique<MemoryReader>(disk_));
}

}  // namespace gantry::store
