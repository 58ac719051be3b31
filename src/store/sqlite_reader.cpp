#include "store/sqlite_reader.h"

#include <fmt/format.h>

#include "base/explain.h"
#include "store/cursor.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_run_list.h"
#include "store/sqlite_schema.h"

namespace gantry::store {

Result<std::unique_ptr<SqliteReader>> SqliteReader::open(const std::string& path,
                                                         const DatabaseOptions& options) {
  TRY(Database db, Database::open(path, options));
  TRY_STATUS(require_schema(db));
  TRY_STATUS(db.execute("PRAGMA cache_size=-4000"));
  return std::make_unique<SqliteReader>(std::move(db));
}

Result<Rows<RunView>> SqliteReader::runs(const RunFilter& filter, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  const std::string_view list = run_list_name(filter);
  TRY(const std::int64_t after, read_number_cursor(list, page.cursor, run_list_start(filter)));
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY(auto numbers, list_runs(db_, filter, RunNo{after}, page.limit + 1));
  const bool more = numbers.size() > static_cast<std::size_t>(page.limit);
  if (more) numbers.pop_back();
  Rows<RunView> rows;
  TRY(rows.rows, views_of(numbers));
  if (more) rows.next_cursor = make_cursor(list, numbers.back().value);
  return rows;
}

Result<std::vector<RunView>> SqliteReader::views_of(const std::vector<RunNo>& runs) {
  std::vector<RunView> views;
  for (const RunNo run : runs) {
    TRY(Query q, db_.query(fmt::format("SELECT {} FROM run r JOIN run_origin o ON o.run = r.run "
                                       "WHERE r.run=?",
                                       kRunColumns)));
    TRY(const bool row, q.put(run.value).next());
    if (!row) return error(Code::DataLoss, fmt::format("run {} has no origin", run.value));
    TRY(RunView view, run_of(q));
    views.push_back(std::move(view));
  }
  return views;
}

Status SqliteReader::require_run(RunNo run) {
  TRY(Query q, db_.query("SELECT 1 FROM run WHERE run=?"));
  TRY(const bool row, q.put(run.value).next());
  return row ? ok()
             : Status(about("unknown-run",
                            explain(Code::NotFound, {"there is no run {}", "没有编号为 {} 的运行"},
                                    run.value)));
}

Result<RunView> SqliteReader::run(RunNo run) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY_STATUS(require_run(run));
  TRY(auto views, views_of({run}));
  return std::move(views.front());
}

Result<Value> SqliteReader::run_event(RunNo run) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY_STATUS(require_run(run));
  TRY(Query q, db_.query(fmt::format("SELECT {}, {} FROM run r JOIN run_origin o ON o.run = r.run "
                                     "WHERE r.run=?",
                                     kRunColumns, kRunEventColumn)));
  TRY(const bool row, q.put(run.value).next());
  if (!row) return error(Code::DataLoss, fmt::format("run {} has no origin", run.value));
  return run_event_of(q);
}

Result<RunNo> SqliteReader::last_run_of(const std::string& workflow) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  RunFilter filter;
  filter.workflow = workflow;
  TRY(const auto runs, list_runs(db_, filter, RunNo{run_list_start(filter)}, 1));
  if (!runs.empty()) return runs.front();
  return about(
      "unknown-run",
      explain(Code::NotFound, {"the workflow '{}' has no run", "工作流“{}”没有运行"}, workflow));
}

Status SqliteReader::read_rows(RunNo run, PackKind kind, const std::string& sql,
                               const TakeRow& take) {
  TRY_STATUS(read_packed(db_, run, kind, 0, take));
  TRY(Query q, db_.query(sql));
  q.put(run.value);
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    TRY(const bool go_on, take(q));
    if (!go_on) return ok();
  }
}

Result<std::vector<model::TaskRow>> SqliteReader::tasks(RunNo run) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY_STATUS(require_run(run));
  std::vector<model::TaskRow> rows;
  const auto take = [&](const Columns& c) -> Result<bool> {
    TRY(auto row, task_of(c));
    rows.push_back(std::move(row));
    return true;
  };
  TRY_STATUS(read_rows(
      run, PackKind::Task,
      fmt::format("SELECT {} FROM task t WHERE t.run=? ORDER BY t.task, t.item", kTaskColumns),
      take));
  return rows;
}

Result<std::vector<model::AttemptRow>> SqliteReader::attempts(RunNo run) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY_STATUS(require_run(run));
  std::vector<model::AttemptRow> rows;
  const auto take = [&](const Columns& c) -> Result<bool> {
    TRY(auto row, attempt_of(c));
    rows.push_back(std::move(row));
    return true;
  };
  TRY_STATUS(read_rows(
      run, PackKind::Attempt,
      fmt::format("SELECT {} FROM attempt a WHERE a.run=? ORDER BY a.id", kAttemptColumns), take));
  return rows;
}

Result<RemovedHistory> SqliteReader::removed_history() {
  TRY(Query q, db_.query("SELECT removed_records, removed_to FROM store"));
  TRY(const bool row, q.next());
  if (!row) return error(Code::DataLoss, "the store has lost its counters: restore a backup");
  return RemovedHistory{q.integer(0), Position{q.integer(1)}};
}

Result<RetentionSurvey> SqliteReader::retention_survey(const RetentionCut& cut) {
  constexpr std::string_view kRuns =
      "SELECT count(*) FILTER (WHERE ended_at < ?1), "
      "count(*) FILTER (WHERE ended_at >= ?1 AND (ended_at < ?2 OR run <= ?3) AND "
      "(log_removed_at IS NULL OR log_removed_at < ended_at)) "
      "FROM run WHERE ended_at IS NOT NULL AND run NOT IN (SELECT run FROM open_run)";
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  RetentionSurvey survey;
  TRY(Query runs, db_.query(kRuns));
  TRY(const bool row,
      runs.put(cut.runs_before).put(cut.logs_before).put(cut.logs_up_to.value).next());
  if (row) survey = {runs.integer(0), runs.integer(1), 0};
  TRY(Query audit, db_.query("SELECT count(*) FROM audit WHERE at < ?"));
  TRY(const bool counted, audit.put(cut.audit_before).next());
  if (counted) survey.audit = audit.integer(0);
  return survey;
}

Result<std::vector<model::PhaseRow>> SqliteReader::phases(RunNo run) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY_STATUS(require_run(run));
  TRY(const auto views, views_of({run}));
  TRY(Query q,
      db_.query(fmt::format("SELECT {} FROM phase WHERE run=? ORDER BY no", kPhaseColumns)));
  q.put(run.value);
  std::vector<model::PhaseRow> rows;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return all_phases(std::move(rows), views.front());
    TRY(auto phase, phase_of(q));
    rows.push_back(std::move(phase));
  }
}

Result<model::ServerRow> SqliteReader::server() {
  TRY(Query q, db_.query("SELECT paused, note FROM server"));
  TRY(const bool row, q.next());
  if (!row) return error(Code::DataLoss, "the store has lost the row of the server");
  return model::ServerRow{q.flag(0), q.text(1)};
}

Result<std::vector<model::PoolLimitRow>> SqliteReader::pool_limits() {
  TRY(Query q, db_.query(kSelectPoolLimits));
  std::vector<model::PoolLimitRow> rows;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return rows;
    rows.push_back(pool_limit_of(q));
  }
}

Result<Rows<HistoryView>> SqliteReader::history(RunNo run, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t after, read_number_cursor("history", page.cursor, 0));
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  if (run.value != 0) TRY_STATUS(require_run(run));
  const auto wanted = static_cast<std::size_t>(page.limit) + 1;
  Rows<HistoryView> page_rows;
  auto& rows = page_rows.rows;
  const auto take = [&](const Columns& c) -> Result<bool> {
    if (c.integer(0) <= after) return true;
    TRY(auto row, history_of(c));
    rows.push_back(std::move(row));
    return rows.size() < wanted;
  };
  TRY_STATUS(read_packed(db_, run, PackKind::History, after, take));
  if (rows.size() < wanted) {
    TRY(Query q, db_.query(fmt::format("SELECT {} FROM history h WHERE h.run=? AND h.position>? "
                                       "ORDER BY h.position",
                                       kHistoryColumns)));
    q.put(run.value).put(after);
    for (bool go_on = true; go_on;) {
      TRY(const bool row, q.next());
      if (!row) break;
      TRY(go_on, take(q));
    }
  }
  if (rows.size() == wanted) {
    rows.pop_back();
    page_rows.next_cursor = make_cursor("history", rows.back().position.value);
  }
  return page_rows;
}

}  // namespace gantry::store
