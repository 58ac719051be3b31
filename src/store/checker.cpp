#include "store/checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/run_check.h"
#include "store/slot_check.h"
#include "store/sqlite_schema.h"
#include "store/witness.h"

namespace gantry::store {

namespace {
class StoreCheck {
 public:
  StoreCheck(Reader& reader, const CheckOptions& options, const Witness& witness)
      : reader_(reader), options_(options), witness_(witness) {}

  Result<CheckReport> check() {
    TRY_STATUS(check_runs());
    TRY(const auto others, read_history(RunNo{}));
    TRY(const RemovedHistory removed, reader_.removed_history());
    TRY(const auto limits_now, reader_.pool_limits());
    check_positions(removed);
    check_slots({options_, slots_, limit_changes_of(others), limits_now, removed},
                report_.violations);
    check_strangers();
    report_.witness_lines = witness_.lines;
    if (report_.violations.size() > options_.violations_max)
      report_.violations.resize(options_.violations_max);
    return std::move(report_);
  }

 private:
  Status check_runs() {
    Page page{limits::kPageMax, ""};
    do {
      TRY(auto rows, reader_.runs({}, page));
      for (const RunView& view : rows.rows) TRY_STATUS(check_run(view));
      page.cursor = rows.next_cursor;
    } while (!page.cursor.empty());
    return ok();
  }

  Status check_run(const RunView& view) {
    const RunNo run = view.origin.run;
    runs_.push_back(run);
    ++report_.runs;
    TRY(const Tasks tasks, tasks_of(view.origin.version));
    RunFacts facts{view, *tasks, {}, {}, {}};
    if (view.row.phase > 1) TRY_STATUS(read_phases(run, facts));
    TRY(facts.rows, reader_.tasks(run));
    TRY(facts.attempts, reader_.attempts(run));
    TRY(facts.history, read_history(run));
    report_.attempts += static_cast<std::int64_t>(facts.attempts.size());
    store::check_run(facts, report_.violations);
    collect_slots(facts, slots_);
    if (!witness_.entries.empty()) check_witness(witness_, facts, report_.violations);
    return ok();
  }

  Status read_phases(RunNo run, RunFacts& facts) {
    TRY(const auto phases, reader_.phases(run));
    for (const model::PhaseRow& phase : phases) {
      TRY(facts.phases[phase.no], tasks_of(phase.version));
    }
    return ok();
  }

  using Tasks = std::shared_ptr<const std::vector<VersionTask>>;
  Result<Tasks> tasks_of(VersionId version) {
    Tasks& kept = versions_[version];
    if (kept) return kept;
    auto read = reader_.version_tasks(version);
    if (!read.ok() && read.error().code != Code::NotFound) return read.error();
    kept = std::make_shared<const std::vector<VersionTask>>(read.ok() ? std::move(read).value()
                                                                      : std::vector<VersionTask>());
    return kept;
  }

  Result<std::vector<HistoryView>> read_history(RunNo run) {
    std::vector<HistoryView> all;
    Page page{limits::kPageMax, ""};
    do {
      TRY(auto rows, reader_.history(run, page));
      for (HistoryView& record : rows.rows) {
        positions_.push_back(record.position.value);
        all.push_back(std::move(record));
      }
      page.cursor = rows.next_cursor;
    } while (!page.cursor.empty());
    report_.records += static_cast<std::int64_t>(all.size());
    return all;
  }

  void report(const char* invariant, RunNo run, std::string evidence) {
    report_.violations.push_back({invariant, run, std::move(evidence)});
  }

  // Of what is missing, retention may have taken as much as it counted, up to its last position.
  void check_positions(const RemovedHistory& removed) {
    std::sort(positions_.begin(), positions_.end());
    std::int64_t expected = 1;
    std::int64_t taken = 0;
    for (const std::int64_t position : positions_) {
      const std::int64_t taken_to = std::min(position - 1, removed.last.value);
      if (taken_to >= expected) {
        taken += taken_to - expected + 1;
        expected = taken_to + 1;
      }
      if (position > expected)
        report("I8", {},
               fmt::format("history positions {} to {} are missing", expected, position - 1));
      if (position < expected)
        report("I8", {}, fmt::format("history position {} stands twice", position));
      expected = position + 1;
    }
    taken += std::max<std::int64_t>(0, removed.last.value - expected + 1);
    if (taken != removed.records)
      report("I8", {},
             fmt::format("{} history records up to position {} are missing, but retention took {}",
                         taken, removed.last.value, removed.records));
  }

  // Witness lines of runs that the store does not know.
  void check_strangers() {
    std::sort(runs_.begin(), runs_.end());
    for (const auto& [key, entry] : witness_.entries)
      if (!std::binary_search(runs_.begin(), runs_.end(), key.run))
        report(
            "I2", key.run,
            fmt::format("{} ran (line {}), but the run is not recorded", text_of(key), entry.line));
  }

  Reader& reader_;
  const CheckOptions& options_;
  const Witness& witness_;
  CheckReport report_;
  std::map<VersionId, Tasks> versions_;
  std::vector<RunNo> runs_;
  std::vector<std::int64_t> positions_;
  std::vector<SlotChange> slots_;
};
}  // namespace

Result<CheckReport> check_store(Reader& reader, const CheckOptions& options) {
  TRY(const Witness witness, parse_witness(options.witness));
  return StoreCheck(reader, options, witness).check();
}

// ---- the file ------------------------------------------------------------------------------

namespace {
struct FileRule {
  const char* invariant;
  const char* sql;  // counts what must not be
  const char* text;
};
constexpr FileRule kFileRules[] = {
    {"I8",
     "SELECT count(*) FROM store WHERE position <> (SELECT coalesce(max(p), 0) FROM (SELECT "
     "max(position) AS p FROM history UNION ALL SELECT max(last_position) FROM pack UNION ALL "
     "SELECT removed_to FROM store))",
     "the last history position is not the one the store counted"},
    {"file", "SELECT count(*) FROM open_run WHERE run NOT IN (SELECT run FROM run)",
     "open runs without a row"},
    {"file", "SELECT count(*) FROM run WHERE run NOT IN (SELECT run FROM run_origin)",
     "runs without an origin"},
    {"file", "SELECT count(*) FROM unpacked_run WHERE run IN (SELECT run FROM open_run)",
     "runs both open and to be packed"},
    {"file", "SELECT count(*) FROM task WHERE run NOT IN (SELECT run FROM run)",
     "tasks without a run"},
    {"file", "SELECT count(*) FROM attempt WHERE run NOT IN (SELECT run FROM run)",
     "attempts without a run"},
    {"file", "SELECT count(*) FROM store WHERE last_run < (SELECT coalesce(max(run), 0) FROM run)",
     "run numbers above the counter"},
    {"file", "SELECT count(*) FROM version WHERE text_hash NOT IN (SELECT hash FROM content)",
     "versions without their text"}};
}  // namespace

Result<std::vector<Violation>> check_sqlite_file(const std::string& path) {
  TRY(Database db, Database::open(path, {.query_only = true}));
  TRY_STATUS(require_schema(db));
  TRY(const Transaction snapshot, Transaction::begin_read(db));
  std::vector<Violation> violations;
  TRY(Query q, db.query("PRAGMA integrity_check"));
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) break;
    if (q.bytes(0) != "ok") violations.push_back({"file", {}, "SQLite: " + q.text(0)});
  }
  for (const FileRule& rule : kFileRules) {
    TRY(const std::int64_t count, db.integer(rule.sql));
    if (count > 0)
      violations.push_back({rule.invariant, {}, fmt::format("{}: {}", rule.text, count)});
  }
  return violations;
}

}  // namespace gantry::store
