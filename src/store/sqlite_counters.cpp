#include "store/sqlite_counters.h"

#include <fmt/format.h>

namespace gantry::store {

namespace {
constexpr std::string_view kRead =
    "SELECT incarnation, batch, position, wall, steady, boot_id, since_boot, last_run, "
    "last_attempt, last_workflow, last_version, last_queue_no, last_listed_at, last_event, "
    "last_backfill "
    "FROM store";
constexpr std::string_view kWrite =
    "UPDATE store SET incarnation=?, batch=?, position=?, wall=?, steady=?, boot_id=?, "
    "since_boot=?, last_run=?, last_attempt=?, last_workflow=?, last_version=?, last_queue_no=?, "
    "last_listed_at=?, last_event=?, last_backfill=?";

std::optional<TimeMark> mark_of(const Columns& c) {
  if (c.is_null(3)) return std::nullopt;
  return TimeMark{Instant{c.integer(3)}, Steady{c.integer(4)}, c.text(5), Duration{c.integer(6)}};
}

void put_mark(Query& query, const std::optional<TimeMark>& mark) {
  if (mark)
    query.put(mark->wall).put(mark->steady.us).put(mark->boot_id).put(mark->since_boot.us);
  else
    query.put(std::nullopt).put(std::nullopt).put(std::nullopt).put(std::nullopt);
}
}  // namespace

Result<StoreCounters> read_counters(Database& db) {
  TRY(Query q, db.query(kRead));
  TRY(const bool row, q.next());
  if (!row) return error(Code::DataLoss, "the store has lost its counters: restore a backup");
  StoreCounters c;
  c.recovery.incarnation = q.integer(0);
  c.recovery.last_batch = q.integer(1);
  c.recovery.last_position = Position{q.integer(2)};
  c.recovery.mark = mark_of(q);
  c.recovery.last_run = RunNo{q.integer(7)};
  c.recovery.last_attempt_counter = q.integer(8);
  c.recovery.last_workflow = WorkflowId{q.integer(9)};
  c.recovery.last_version = VersionId{q.integer(10)};
  c.recovery.last_queue_no = q.integer(11);
  c.last_listed_at = q.integer(12);
  c.recovery.last_event = EventId{q.integer(13)};
  c.recovery.last_backfill = BackfillId{q.integer(14)};
  return c;
}

Status write_counters(Database& db, const StoreCounters& c) {
  TRY(Query q, db.query(kWrite));
  q.put(c.recovery.incarnation).put(c.recovery.last_batch).put(c.recovery.last_position.value);
  put_mark(q, c.recovery.mark);
  q.put(c.recovery.last_run.value).put(c.recovery.last_attempt_counter);
  q.put(c.recovery.last_workflow.value).put(c.recovery.last_version.value);
  q.put(c.recovery.last_queue_no).put(c.last_listed_at);
  q.put(c.recovery.last_event.value).put(c.recovery.last_backfill.value);
  return q.run();
}

Status require_epoch(Database& db, Epoch epoch) {
  TRY(Query q, db.query("SELECT epoch, holder FROM leader"));
  TRY(const bool row, q.next());
  if (row && epoch.value > 0 && q.integer(0) == epoch.value) return ok();
  return error(Code::FailedPrecondition,
               fmt::format("epoch {} no longer leads the store: {} ({}) took over", epoch.value,
                           row ? q.integer(0) : 0, row ? q.text(1) : "nobody"));
}

}  // namespace gantry::store
