#include "store/sqlite_run_list.h"

#include <fmt/format.h>

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

// The first `limit` numbers, in the order of the list, of everything that was added.
class First {
 public:
  First(bool oldest_first, int limit)
      : sign_(oldest_first ? -1 : 1), limit_(static_cast<std::size_t>(limit)) {}

  void add(std::int64_t run) {
    last_on_top_.push(sign_ * run);
    if (last_on_top_.size() > limit_) last_on_top_.pop();
  }
  // What is outside can not get in any more.
  RunRange still_open(RunRange range) const {
    if (last_on_top_.size() < limit_) return range;
    const std::int64_t last = sign_ * last_on_top_.top();
    return sign_ > 0 ? RunRange{std::max(range.low, last), range.high}
                     : RunRange{range.low, std::min(range.high, last + 1)};
  }
  std::vector<RunNo> take() {
    std::vector<RunNo> runs;
    for (; !last_on_top_.empty(); last_on_top_.pop())
      runs.push_back(RunNo{sign_ * last_on_top_.top()});
    std::reverse(runs.begin(), runs.end());
    return runs;
  }

 private:
  std::int64_t sign_;
  std::size_t limit_;
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> last_on_top_;
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

Result<RunRange> range_of(Database& db, const RunFilter& filter, RunNo after) {
  RunRange range{0, std::numeric_limits<std::int64_t>::max()};
  (filter.oldest_first ? range.low : range.high) =
      filter.oldest_first ? after.value + 1 : after.value;
  if (filter.created_from) {
    TRY(const std::int64_t begin, first_run_listed_at(db, *filter.created_from));
    range.low = std::max(range.low, begin);
  }
  if (filter.created_before) {
    TRY(const std::int64_t end, first_run_listed_at(db, *filter.created_before));
    range.high = std::min(range.high, end);
  }
  return range;
}

// Which index leads to the runs of the filter, and the places in it.
enum class By { All, Workflow, Folder, FolderLabels, Labels, Labelled };
struct Group {
  std::int64_t id = 0;      // workflow or folder
  std::int64_t labels = 0;  // label set
};
struct Groups {
  By by = By::All;
  std::vector<Group> places = {Group{}};
};

Result<std::vector<std::int64_t>> ids_of(Query q) {
  std::vector<std::int64_t> ids;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ids;
    ids.push_back(q.integer(0));
  }
}

// Sorted: the sets that have all labels of the filter. None = there is no such filter.
using LabelSets = std::optional<std::vector<std::int64_t>>;

Result<std::vector<std::int64_t>> sets_with(Database& db, const LabelFilter& label) {
  TRY(Query q, db.query("SELECT DISTINCT label_set FROM label WHERE name=?1 AND "
                        "(?2 IS NULL OR value=?2) ORDER BY label_set"));
  q.put(label.name);
  if (label.value)
    q.put(*label.value);
  else
    q.put(std::nullopt);
  return ids_of(std::move(q));
}

Result<LabelSets> label_sets_of(Database& db, const RunFilter& filter) {
  LabelSets all;
  for (const LabelFilter& label : filter.labels) {
    TRY(auto sets, sets_with(db, label));
    if (!all) {
      all = std::move(sets);
      continue;
    }
    std::vector<std::int64_t> both;
    std::set_intersection(all->begin(), all->end(), sets.begin(), sets.end(),
                          std::back_inserter(both));
    all = std::move(both);
  }
  return all;
}

bool is_in(const LabelSets& sets, std::int64_t set) {
  return !sets || std::binary_search(sets->begin(), sets->end(), set);
}

// The label sets that stand in the index under this workflow or folder, one step each.
Status add_places(Database& db, std::string_view sql, std::int64_t id, const LabelSets& wanted,
                  std::vector<Group>& places) {
  for (std::int64_t last = -1;;) {
    TRY(Query q, db.query(sql));
    TRY(const bool row, q.put(id).put(last).next());
    if (!row) return ok();
    last = q.integer(0);
    if (is_in(wanted, last)) places.push_back({id, last});
  }
}

constexpr std::string_view kSetsOfWorkflow =
    "SELECT labels FROM run INDEXED BY run_workflow WHERE workflow=? AND labels>? "
    "ORDER BY labels LIMIT 1";
constexpr std::string_view kSetsOfFolder =
    "SELECT labels FROM run INDEXED BY run_folder_labels WHERE folder=? AND labels>? AND "
    "labels<>0 ORDER BY labels LIMIT 1";

Result<std::vector<std::int64_t>> workflow_ids(Database& db, const std::string& name) {
  TRY(Query q, db.query("SELECT id FROM workflow WHERE name=?"));
  q.put(name);
  return ids_of(std::move(q));
}

Result<std::vector<std::int64_t>> folder_ids(Database& db, const std::string& name) {
  const std::string folder = name.substr(0, name.size() - 1);
  TRY(Query q, db.query("SELECT id FROM folder WHERE path=? OR (path>=? AND path<?)"));
  q.put(folder).put(folder + "/").put(folder + "0");  // '0' follows '/'
  return ids_of(std::move(q));
}

bool is_everything(const std::string& name) { return name.empty() || name == "/"; }

Groups everywhere(const RunFilter& filter, const LabelSets& sets) {
  if (!sets) return Groups{};
  const bool any_state = filter.states.empty() && !filter.cause;
  Groups groups{any_state ? By::Labelled : By::Labels, {}};
  for (const std::int64_t set : *sets) groups.places.push_back({0, set});
  return groups;
}

Result<Groups> groups_of(Database& db, const RunFilter& filter, const LabelSets& sets) {
  if (is_everything(filter.workflow)) return everywhere(filter, sets);
  if (!filter.workflow.ends_with('/')) {
    Groups groups{By::Workflow, {}};
    TRY(const auto ids, workflow_ids(db, filter.workflow));
    for (const std::int64_t id : ids)
      TRY_STATUS(add_places(db, kSetsOfWorkflow, id, sets, groups.places));
    return groups;
  }
  Groups groups{sets ? By::FolderLabels : By::Folder, {}};
  TRY(const auto ids, folder_ids(db, filter.workflow));
  for (const std::int64_t id : ids) {
    if (sets)
      TRY_STATUS(add_places(db, kSetsOfFolder, id, sets, groups.places));
    else
      groups.places.push_back({id, 0});
  }
  return groups;
}

// Every one takes group id, label set, state and cause, used or not.
std::string_view place_sql(By by) {
  switch (by) {
    case By::Workflow:
      return "INDEXED BY run_workflow WHERE workflow=?1 AND labels=?2 AND state=?3 AND cause=?4";
    case By::Folder:
      return "INDEXED BY run_folder WHERE folder=?1 AND ?2=0 AND state=?3 AND cause=?4";
    case By::FolderLabels:
      return "INDEXED BY run_folder_labels WHERE folder=?1 AND labels=?2 AND labels<>0 AND "
             "state=?3 AND cause=?4";
    case By::Labels:
      return "INDEXED BY run_labels WHERE ?1=0 AND labels=?2 AND labels<>0 AND state=?3 AND "
             "cause=?4";
    case By::Labelled:
      return "INDEXED BY run_labelled WHERE ?1=0 AND labels=?2 AND labels<>0 AND ?3=0 AND ?4=0";
    case By::All: break;
  }
  return "INDEXED BY run_state WHERE ?1=0 AND ?2=0 AND state=?3 AND cause=?4";
}

std::string_view order_of(const RunFilter& filter) { return filter.oldest_first ? "ASC" : "DESC"; }

std::string sql_of(By by, const RunFilter& filter) {
  return fmt::format("SELECT run FROM run {} AND run>=?5 AND run<?6 ORDER BY run {} LIMIT ?7",
                     place_sql(by), order_of(filter));
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
  return {CauseKind::Request, CauseKind::Timer,    CauseKind::CatchUp, CauseKind::Local,
          CauseKind::Wrap,    CauseKind::Backfill, CauseKind::Event,   CauseKind::Webhook,
          CauseKind::File,    CauseKind::Workflow};
}

Status add_all(Query& q, First& first) {
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    first.add(q.integer(0));
  }
}

Result<std::vector<RunNo>> merge(Database& db, const RunFilter& filter, const Groups& groups,
                                 RunRange range, int limit) {
  const bool one_range = groups.by == By::Labelled;  // its index has neither state nor cause
  const auto states = one_range ? std::vector{RunState{}} : states_of(filter);
  const auto causes = one_range ? std::vector{CauseKind{}} : causes_of(filter);
  const std::string sql = sql_of(groups.by, filter);
  First first(filter.oldest_first, limit);
  for (const Group& group : groups.places)
    for (const RunState state : states)
      for (const CauseKind cause : causes) {
        const RunRange open = first.still_open(range);
        if (open.low >= open.high) continue;
        TRY(Query q, db.query(sql));
        q.put(group.id).put(group.labels);
        q.put(static_cast<int>(state)).put(static_cast<int>(cause));
        q.put(open.low).put(open.high).put(limit);
        TRY_STATUS(add_all(q, first));
      }
  return first.take();
}

template <typename T>
bool holds(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool is_under(const Groups& groups, std::int64_t id) {
  return std::any_of(groups.places.begin(), groups.places.end(),
                     [id](const Group& group) { return group.id == id; });
}

// A key belongs to few runs: look at each.
Result<std::vector<RunNo>> with_key(Database& db, const RunFilter& filter, RunRange range,
                                    int limit) {
  TRY(const LabelSets sets, label_sets_of(db, filter));
  RunFilter place;
  place.workflow = filter.workflow;
  TRY(const Groups groups, groups_of(db, place, std::nullopt));
  TRY(Query q, db.query(fmt::format("SELECT run, workflow, folder, state, cause, labels FROM run "
                                    "WHERE idempotency_key=?1 AND idempotency_key<>'' AND "
                                    "run>=?2 AND run<?3 ORDER BY run {}",
                                    order_of(filter))));
  q.put(filter.key).put(range.low).put(range.high);
  std::vector<RunNo> runs;
  while (static_cast<int>(runs.size()) < limit) {
    TRY(const bool row, q.next());
    if (!row) break;
    const int column = groups.by == By::Workflow ? 1 : 2;
    if (groups.by != By::All && !is_under(groups, q.integer(column))) continue;
    if (!holds(states_of(filter), static_cast<RunState>(q.integer(3)))) continue;
    if (!holds(causes_of(filter), static_cast<CauseKind>(q.integer(4)))) continue;
    if (!is_in(sets, q.integer(5))) continue;
    runs.push_back(RunNo{q.integer(0)});
  }
  return runs;
}

Result<std::vector<RunNo>> unfiltered(Database& db, const RunFilter& filter, RunRange range,
                                      int limit) {
  TRY(Query q, db.query(fmt::format("SELECT run FROM run WHERE run>=? AND run<? ORDER BY run {} "
                                    "LIMIT ?",
                                    order_of(filter))));
  q.put(range.low).put(range.high).put(limit);
  First first(filter.oldest_first, limit);
  TRY_STATUS(add_all(q, first));
  return first.take();
}
}  // namespace

Result<std::vector<RunNo>> list_runs(Database& db, const RunFilter& filter, RunNo after,
                                     int limit) {
  TRY(const RunRange range, range_of(db, filter, after));
  if (!filter.key.empty()) return with_key(db, filter, range, limit);
  TRY(const LabelSets sets, label_sets_of(db, filter));
  if (is_everything(filter.workflow) && filter.states.empty() && !filter.cause && !sets)
    return unfiltered(db, filter, range, limit);
  TRY(const Groups groups, groups_of(db, filter, sets));
  return merge(db, filter, groups, range, limit);
}

}  // namespace gantry::store
