#include "store/sqlite_retention.h"

#include <algorithm>

#include "store/sqlite_pack.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_trigger_rows.h"

namespace gantry::store {

namespace {
constexpr std::string_view kLook =
    "SELECT r.run, r.listed_at, r.ended_at, r.log_removed_at, "
    "EXISTS (SELECT 1 FROM open_run o WHERE o.run = r.run) "
    "FROM run r WHERE r.run > ? ORDER BY r.run LIMIT ?";

bool loses_log(const Columns& c, const RetentionCut& cut) {
  const std::int64_t ended_at = c.integer(2);
  if (!c.is_null(3) && c.integer(3) >= ended_at) return false;
  return ended_at < cut.logs_before.us || c.integer(0) <= cut.logs_up_to.value;
}

struct Removed {
  std::int64_t records = 0;
  std::int64_t last_position = 0;
};

// Those that tidy() has not packed yet, and those that it has.
Status count_records(Database& db, RunNo run, Removed& removed) {
  {
    TRY(Query q, db.query("SELECT count(*), coalesce(max(position), 0) FROM history WHERE run=?"));
    TRY(const bool row, q.put(run.value).next());
    if (row) {
      removed.records += q.integer(0);
      removed.last_position = std::max(removed.last_position, q.integer(1));
    }
  }
  return read_packed(db, run, PackKind::History, 0, [&](const Columns& c) -> Result<bool> {
    ++removed.records;
    removed.last_position = std::max(removed.last_position, c.integer(0));
    return true;
  });
}

Status drop_run(Database& db, RunNo run, Removed& removed) {
  TRY_STATUS(count_records(db, run, removed));
  for (const char* sql : {"DELETE FROM pack WHERE run=?", "DELETE FROM history WHERE run=?",
                          "DELETE FROM task WHERE run=?", "DELETE FROM attempt WHERE run=?",
                          "DELETE FROM unpacked_run WHERE run=?", "DELETE FROM phase WHERE run=?",
                          "DELETE FROM run_origin WHERE run=?", "DELETE FROM run WHERE run=?"}) {
    TRY(Query q, db.query(sql));
    TRY_STATUS(q.put(run.value).run());
  }
  return ok();
}

Status mark_log(Database& db, RunNo run, Instant now) {
  TRY(Query q, db.query("UPDATE run SET log_removed_at=? WHERE run=?"));
  return q.put(now).put(run.value).run();
}

// Positions of the first rows, as far as they are old.
Result<std::vector<std::int64_t>> old_rows(Database& db, std::string_view sql, Instant before) {
  TRY(Query q, db.query(sql));
  q.put(kRetentionOther);
  std::vector<std::int64_t> positions;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row || q.integer(1) >= before.us) return positions;
    positions.push_back(q.integer(0));
  }
}

constexpr std::string_view kOtherRecords =
    "SELECT position, at FROM history WHERE run=0 ORDER BY position LIMIT ?";
constexpr std::string_view kAuditRecords =
    "SELECT position, at FROM audit ORDER BY position LIMIT ?";

Status drop_audit(Database& db, const std::vector<std::int64_t>& positions) {
  for (const std::int64_t position : positions) {
    TRY(Query q, db.query("DELETE FROM audit WHERE position=?"));
    TRY_STATUS(q.put(position).run());
  }
  return ok();
}

constexpr std::string_view kOldEvents =
    "SELECT id, at FROM event WHERE is_open = 0 ORDER BY id LIMIT ?";

// What makes a file one of a kind stays: the file may still be there.
Status drop_events(Database& db, const std::vector<std::int64_t>& ids) {
  for (const std::int64_t id : ids) {
    TRY(Query keys, db.query("SELECT source, name, keys FROM event WHERE id=?"));
    TRY(const bool row, keys.put(id).next());
    if (row && keys.integer(0) != static_cast<int>(model::EventFrom::File)) {
      TRY(const auto texts, texts_of(keys.bytes(2)));
      for (const std::string& key : texts) {
        TRY(Query q, db.query("DELETE FROM event_key WHERE source=? AND name=? AND key=?"));
        TRY_STATUS(q.put(keys.integer(0)).put(keys.text(1)).put(key).run());
      }
    }
    TRY(Query q, db.query("DELETE FROM event WHERE id=?"));
    TRY_STATUS(q.put(id).run());
  }
  return ok();
}

constexpr std::string_view kOldBackfills =
    "SELECT id, ended_at FROM backfill WHERE ended_at IS NOT NULL ORDER BY ended_at LIMIT ?";

// One with all its dates per step.
Status drop_backfill(Database& db, const std::vector<std::int64_t>& ids) {
  if (ids.empty()) return ok();
  for (const char* sql :
       {"DELETE FROM backfill_date WHERE backfill=?", "DELETE FROM backfill WHERE id=?"}) {
    TRY(Query q, db.query(sql));
    TRY_STATUS(q.put(ids.front()).run());
  }
  return ok();
}

// They have no index, so all are looked at: at the end of a round only.
Status drop_credentials(Database& db, Instant before) {
  TRY(Query q, db.query("DELETE FROM credential WHERE id IN (SELECT id FROM credential "
                        "WHERE revoked_at < ?1 OR expires_at < ?1 LIMIT ?2)"));
  return q.put(before).put(kRetentionOther).run();
}

// Records about no run, and the missed firings among them.
Status drop_other_records(Database& db, const std::vector<std::int64_t>& positions,
                          Removed& removed) {
  for (const std::int64_t position : positions) {
    for (const char* sql :
         {"DELETE FROM history WHERE position=?", "DELETE FROM missed WHERE position=?"}) {
      TRY(Query q, db.query(sql));
      TRY_STATUS(q.put(position).run());
    }
    ++removed.records;
    removed.last_position = std::max(removed.last_position, position);
  }
  return ok();
}

Status note_removed(Database& db, const Removed& removed) {
  if (removed.records == 0) return ok();
  TRY(Query q, db.query("UPDATE store SET removed_records=removed_records+?, "
                        "removed_to=max(removed_to, ?)"));
  return q.put(removed.records).put(removed.last_position).run();
}
}  // namespace

// True if there are more runs to look at.
Result<bool> SqliteRetention::look_at_runs(Database& db, const RetentionCut& cut,
                                           RetentionStep& step) {
  TRY(Query q, db.query(kLook));
  q.put(after_).put(kRetentionLook);
  int looked = 0;
  while (step.runs.size() < kRetentionDrop) {
    TRY(const bool row, q.next());
    if (!row) return looked == kRetentionLook;
    const RunNo run{q.integer(0)};
    const bool young = q.integer(1) >= std::max(cut.runs_before, cut.logs_before).us;
    if (young && run.value > cut.logs_up_to.value) return false;
    after_ = run.value;
    ++looked;
    if (q.flag(4) || q.is_null(2)) continue;
    if (q.integer(2) < cut.runs_before.us)
      step.runs.push_back(run);
    else if (loses_log(q, cut))
      step.logs.push_back(run);
  }
  return true;
}

Result<RetentionStep> SqliteRetention::step(Database& db, const RetentionCut& cut) {
  RetentionStep step;
  TRY(const bool more_runs, look_at_runs(db, cut, step));
  TRY(const auto others, old_rows(db, kOtherRecords, cut.runs_before));
  TRY(const auto audit, old_rows(db, kAuditRecords, cut.audit_before));
  TRY(const auto events, old_rows(db, kOldEvents, events_before(cut)));
  TRY(const auto backfills, old_rows(db, kOldBackfills, cut.runs_before));
  Removed removed;
  for (const RunNo run : step.runs) TRY_STATUS(drop_run(db, run, removed));
  for (const RunNo run : step.logs) TRY_STATUS(mark_log(db, run, cut.now));
  TRY_STATUS(drop_other_records(db, others, removed));
  TRY_STATUS(drop_audit(db, audit));
  TRY_STATUS(drop_events(db, events));
  TRY_STATUS(drop_backfill(db, backfills));
  TRY_STATUS(note_removed(db, removed));
  const bool more_rows = others.size() == kRetentionOther || audit.size() == kRetentionOther ||
                         events.size() == kRetentionOther || !backfills.empty();
  if (!more_runs && !more_rows) {
    TRY_STATUS(drop_credentials(db, cut.audit_before));
  }
  TRY(const bool more_pages, return_free_pages(db));
  step.records = removed.records;
  step.audit = static_cast<std::int64_t>(audit.size());
  step.more = more_runs || more_rows || more_pages;
  if (!step.more) after_ = 0;
  return step;
}

}  // namespace gantry::store
