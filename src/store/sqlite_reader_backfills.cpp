// Backfills, and which dates a workflow has run.
#include <fmt/format.h>

#include "store/absent.h"
#include "store/blob.h"
#include "store/cursor.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_trigger_rows.h"

namespace gantry::store {

namespace {
constexpr std::string_view kBackfillCursor = "backfills";
constexpr std::string_view kDateCursor = "backfill-dates";

// The index on (backfill, fate) alone answers it.
Status count_dates(Database& db, BackfillView& view) {
  TRY(Query q, db.query("SELECT fate, count(*) FROM backfill_date WHERE backfill=? GROUP BY fate"));
  q.put(view.row.id.value);
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    view.dates.at(static_cast<std::size_t>(q.integer(0))) = q.integer(1);
  }
}

std::string backfills_query(const BackfillFilter& filter) {
  std::string sql = fmt::format("SELECT {} FROM backfill b WHERE b.id<?", kBackfillColumns);
  if (!filter.workflow.empty()) sql += " AND b.workflow_name=?";
  if (filter.state) sql += " AND b.state=?";
  return sql + " ORDER BY b.id DESC LIMIT ?";
}
}  // namespace

Result<Rows<BackfillView>> SqliteReader::backfills(const BackfillFilter& filter, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t before,
      read_number_cursor(kBackfillCursor, page.cursor, std::numeric_limits<std::int64_t>::max()));
  Rows<BackfillView> rows;
  {
    TRY(Query q, db_.query(backfills_query(filter)));
    q.put(before);
    if (!filter.workflow.empty()) q.put(filter.workflow);
    if (filter.state) q.put(static_cast<std::int64_t>(*filter.state));
    q.put(page.limit + 1);
    for (;;) {
      TRY(const bool row, q.next());
      if (!row) break;
      TRY(auto backfill, backfill_of(q));
      rows.rows.push_back({std::move(backfill), {}});
    }
  }
  if (rows.rows.size() > static_cast<std::size_t>(page.limit)) {
    rows.rows.pop_back();
    rows.next_cursor = make_cursor(kBackfillCursor, rows.rows.back().row.id.value);
  }
  for (BackfillView& view : rows.rows) TRY_STATUS(count_dates(db_, view));
  return rows;
}

Result<BackfillView> SqliteReader::backfill(BackfillId id) {
  BackfillView view;
  {
    TRY(Query q,
        db_.query(fmt::format("SELECT {} FROM backfill b WHERE b.id=?", kBackfillColumns)));
    TRY(const bool row, q.put(id.value).next());
    if (!row) return no_backfill(id);
    TRY(view.row, backfill_of(q));
  }
  TRY_STATUS(count_dates(db_, view));
  return view;
}

Result<Rows<model::BackfillDate>> SqliteReader::backfill_dates(BackfillId id,
                                                               std::optional<model::DateFate> fate,
                                                               const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t after, read_number_cursor(kDateCursor, page.cursor, -1));
  TRY_STATUS(require_backfill(id));
  TRY(Query q, db_.query(fmt::format("SELECT {}, d.place FROM backfill_date d WHERE d.backfill=? "
                                     "AND d.place>? {} ORDER BY d.place LIMIT ?",
                                     kBackfillDateColumns, fate ? "AND d.fate=?" : "")));
  q.put(id.value).put(after);
  if (fate) q.put(static_cast<std::int64_t>(*fate));
  q.put(page.limit + 1);
  Rows<model::BackfillDate> rows;
  for (std::int64_t last = after;;) {
    TRY(const bool row, q.next());
    if (!row) return rows;
    if (rows.rows.size() == static_cast<std::size_t>(page.limit)) {
      rows.next_cursor = make_cursor(kDateCursor, last);
      return rows;
    }
    TRY(auto date, backfill_date_of(q));
    last = q.integer(5);
    rows.rows.push_back(std::move(date));
  }
}

Status SqliteReader::require_backfill(BackfillId id) {
  TRY(Query q, db_.query("SELECT 1 FROM backfill WHERE id=?"));
  TRY(const bool row, q.put(id.value).next());
  return row ? ok() : Status(no_backfill(id));
}

Result<std::optional<BackfillId>> SqliteReader::backfill_by_key(const std::string& workflow,
                                                                const std::string& key) {
  TRY(Query q, db_.query("SELECT id FROM backfill WHERE workflow_name=? AND key=? AND key<>'' "
                         "ORDER BY id DESC LIMIT 1"));
  TRY(const bool row, q.put(workflow).put(key).next());
  return row ? std::optional(BackfillId{q.integer(0)}) : std::nullopt;
}

Result<std::vector<model::DateRun>> SqliteReader::runs_by_date(const std::string& workflow,
                                                               const std::string& trigger,
                                                               CivilDate first, CivilDate last) {
  TRY(const std::int64_t id, workflow_id(workflow));
  TRY(Query q, db_.query("SELECT r.date, r.run, r.state, r.cause FROM run r WHERE r.workflow=?1 "
                         "AND r.date BETWEEN ?2 AND ?3 AND (?4='' OR ?4=(SELECT o.trigger_id FROM "
                         "run_origin o WHERE o.run=r.run)) ORDER BY r.date, r.run"));
  q.put(id).put(days_from_civil(first)).put(days_from_civil(last)).put(trigger);
  std::vector<model::DateRun> runs;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return runs;
    TRY(const auto cause, enum_of(q, 3, model::CauseKind::Workflow, "a cause"));
    if (!is_for_a_date(cause)) continue;
    TRY(const auto state, enum_of(q, 2, model::RunState::Cancelled, "a state of a run"));
    const model::DateRun run{civil_from_days(q.integer(0)), RunNo{q.integer(1)}, state};
    if (runs.empty() || runs.back().date != run.date)
      runs.push_back(run);
    else
      runs.back() = run;
  }
}

Result<std::map<CivilDate, BackfillId>> SqliteReader::planned_dates(const std::string& workflow,
                                                                    const std::string& trigger) {
  TRY(Query q, db_.query("SELECT d.day, b.id FROM backfill b JOIN backfill_date d "
                         "ON d.backfill=b.id WHERE b.ended_at IS NULL AND b.workflow_name=? "
                         "AND b.trigger_id=? AND d.fate=?"));
  q.put(workflow).put(trigger).put(static_cast<std::int64_t>(model::DateFate::Pending));
  std::map<CivilDate, BackfillId> dates;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return dates;
    dates.emplace(civil_from_days(q.integer(0)), BackfillId{q.integer(1)});
  }
}

}  // namespace gantry::store
