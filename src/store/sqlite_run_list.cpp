#include "store/sqlite_run_list.h"

#include <algorithm>
#include <queue>

#include "store/sqlite_rows.h"

namespace gantry::store {

namespace {
using model::CauseKind;
using model::RunState;

// Half open: low <= run < high.
struct RunRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// The newest `limit` numbers of everything that was added.
class Newest {
 public:
  explicit Newest(int limit) : limit_(static_cast<std::size_t>(limit)) {}

  void add(std::int64_t run) {
    oldest_first_.push(run);
    if (oldest_first_.size() > limit_) oldest_first_.pop();
  }
  // What is below can not get in any more.
  std::int64_t floor() const {
    return oldest_first_.size() < limit_ ? std::numeric_limits<std::int64_t>::min()
                                         : oldest_first_.top();
  }
  std::vector<RunNo> take() {
    std::vector<RunNo> runs;
    for (; !oldest_first_.empty(); oldest_first_.pop()) runs.push_back(RunNo{oldest_first_.top()});
    std::reverse(runs.begin(), runs.end());
    return runs;
  }

 private:
  std::size_t limit_;
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> oldest_first_;
};

// listed_at never falls with the run number, so the primary key can be searched by halves.
Result<std::int64_t> first_run_listed_at(Database& db, Instant at) {
  TRY(std::int64_t high, db.integer("SELECT coalesce(max(run), 0) + 1 FROM run"));
  TRY(std::int64_t low, db.integer("SELECT coalesce(min(run), 1) FROM run"));
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    TRY(Query q, db.query("SELECT run, listed_at FROM run WHERE run>=? ORDER BY run LIMIT 1"));
    TRY(const bool row, q.put(middle).next());
    if (row && q.integer(1) < at.us)
      low = q.integer(0) + 1;
    else
      high = middle;
  }
  return low;
}

Result<RunRange> range_of(Database& db, const RunFilter& filter, RunNo before) {
  RunRange range{0, before.value};
  if (filter.created_from) {
    TRY(range.low, first_run_listed_at(db, *filter.created_from));
  }
  if (filter.created_before) {
    TRY(const std::int64_t end, first_run_listed_at(db, *filter.created_before));
    range.high = std::min(range.high, end);
  }
  return range;
}

struct Groups {
  enum class By { All, Workflow, Folder } by = By::All;
  std::vector<std::int64_t> ids = {0};
};

Result<std::vector<std::int64_t>> ids_of(Query q) {
  std::vector<std::int64_t> ids;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ids;
    ids.push_back(q.integer(0));
  }
}

Result<Groups> groups_of(Database& db, const std::string& name) {
  if (name.empty() || name == "/") return Groups{};
  if (!name.ends_with('/')) {
    TRY(Query q, db.query("SELECT id FROM workflow WHERE name=?"));
    q.put(name);
    TRY(auto ids, ids_of(std::move(q)));
    return Groups{Groups::By::Workflow, std::move(ids)};
  }
  const std::string folder = name.substr(0, name.size() - 1);
  TRY(Query q, db.query("SELECT id FROM folder WHERE path=? OR (path>=? AND path<?)"));
  q.put(folder).put(folder + "/").put(folder + "0");  // '0' follows '/'
  TRY(auto ids, ids_of(std::move(q)));
  return Groups{Groups::By::Folder, std::move(ids)};
}

std::string_view sql_of(Groups::By by) {
  switch (by) {
    case Groups::By::Workflow:
      return "SELECT run FROM run INDEXED BY run_workflow WHERE workflow=? AND state=? AND "
             "cause=? AND run>=? AND run<? ORDER BY run DESC LIMIT ?";
    case Groups::By::Folder:
      return "SELECT run FROM run INDEXED BY run_folder WHERE folder=? AND state=? AND "
             "cause=? AND run>=? AND run<? ORDER BY run DESC LIMIT ?";
    case Groups::By::All: break;
  }
  return "SELECT run FROM run INDEXED BY run_state WHERE ?=0 AND state=? AND "
         "cause=? AND run>=? AND run<? ORDER BY run DESC LIMIT ?";
}

std::vector<RunState> states_of(const RunFilter& filter) {
  if (filter.states.empty())
    return {RunState::Queued,    RunState::Running, RunState::Finishing,
            RunState::Succeeded, RunState::Failed,  RunState::Cancelled};
  std::vector<RunState> states = filter.states;
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  return states;
}

std::vector<CauseKind> causes_of(const RunFilter& filter) {
  if (filter.cause) return {*filter.cause};
  return {CauseKind::Request, CauseKind::Timer, CauseKind::CatchUp, CauseKind::Local};
}

Status add_all(Query& q, Newest& newest) {
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    newest.add(q.integer(0));
  }
}

Result<std::vector<RunNo>> merge(Database& db, const RunFilter& filter, const Groups& groups,
                                 RunRange range, int limit) {
  Newest newest(limit);
  for (const std::int64_t group : groups.ids)
    for (const RunState state : states_of(filter))
      for (const CauseKind cause : causes_of(filter)) {
        TRY(Query q, db.query(sql_of(groups.by)));
        q.put(group).put(static_cast<int>(state)).put(static_cast<int>(cause));
        q.put(std::max(range.low, newest.floor())).put(range.high).put(limit);
        TRY_STATUS(add_all(q, newest));
      }
  return newest.take();
}

template <typename T>
bool holds(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// A key belongs to few runs: look at each.
Result<std::vector<RunNo>> with_key(Database& db, const RunFilter& filter, const Groups& groups,
                                    RunRange range, int limit) {
  TRY(Query q, db.query("SELECT run, workflow, folder, state, cause FROM run WHERE "
                        "idempotency_key=?1 AND idempotency_key<>'' AND run>=?2 AND run<?3 "
                        "ORDER BY run DESC"));
  q.put(filter.key).put(range.low).put(range.high);
  std::vector<RunNo> runs;
  while (static_cast<int>(runs.size()) < limit) {
    TRY(const bool row, q.next());
    if (!row) break;
    const int column = groups.by == Groups::By::Workflow ? 1 : 2;
    if (groups.by != Groups::By::All && !holds(groups.ids, q.integer(column))) continue;
    if (!holds(states_of(filter), static_cast<RunState>(q.integer(3)))) continue;
    if (!holds(causes_of(filter), static_cast<CauseKind>(q.integer(4)))) continue;
    runs.push_back(RunNo{q.integer(0)});
  }
  return runs;
}

Result<std::vector<RunNo>> unfiltered(Database& db, RunRange range, int limit) {
  TRY(Query q, db.query("SELECT run FROM run WHERE run>=? AND run<? ORDER BY run DESC LIMIT ?"));
  q.put(range.low).put(range.high).put(limit);
  Newest newest(limit);
  TRY_STATUS(add_all(q, newest));
  return newest.take();
}
}  // namespace

Result<std::vector<RunNo>> newest_runs(Database& db, const RunFilter& filter, RunNo before,
                                       int limit) {
  TRY(const RunRange range, range_of(db, filter, before));
  TRY(const Groups groups, groups_of(db, filter.workflow));
  if (!filter.key.empty()) return with_key(db, filter, groups, range, limit);
  if (groups.by == Groups::By::All && filter.states.empty() && !filter.cause)
    return unfiltered(db, range, limit);
  return merge(db, filter, groups, range, limit);
}

}  // namespace gantry::store
