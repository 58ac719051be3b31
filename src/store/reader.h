// Reader: committed state for lists and pages. Never blocks the writer. Pages are bounded by the
// limit the caller gives (1 to limits::kPageMax, else InvalidArgument); cursors are opaque texts
// from the previous page, anything else is InvalidArgument. A page that follows another sees what
// was committed since; nothing that stayed is shown twice or left out.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/item_path.h"
#include "base/result.h"
#include "model/change.h"

namespace gantry::store {

struct RunView {
  model::RunOrigin origin;  // without `event`, which may be large: Reader::run_event()
  model::RunRow row;
  bool closed = false;
  std::optional<Instant> log_removed_at = {};  // retention took its logs
};

// A label that runs must have; without a value any.
struct LabelFilter {
  std::string name;
  std::optional<std::string> value = {};
};

struct RunFilter {
  std::string workflow = {};                 // name; a trailing '/' means the folder; empty = all
  std::vector<model::RunState> states = {};  // empty = all
  std::optional<model::CauseKind> cause = {};
  std::string key = {};
  // Runs are listed by number. If the wall clock was set back, a run counts as created no earlier
  // than the runs before it.
  std::optional<Instant> created_from = {};
  std::optional<Instant> created_before = {};
  std::vector<LabelFilter> labels = {};  // all of them
  bool oldest_first = false;
};

struct Page {
  int limit = limits::kPageDefault;
  std::string cursor;  // empty = from the start
};

template <typename T>
struct Rows {
  std::vector<T> rows;
  std::string next_cursor;  // empty = no more
};

struct WorkflowView {
  model::WorkflowRow row;
  std::vector<model::TriggerRow> cursors;
};

struct VersionView {
  VersionId id;
  WorkflowId workflow;
  std::string workflow_name;
  std::int64_t number = 0;
  std::string hash;
  Instant created_at;
  std::string actor;
};

// What the store knows of a task of a version without parsing its text.
struct VersionTask {
  std::string name;
  std::string pool;
  int slots = 1;
  bool background = false;
  int loops = 0;  // how many foreach it is in, itself included
  bool is_foreach = false;
  bool nested = false;   // in a group: it has no row of its own if that has no items
  bool repeats = false;  // in one phase more than once: background, `repeat`, a group that retries
  bool operator==(const VersionTask&) const = default;
};

// One history record: {position, at, actor, what, cause, details}.
struct HistoryView {
  Position position;
  Instant at;
  std::string actor;
  RunNo run;         // 0 = not about a run
  std::string what;  // "run_created", "task_changed", "attempt_changed" ...
  std::string task;  // name, if it is about a task
  ItemPath item;
  std::string details;  // a JSON object
};

// History records that retention took: so many, all of them at or before `last`.
struct RemovedHistory {
  std::int64_t records = 0;
  Position last;
};

// What retention may take: runs that ended before `runs_before`, with all that belongs to them; the
// logs of runs that ended before `logs_before` or whose number is at most `logs_up_to`; audit
// records of before `audit_before`.
struct RetentionCut {
  Instant now;
  Instant runs_before;
  Instant logs_before;
  RunNo logs_up_to;
  Instant audit_before = {std::numeric_limits<std::int64_t>::min()};
};

// Events go with the runs, but are kept long enough to know a delivery that comes again.
inline Instant events_before(const RetentionCut& cut) {
  return std::min(cut.runs_before, cut.now - limits::kEventsKeptMin);
}

// How much of it there is.
struct RetentionSurvey {
  std::int64_t runs = 0;
  std::int64_t logs = 0;  // runs that would lose their logs only
  std::int64_t audit = 0;
};

struct AuditView {
  Position position;
  model::AuditRow row;
};

struct AuditFilter {
  std::string actor = {};   // empty = all
  std::string action = {};  // empty = all
  std::optional<Instant> from = {};
  std::optional<Instant> before = {};
};

struct EventFilter {
  std::string name = {};  // empty = all
  std::optional<model::EventFrom> from = {};
  std::optional<model::Fate> fate = {};  // for one trigger at least
  std::optional<Instant> since = {};
  std::optional<Instant> before = {};
};

struct BackfillFilter {
  std::string workflow = {};  // name; empty = all
  std::optional<model::BackfillState> state = {};
};

struct BackfillView {
  model::BackfillRow row;
  std::array<std::int64_t, model::kDateFates> dates{};  // how many have each fate
};

// Made by a timer, a backfill or the ends of other runs.
constexpr bool is_for_a_date(model::CauseKind cause) {
  return cause == model::CauseKind::Timer || cause == model::CauseKind::CatchUp ||
         cause == model::CauseKind::Backfill || cause == model::CauseKind::Workflow;
}

class Reader {
 public:
  virtual ~Reader() = default;

  // Newest first unless the filter says otherwise; a cursor belongs to one order.
  virtual Result<Rows<RunView>> runs(const RunFilter& filter, const Page& page) = 0;
  virtual Result<RunView> run(RunNo run) = 0;                          // NotFound
  virtual Result<Value> run_event(RunNo run) = 0;                      // NotFound
  virtual Result<RunNo> last_run_of(const std::string& workflow) = 0;  // NotFound
  // Only the tasks that have left Pending, or were made pending again by a retry, by task index,
  // item; the rest are pending.
  virtual Result<std::vector<model::TaskRow>> tasks(RunNo run) = 0;
  // Of all phases. The task index is that of the version of the phase that is their generation.
  virtual Result<std::vector<model::AttemptRow>> attempts(RunNo run) = 0;
  // Oldest first, at least one; the last as it stands now.
  virtual Result<std::vector<model::PhaseRow>> phases(RunNo run) = 0;
  // Oldest first. Run 0: the records that are about no run.
  virtual Result<Rows<HistoryView>> history(RunNo run, const Page& page) = 0;
  virtual Result<RemovedHistory> removed_history() = 0;
  // Looks at every run: for a worker.
  virtual Result<RetentionSurvey> retention_survey(const RetentionCut& cut) = 0;

  virtual Result<Rows<WorkflowView>> workflows(const std::string& prefix,
                                               const Page& page) = 0;  // by name
  virtual Result<WorkflowView> workflow(const std::string& name) = 0;  // NotFound
  virtual Result<Rows<VersionView>> versions(const std::string& workflow,
                                             const Page& page) = 0;  // newest first
  virtual Result<VersionView> version(VersionId id) = 0;
  virtual Result<VersionView> version_by_number(const std::string& workflow,
                                                std::int64_t number) = 0;
  // By task index.
  virtual Result<std::vector<VersionTask>> version_tasks(VersionId id) = 0;
  // The text and files of a version. `workflow` inside is empty: parse the text again.
  virtual Result<model::Definition> definition(VersionId id) = 0;
  // Newest first.
  virtual Result<std::vector<model::MissedRow>> missed(const std::string& workflow, int limit) = 0;
  virtual Result<model::ServerRow> server() = 0;
  // By name; those that a person set.
  virtual Result<std::vector<model::PoolLimitRow>> pool_limits() = 0;

  // Those that are not revoked, by id; some may have expired.
  virtual Result<std::vector<model::CredentialRow>> credentials() = 0;
  // The token that a request with this idempotency key made, also when it has ended since.
  virtual Result<std::optional<model::CredentialRow>> token_with_key(const std::string& key) = 0;
  // Newest first.
  virtual Result<Rows<AuditView>> audit(const AuditFilter& filter, const Page& page) = 0;

  // Newest first, without what came with them.
  virtual Result<Rows<model::EventRow>> events(const EventFilter& filter, const Page& page) = 0;
  virtual Result<model::EventRow> event(EventId id) = 0;  // NotFound
  // The event with one of these keys; nothing if none has.
  virtual Result<std::optional<EventId>> event_by_keys(model::EventFrom from,
                                                       const std::string& name,
                                                       const std::vector<std::string>& keys) = 0;

  // Newest first.
  virtual Result<Rows<BackfillView>> backfills(const BackfillFilter& filter, const Page& page) = 0;
  virtual Result<BackfillView> backfill(BackfillId id) = 0;  // NotFound
  // In the order in which they are run; those of a fate, if one is given.
  virtual Result<Rows<model::BackfillDate>> backfill_dates(BackfillId id,
                                                           std::optional<model::DateFate> fate,
                                                           const Page& page) = 0;
  virtual Result<std::optional<BackfillId>> backfill_by_key(const std::string& workflow,
                                                            const std::string& key) = 0;
  // The newest run that was made for each date, ascending, both dates included; of one trigger if
  // it is named. NotFound: there is no such workflow.
  virtual Result<std::vector<model::DateRun>> runs_by_date(const std::string& workflow,
                                                           const std::string& trigger,
                                                           CivilDate first, CivilDate last) = 0;
  // The dates that backfills of this workflow, with this trigger, have still to begin.
  virtual Result<std::map<CivilDate, BackfillId>> planned_dates(const std::string& workflow,
                                                                const std::string& trigger) = 0;
};

// The phases of a run from the rows that were kept (none if it was never retried) and its own.
std::vector<model::PhaseRow> all_phases(std::vector<model::PhaseRow> kept, const RunView& run);

}  // namespace gantry::store
