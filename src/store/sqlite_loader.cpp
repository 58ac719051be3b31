#include "store/sqlite_loader.h"

#include <fmt/format.h>

#include <map>

#include "store/sqlite_rows.h"
#include "store/sqlite_trigger_rows.h"

namespace gantry::store {

namespace {
constexpr std::string_view kActor = "store";

model::Change change_of(model::ChangeBody body) {
  return {Instant{}, std::string(kActor), std::move(body)};
}

Status load_workflows(Database& db, const FoldChange& fold) {
  TRY(Query q, db.query(fmt::format("SELECT {} FROM workflow w ORDER BY w.id", kWorkflowColumns)));
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    TRY(auto workflow, workflow_of(q));
    fold(change_of(model::WorkflowChanged{std::move(workflow)}));
  }
}

Status load_triggers(Database& db, const FoldChange& fold) {
  TRY(Query q, db.query("SELECT workflow, trigger_id, cursor, failed FROM trigger_cursor "
                        "ORDER BY 1, 2"));
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    fold(change_of(model::TriggerMoved{
        {WorkflowId{q.integer(0)}, q.text(1), Instant{q.integer(2)}, RunNo{q.integer(3)}}}));
  }
}

Status load_server(Database& db, const FoldChange& fold) {
  TRY(Query q, db.query("SELECT paused, note FROM server"));
  TRY(const bool row, q.next());
  const model::ServerRow server{row && q.flag(0), row ? q.text(1) : std::string()};
  if (!(server == model::ServerRow())) fold(change_of(model::ServerChanged{server}));
  return ok();
}

Status load_pool_limits(Database& db, const FoldChange& fold) {
  TRY(Query q, db.query(kSelectPoolLimits));
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    fold(change_of(model::PoolLimitChanged{pool_limit_of(q)}));
  }
}

// One ordered scan, taken run by run: a query per run would cost more than its rows.
class RunScan {
 public:
  static Result<RunScan> begin(Database& db, const std::string& sql) {
    TRY(Query q, db.query(sql));
    RunScan scan(std::move(q));
    TRY(scan.has_row_, scan.query_.next());
    return scan;
  }

  template <typename Take>
  Status take_run(RunNo run, Take take) {
    while (has_row_ && query_.integer(0) <= run.value) {
      TRY_STATUS(take(query_));
      TRY(has_row_, query_.next());
    }
    return ok();
  }

 private:
  explicit RunScan(Query q) : query_(std::move(q)) {}
  Query query_;
  bool has_row_ = false;
};

// The runs of an event share what came with it.
class RunEvents {
 public:
  Result<Rare<Value>> of(EventId id, const Columns& c) {
    const auto known = events_.find(id);
    if (id.value != 0 && known != events_.end()) return known->second;
    TRY(Value event, run_event_of(c));
    return events_[id] = Rare<Value>(std::move(event));
  }

 private:
  std::map<EventId, Rare<Value>> events_;
};

Status load_runs(Database& db, const FoldChange& fold) {
  TRY(Query runs, db.query(fmt::format("SELECT {}, {} FROM open_run p JOIN run r ON r.run = p.run "
                                       "JOIN run_origin o ON o.run = p.run ORDER BY p.run",
                                       kRunColumns, kRunEventColumn)));
  TRY(RunScan tasks, RunScan::begin(db, fmt::format("SELECT {} FROM open_run p CROSS JOIN task t "
                                                    "ON t.run = p.run ORDER BY p.run, t.task, "
                                                    "t.item",
                                                    kTaskColumns)));
  TRY(RunScan attempts,
      RunScan::begin(db, fmt::format("SELECT {} FROM open_run p CROSS JOIN attempt a ON "
                                     "a.run = p.run WHERE a.state = 0 ORDER BY p.run, a.id",
                                     kAttemptColumns)));
  const auto fold_task = [&](const Columns& c) -> Status {
    TRY(auto task, task_of(c));
    fold(change_of(model::TaskChanged{std::move(task)}));
    return ok();
  };
  const auto fold_attempt = [&](const Columns& c) -> Status {
    TRY(auto attempt, attempt_of(c));
    fold(change_of(model::AttemptChanged{std::move(attempt)}));
    return ok();
  };
  RunEvents events;
  for (;;) {
    TRY(const bool row, runs.next());
    if (!row) return ok();
    TRY(RunView view, run_of(runs));
    TRY(view.origin.event, events.of(view.origin.event_id, runs));
    const RunNo run = view.origin.run;
    fold(change_of(
        model::RunCreated{std::make_shared<const model::RunOrigin>(std::move(view.origin))}));
    fold(change_of(model::RunChanged{std::move(view.row)}));
    TRY_STATUS(tasks.take_run(run, fold_task));
    TRY_STATUS(attempts.take_run(run, fold_attempt));
  }
}

Status load_meetings(Database& db, const FoldChange& fold) {
  TRY(Query q, db.query("SELECT workflow, trigger_id, day, have, is_met FROM meeting ORDER BY 1, "
                        "2, 3"));
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    TRY(auto meeting, meeting_of(q));
    fold(change_of(model::MeetingChanged{std::move(meeting)}));
  }
}

Status load_events(Database& db, const FoldChange& fold) {
  TRY(Query q, db.query(fmt::format("SELECT {}, e.payload FROM event e WHERE is_open <> 0 "
                                    "ORDER BY id",
                                    kEventColumns)));
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    TRY(auto event, event_of(q));
    TRY(event.payload, payload_of(q));
    fold(
        change_of(model::EventRecorded{std::make_shared<const model::EventRow>(std::move(event))}));
  }
}

Result<std::vector<model::BackfillDate>> dates_of(Database& db, BackfillId id) {
  TRY(Query q, db.query(fmt::format("SELECT {} FROM backfill_date d WHERE d.backfill = ? "
                                    "ORDER BY d.place",
                                    kBackfillDateColumns)));
  q.put(id.value);
  std::vector<model::BackfillDate> dates;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return dates;
    TRY(auto date, backfill_date_of(q));
    dates.push_back(std::move(date));
  }
}

Status load_backfills(Database& db, const FoldChange& fold) {
  TRY(Query q, db.query(fmt::format("SELECT {} FROM backfill b WHERE b.ended_at IS NULL "
                                    "ORDER BY b.id",
                                    kBackfillColumns)));
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    TRY(auto backfill, backfill_of(q));
    TRY(auto dates, dates_of(db, backfill.id));
    fold(change_of(model::BackfillBegun{
        std::move(backfill),
        std::make_shared<const std::vector<model::BackfillDate>>(std::move(dates))}));
  }
}
}  // namespace

Status load_open_state(Database& db, const FoldChange& fold) {
  TRY_STATUS(load_server(db, fold));
  TRY_STATUS(load_pool_limits(db, fold));
  TRY_STATUS(load_workflows(db, fold));
  TRY_STATUS(load_triggers(db, fold));
  TRY_STATUS(load_runs(db, fold));
  TRY_STATUS(load_meetings(db, fold));
  TRY_STATUS(load_events(db, fold));
  return load_backfills(db, fold);
}

}  // namespace gantry::store
