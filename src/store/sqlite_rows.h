// Rows of the SQLite store <-> structs of the model. The column lists give the order in which
// values are bound and read; packs keep the same order, so new columns are appended.
#pragma once

#include <string_view>

#include "model/change.h"
#include "store/reader.h"
#include "store/sqlite_database.h"

namespace gantry::store {

// DataLoss: a value that is none of its kind.
Error damaged(std::string_view what, std::int64_t value);

Result<Value> value_of(std::string_view blob);
std::int64_t item_number(ItemPath item);  // as a column holds it

template <typename E>
Result<E> enum_of(const Columns& c, int column, E last, std::string_view what) {
  const std::int64_t value = c.integer(column);
  if (value < 0 || value > static_cast<std::int64_t>(last)) return damaged(what, value);
  return static_cast<E>(value);
}

inline constexpr std::string_view kTaskColumns =
    "t.run, t.task, t.item, t.state, t.reason, t.generation, t.attempts, t.tries, t.lost_starts, "
    "t.exit_code, t.attempt, t.queue_no, t.wake_at, t.started_at, t.ended_at, t.outputs, "
    "t.message, "
    "t.arm, t.rounds, t.items, t.wake_wall, t.give_up_at";
inline constexpr std::string_view kAttemptColumns =
    "a.run, a.id, a.task, a.item, a.generation, a.number, a.worker, a.state, a.reason, "
    "a.stop_requested, a.exit_code, a.signal, a.begun_at, a.started_at, a.ended_at, a.cpu_us, "
    "a.memory_bytes_max, a.log_bytes, a.log_dropped_bytes, a.unkillable, a.error_tail";
inline constexpr std::string_view kHistoryColumns =
    "h.position, h.at, h.actor, h.run, h.what, h.task, h.item, h.details";
inline constexpr std::string_view kRunColumns =
    "r.run, r.workflow, o.workflow_name, r.version, r.version_number, r.cause, o.trigger_id, "
    "o.initiator, r.idempotency_key, o.params, o.title, r.priority, r.created_at, r.scheduled_at, "
    "r.state, r.reason, r.message, r.cancel_requested, r.hard_cancel, r.quarantined, r.verdict, "
    "r.timeout_at, r.started_at, r.ended_at, r.phase, r.paused, "
    "NOT EXISTS (SELECT 1 FROM open_run x WHERE x.run = r.run), "
    "(SELECT s.labels FROM label_set s WHERE s.id = r.labels), r.log_removed_at, "
    "o.concurrency_key, r.date, o.business_date, o.interval_start, o.interval_end, o.backfill, "
    "o.event_id";
// After them, where it is needed: it may be large.
inline constexpr std::string_view kRunEventColumn = "o.event";
inline constexpr std::string_view kWorkflowColumns =
    "w.id, w.name, w.version, w.version_number, w.hash, w.enabled, w.concurrency_limit, "
    "w.priority, w.triggers, w.paused, w.disabled, w.hold_note";
inline constexpr std::string_view kPhaseColumns =
    "run, no, kind, version, version_number, initiator, idempotency_key, from_task, newest, "
    "created_at, state, reason, started_at, ended_at";
inline constexpr std::string_view kSelectPoolLimits =
    "SELECT pool, slots, set_by, note, set_at FROM pool_limit ORDER BY pool";

void put_task(Query& query, const model::TaskRow& row);        // kTaskColumns
void put_attempt(Query& query, const model::AttemptRow& row);  // kAttemptColumns
void put_run_state(Query& query, const model::RunRow& row);    // state .. paused
void put_phase(Query& query, const model::PhaseRow& row);      // kPhaseColumns

// DataLoss if a value is not one this version can have written.
Result<model::TaskRow> task_of(const Columns& c);
Result<model::AttemptRow> attempt_of(const Columns& c);
Result<RunView> run_of(const Columns& c);      // kRunColumns: without what came with it
Result<Value> run_event_of(const Columns& c);  // the column after them; null if nothing came
Result<HistoryView> history_of(const Columns& c);
Result<model::WorkflowRow> workflow_of(const Columns& c);
Result<model::PhaseRow> phase_of(const Columns& c);
model::PoolLimitRow pool_limit_of(const Columns& c);  // kSelectPoolLimits

std::string encode_version_tasks(const std::vector<model::Task>& tasks);  // a blob
Result<std::vector<VersionTask>> decode_version_tasks(std::string_view blob);

std::string encode_labels(const std::vector<model::NamedText>& labels);  // a blob
Result<std::vector<model::NamedText>> decode_labels(std::string_view blob);

std::string folder_of(std::string_view workflow_name);  // "finance/a" -> "finance"; "" at the top

}  // namespace gantry::store
