#include "store/batch_rules.h"

#include <fmt/format.h>

namespace gantry::store {

namespace {
template <typename Id>
void raise(Id& last, Id seen) {
  if (seen > last) last = seen;
}

constexpr std::int64_t kCounterMask = (std::int64_t{1} << kAttemptCounterBits) - 1;

struct Counter {
  Recovery& r;
  void operator()(const model::VersionStored& c) const { raise(r.last_version, c.id); }
  void operator()(const model::WorkflowChanged& c) const { raise(r.last_workflow, c.row.id); }
  void operator()(const model::TriggerMoved&) const {}
  void operator()(const model::FiringsMissed&) const {}
  void operator()(const model::RunCreated& c) const { raise(r.last_run, c.origin->run); }
  void operator()(const model::RunChanged&) const {}
  void operator()(const model::TaskChanged& c) const { raise(r.last_queue_no, c.row.queue_no); }
  void operator()(const model::AttemptChanged& c) const {
    raise(r.last_attempt_counter, c.row.id.value & kCounterMask);
  }
  void operator()(const model::RunClosed&) const {}
  void operator()(const model::RunReopened&) const {}
  void operator()(const model::ServerChanged&) const {}
  void operator()(const model::PoolLimitChanged&) const {}
  void operator()(const model::CredentialChanged&) const {}
  void operator()(const model::AuditNoted&) const {}
  void operator()(const model::EventRecorded& c) const { raise(r.last_event, c.row->id); }
  void operator()(const model::MeetingChanged&) const {}
  void operator()(const model::BackfillBegun& c) const { raise(r.last_backfill, c.row.id); }
  void operator()(const model::BackfillChanged&) const {}
  void operator()(const model::BackfillDateChanged&) const {}
};
}  // namespace

Status check_batch_number(std::int64_t last, std::int64_t number) {
  if (number == last + 1) return ok();
  if (number <= last)
    return error(Code::AlreadyExists, fmt::format("batch {} was committed already", number));
  return error(Code::FailedPrecondition,
               fmt::format("batch {} does not follow batch {}", number, last));
}

void count_change(Recovery& recovery, const model::Change& change) {
  std::visit(Counter{recovery}, change.body);
}

}  // namespace gantry::store
