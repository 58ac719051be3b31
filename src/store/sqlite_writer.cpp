#include "store/sqlite_writer.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "model/codec.h"
#include "model/history.h"
#include "store/batch_rules.h"
#include "store/blob.h"
#include "store/pack_rows.h"
#include "store/sqlite_rows.h"

namespace gantry::store {

namespace {
// A table with only its primary key takes OR REPLACE as an overwrite in place.
constexpr std::string_view kPutTask =
    "INSERT OR REPLACE INTO task VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kPutAttempt =
    "INSERT OR REPLACE INTO attempt VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kPutHistory = "INSERT INTO history VALUES (?,?,?,?,?,?,?,?)";
constexpr std::string_view kPutRunState =
    "UPDATE run SET state=?, reason=?, message=?, cancel_requested=?, hard_cancel=?, "
    "quarantined=?, verdict=?, timeout_at=?, started_at=?, ended_at=?, phase=?, paused=? WHERE "
    "run=?";
constexpr std::string_view kPutRun =
    "INSERT INTO run (run, workflow, folder, version, version_number, cause, idempotency_key, "
    "priority, created_at, scheduled_at, listed_at, state, reason, message, cancel_requested, "
    "hard_cancel, quarantined, verdict, timeout_at, started_at, ended_at, phase, paused, labels, "
    "date) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING";
constexpr std::string_view kPutOrigin =
    "INSERT OR REPLACE INTO run_origin VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kPutPhase =
    "INSERT OR REPLACE INTO phase VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kPutWorkflow =
    "INSERT INTO workflow VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET "
    "name=excluded.name, namespace=excluded.namespace, version=excluded.version, "
    "version_number=excluded.version_number, hash=excluded.hash, enabled=excluded.enabled, "
    "concurrency_limit=excluded.concurrency_limit, priority=excluded.priority, "
    "triggers=excluded.triggers, paused=excluded.paused, disabled=excluded.disabled, "
    "hold_note=excluded.hold_note";
constexpr std::string_view kPutVersion =
    "INSERT OR REPLACE INTO version VALUES (?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kPutContent =
    "INSERT INTO content (hash, data) VALUES (?,?) ON CONFLICT DO NOTHING";

std::string encode_files(const std::vector<model::VersionFile>& files) {
  ValueList list;
  for (const model::VersionFile& f : files)
    list.emplace_back(ValueMap{{"path", f.path},
                               {"hash", f.hash},
                               {"content", sha256_hex(f.content)},
                               {"executable", f.executable}});
  return make_blob(model::encode_value(Value(std::move(list))));
}
}  // namespace

struct SqliteWriter::Put {
  SqliteWriter& w;
  const model::Change& change;
  StoreCounters& counters;

  Status operator()(const model::VersionStored& c) const { return w.put(change, c); }
  Status operator()(const model::WorkflowChanged& c) const { return w.put(c.row); }
  Status operator()(const model::TriggerMoved& c) const { return w.put(c.row); }
  Status operator()(const model::FiringsMissed& c) const {
    return w.put(c.row, counters.recovery.last_position);
  }
  Status operator()(const model::RunCreated& c) const { return w.put(*c.origin, counters); }
  Status operator()(const model::RunChanged& c) const { return w.put(c.row); }
  Status operator()(const model::TaskChanged& c) const { return w.put(c.row); }
  Status operator()(const model::AttemptChanged& c) const { return w.put(c.row); }
  Status operator()(const model::RunClosed& c) const { return w.close(c.run); }
  Status operator()(const model::RunReopened& c) const { return w.reopen(*c.reopening); }
  Status operator()(const model::ServerChanged& c) const { return w.put(c.row); }
  Status operator()(const model::PoolLimitChanged& c) const { return w.put(c.row); }
  Status operator()(const model::CredentialChanged& c) const { return w.put(c.row); }
  Status operator()(const model::EventRecorded& c) const { return w.put(*c.row); }
  Status operator()(const model::MeetingChanged& c) const { return w.put(c.row); }
  Status operator()(const model::BackfillBegun& c) const { return w.put(c); }
  Status operator()(const model::BackfillChanged& c) const { return w.put(c.row); }
  Status operator()(const model::BackfillDateChanged& c) const { return w.put(c); }
  Status operator()(const model::AuditNoted& c) const {
    return w.put(c.row, counters.recovery.last_position);
  }
};

Status SqliteWriter::prepare() {
  TRY(put_task_, db_.prepare(kPutTask));
  TRY(put_attempt_, db_.prepare(kPutAttempt));
  TRY(put_history_, db_.prepare(kPutHistory));
  TRY(put_run_state_, db_.prepare(kPutRunState));
  return ok();
}

Status SqliteWriter::write(const model::Change& change, StoreCounters& counters) {
  const Position position{++counters.recovery.last_position.value};
  count_change(counters.recovery, change);
  TRY_STATUS(std::visit(Put{*this, change, counters}, change.body));
  return put_history(change, position);
}

Status SqliteWriter::put_history(const model::Change& change, Position position) {
  const model::HistoryRecord record = model::to_history(change, names_);
  TRY_STATUS(names_.take_failure());
  if (const auto* closed = std::get_if<model::RunClosed>(&change.body))
    names_.forget_run(closed->run);
  Query q(put_history_);
  q.put(position.value).put(change.at).put(change.actor).put(record.run.value).put(record.what);
  q.put(record.task).put(item_number(record.item)).put_blob(make_blob(record.details));
  return q.run();
}

Status SqliteWriter::put(const model::Change& change, const model::VersionStored& c) {
  const model::Definition& d = *c.definition;
  const std::string text_hash = sha256_hex(d.text);
  TRY_STATUS(put_content(text_hash, d.text));
  for (const model::VersionFile& f : d.files)
    TRY_STATUS(put_content(sha256_hex(f.content), f.content));
  TRY(Query q, db_.query(kPutVersion));
  q.put(c.id.value).put(c.workflow.value).put(d.workflow.name).put(c.number).put(d.hash);
  q.put(change.at).put(change.actor).put(text_hash).put_blob(encode_files(d.files));
  q.put_blob(encode_version_tasks(d.workflow.tasks));
  return q.run();
}

Status SqliteWriter::put_content(const std::string& hash, std::string_view bytes) {
  TRY(Query q, db_.query(kPutContent));
  return q.put(hash).put_blob(make_blob(bytes)).run();
}

Status SqliteWriter::put(const model::WorkflowRow& row) {
  names_.learn_workflow(row.id, row.name);
  TRY(Query q, db_.query(kPutWorkflow));
  q.put(row.id.value).put(row.name).put(folder_of(row.name)).put(row.version.value);
  q.put(row.version_number).put(row.hash).put(row.enabled).put(row.concurrency_limit);
  q.put(row.priority).put_blob(make_blob(model::encode_triggers(row.triggers)));
  return q.put(row.paused).put(row.disabled).put(row.hold_note).run();
}

Status SqliteWriter::put(const model::TriggerRow& row) {
  TRY(Query q, db_.query("INSERT OR REPLACE INTO trigger_cursor VALUES (?,?,?,?)"));
  return q.put(row.workflow.value).put(row.trigger).put(row.cursor).put(row.failed.value).run();
}

Status SqliteWriter::put(const model::MissedRow& row, Position position) {
  TRY(Query q, db_.query("INSERT INTO missed VALUES (?,?,?,?,?,?,?)"));
  q.put(position.value).put(row.workflow.value).put(row.trigger);
  q.put(row.first).put(row.last).put(row.count);
  return q.put(static_cast<std::int64_t>(row.reason)).run();
}

Result<std::int64_t> SqliteWriter::folder_id(const std::string& path) {
  {
    TRY(Query q, db_.query("SELECT id FROM folder WHERE path=?"));
    TRY(const bool row, q.put(path).next());
    if (row) return q.integer(0);
  }
  TRY(Query q, db_.query("INSERT INTO folder (path) VALUES (?)"));
  TRY_STATUS(q.put(path).run());
  return sqlite3_last_insert_rowid(db_.handle());
}

Result<std::int64_t> SqliteWriter::label_set_id(const std::vector<model::NamedText>& labels) {
  if (labels.empty()) return 0;
  const std::string blob = encode_labels(labels);
  const std::string hash = sha256_hex(blob);
  {
    TRY(Query q, db_.query("SELECT id FROM label_set WHERE hash=?"));
    TRY(const bool row, q.put(hash).next());
    if (row) return q.integer(0);
  }
  TRY(Query q, db_.query("INSERT INTO label_set (hash, labels) VALUES (?,?)"));
  TRY_STATUS(q.put(hash).put_blob(blob).run());
  const std::int64_t id = sqlite3_last_insert_rowid(db_.handle());
  for (const auto& [name, value] : labels) {
    TRY(Query one, db_.query("INSERT OR IGNORE INTO label VALUES (?,?,?)"));
    TRY_STATUS(one.put(name).put(value).put(id).run());
  }
  return id;
}

Status SqliteWriter::put(const model::RunOrigin& origin, StoreCounters& counters) {
  TRY(const std::int64_t folder, folder_id(folder_of(origin.workflow_name)));
  const std::int64_t listed_at = std::max(counters.last_listed_at, origin.created_at.us);
  TRY(const std::int64_t labels, label_set_id(origin.labels));
  TRY_STATUS(put_new_run(origin, {folder, labels, listed_at}));
  if (db_.changes() == 0) return ok();
  counters.last_listed_at = listed_at;
  names_.learn_run(origin.run, origin.version);
  TRY_STATUS(names_.take_failure());
  TRY_STATUS(put_origin(origin));
  TRY(Query q, db_.query("INSERT INTO open_run VALUES (?)"));
  return q.put(origin.run.value).run();
}

Status SqliteWriter::put_new_run(const model::RunOrigin& o, const Placed& at) {
  TRY(Query q, db_.query(kPutRun));
  q.put(o.run.value).put(o.workflow.value).put(at.folder).put(o.version.value);
  q.put(o.version_number).put(static_cast<std::int64_t>(o.cause)).put(o.key).put(o.priority);
  q.put(o.created_at).put(o.scheduled_at).put(at.listed_at);
  put_run_state(q, model::RunRow());
  return q.put(at.labels).put(days_from_civil(o.dates.date)).run();
}

Status SqliteWriter::put_origin(const model::RunOrigin& o) {
  TRY(Query q, db_.query(kPutOrigin));
  q.put(o.run.value).put(o.workflow_name).put(o.trigger).put(o.initiator).put(o.title);
  q.put_blob(make_blob(model::encode_map(o.params)));
  q.put(o.concurrency_key).put(days_from_civil(o.dates.business_date));
  q.put(o.dates.interval_start).put(o.dates.interval_end);
  q.put(o.backfill.value).put(o.event_id.value);
  if (o.event->is(Value::Kind::Null)) return q.put(std::nullopt).run();
  return q.put_blob(make_blob(model::encode_value(*o.event))).run();
}

Status SqliteWriter::put(const model::PhaseRow& row) {
  TRY(Query q, db_.query(kPutPhase));
  put_phase(q, row);
  return q.run();
}

Status SqliteWriter::put(const model::ServerRow& row) {
  TRY(Query q, db_.query("UPDATE server SET paused=?, note=?"));
  return q.put(row.paused).put(row.note).run();
}

Status SqliteWriter::put(const model::PoolLimitRow& row) {
  if (!row.slots) {
    TRY(Query q, db_.query("DELETE FROM pool_limit WHERE pool=?"));
    return q.put(row.pool).run();
  }
  TRY(Query q, db_.query("INSERT OR REPLACE INTO pool_limit VALUES (?,?,?,?,?)"));
  return q.put(row.pool).put(*row.slots).put(row.set_by).put(row.note).put(row.set_at).run();
}

Status SqliteWriter::put(const model::RunRow& row) {
  Query q(put_run_state_);
  put_run_state(q, row);
  TRY_STATUS(q.put(row.run.value).run());
  if (db_.changes() > 0) return ok();
  return error(Code::Internal, fmt::format("run {} was never created", row.run.value));
}

Status SqliteWriter::put(const model::TaskRow& row) {
  Query q(put_task_);
  put_task(q, row);
  return q.run();
}

Status SqliteWriter::put(const model::AttemptRow& row) {
  Query q(put_attempt_);
  put_attempt(q, row);
  return q.run();
}

Status SqliteWriter::put(const model::CredentialRow& row) {
  TRY(Query q, db_.query("INSERT OR REPLACE INTO credential VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"));
  q.put(row.id).put(static_cast<std::int64_t>(row.kind)).put(row.name).put(row.secret_hash);
  q.put(static_cast<std::int64_t>(row.role)).put(row.parent).put(row.created_at);
  q.put(row.created_by).put(row.expires_at).put(row.last_used_at).put(row.revoked_at);
  return q.put(row.key).run();
}

Status SqliteWriter::put(const model::AuditRow& row, Position position) {
  TRY(Query q, db_.query("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)"));
  q.put(position.value).put(row.at).put(row.actor).put(row.address).put(row.action);
  return q.put(row.target).put(row.outcome).put(row.details).run();
}

namespace {
// One bit per fate, for lists.
std::int64_t fate_set_of(const std::vector<model::TriggerFate>& fates) {
  std::int64_t set = 0;
  for (const model::TriggerFate& f : fates) set |= std::int64_t{1} << static_cast<int>(f.fate);
  return set;
}

std::string encode_texts(const std::vector<std::string>& texts) {
  ValueList list;
  for (const std::string& text : texts) list.emplace_back(text);
  return make_blob(model::encode_value(Value(std::move(list))));
}
}  // namespace

Status SqliteWriter::put(const model::EventRow& row) {
  const auto from = static_cast<std::int64_t>(row.from);
  {
    TRY(Query q, db_.query("INSERT OR REPLACE INTO event VALUES (?,?,?,?,?,?,?,?,?,?)"));
    q.put(row.id.value).put(from).put(row.name).put(row.at).put(row.actor).put(row.is_open);
    q.put(fate_set_of(row.fates)).put_blob(encode_texts(row.keys));
    q.put_blob(make_blob(model::encode_fates(row.fates)));
    TRY_STATUS(q.put_blob(make_blob(model::encode_value(row.payload))).run());
  }
  for (const std::string& key : row.keys) {
    TRY(Query q, db_.query("INSERT OR IGNORE INTO event_key VALUES (?,?,?,?)"));
    TRY_STATUS(q.put(from).put(row.name).put(key).put(row.id.value).run());
  }
  return ok();
}

Status SqliteWriter::put(const model::MeetingRow& row) {
  const std::int64_t day = days_from_civil(row.date);
  if (row.is_over) {
    TRY(Query q, db_.query("DELETE FROM meeting WHERE workflow=? AND trigger_id=? AND day=?"));
    return q.put(row.workflow.value).put(row.trigger).put(day).run();
  }
  TRY(Query q, db_.query("INSERT OR REPLACE INTO meeting VALUES (?,?,?,?,?)"));
  q.put(row.workflow.value).put(row.trigger).put(day).put_blob(encode_texts(row.have));
  return q.put(row.is_met).run();
}

Status SqliteWriter::put(const model::BackfillBegun& begun) {
  TRY_STATUS(put(begun.row));
  std::int32_t place = 0;
  for (const model::BackfillDate& date : *begun.dates)
    TRY_STATUS(put(model::BackfillDateChanged{begun.row.id, place++, date}));
  return ok();
}

Status SqliteWriter::put(const model::BackfillRow& row) {
  TRY(Query q, db_.query("INSERT OR REPLACE INTO backfill VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  q.put(row.id.value).put(row.workflow.value).put(row.workflow_name).put(row.trigger);
  q.put_blob(make_blob(model::encode_value(Value(row.params)))).put(row.parallel);
  q.put(row.created_by).put(row.key).put(row.created_at);
  q.put(static_cast<std::int64_t>(row.state)).put(row.note).put(row.ended_at);
  return q.put(row.asked).put(row.note_zh).run();
}

Status SqliteWriter::put(const model::BackfillDateChanged& date) {
  TRY(Query q, db_.query("INSERT OR REPLACE INTO backfill_date VALUES (?,?,?,?,?,?,?)"));
  q.put(date.backfill.value).put(date.place).put(days_from_civil(date.row.date));
  q.put(static_cast<std::int64_t>(date.row.fate)).put(date.row.run.value);
  return q.put(date.row.message).put(date.row.message_zh).run();
}

// Only a run that was open becomes work for tidy().
Status SqliteWriter::close(RunNo run) {
  {
    TRY(Query q, db_.query("DELETE FROM open_run WHERE run=?"));
    TRY_STATUS(q.put(run.value).run());
  }
  if (db_.changes() == 0) return names_.require_run(run);
  TRY(Query q, db_.query("INSERT OR IGNORE INTO unpacked_run VALUES (?)"));
  return q.put(run.value).run();
}

Status SqliteWriter::execute_for(RunNo run, std::string_view sql) {
  TRY(Query q, db_.query(sql));
  return q.put(run.value).run();
}

// What is packed stays as it is. The rows of tasks are the exception among what packs hold: they
// go on changing, so those of the packs no longer count, and the hot table has them all again.
Status SqliteWriter::reopen(const model::Reopening& r) {
  const RunNo run = r.row.run;
  TRY_STATUS(put(r.row));
  {
    TRY(Query q, db_.query("UPDATE run SET version=?, version_number=? WHERE run=?"));
    TRY_STATUS(q.put(r.origin->version.value).put(r.origin->version_number).put(run.value).run());
  }
  TRY_STATUS(put(r.ended));
  TRY_STATUS(put(r.begun));
  TRY_STATUS(execute_for(run, "INSERT OR IGNORE INTO open_run VALUES (?)"));
  TRY_STATUS(execute_for(run, "DELETE FROM unpacked_run WHERE run=?"));
  TRY_STATUS(execute_for(run, "DELETE FROM task WHERE run=?"));
  static_assert(static_cast<int>(PackKind::Task) == 2);
  TRY_STATUS(execute_for(run, "UPDATE pack SET kinds = kinds & ~2 WHERE run=?"));
  for (const model::TaskRow& row : r.tasks) TRY_STATUS(put(row));
  names_.learn_run(run, r.origin->version);
  return names_.take_failure();
}

}  // namespace gantry::store
