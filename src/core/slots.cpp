// Slots and starting: local slots bound the processes of foreground tasks, pools bound what names
// them. Background tasks hold no local slot: they end only when the others do, so they could
// otherwise keep them from ever starting. Order: priority, then age. Nothing waits for ever: every
// 16th start from the queues takes the oldest whatever its priority; and a task that more than
// Limits::passed_max later ones queued behind is the next of its pool, whose slots are then kept
// until it fits (it may want many of them, which are hardly ever free at once). Tasks of backfills
// are the exception: they start only when no other task could, for as long as that lasts, and leave
// a quarter of the local slots free for what comes while they run.
#include <algorithm>

#include "core/planted.h"
#include "core/scope.h"
#include "core/turn.h"

namespace gantry::core {

using model::Reason;
using model::TaskRow;
using model::TaskState;

namespace {
bool is_backfill(const QueueEntry& entry) { return entry.rank > kBackfillRank / 2; }
bool is_backfill(const Run& run) { return run.origin->backfill.value != 0; }
}  // namespace

bool Core::Turn::has_local_slot(bool for_backfill) const {
  return core_.state_.local_slots_used < local_slots_for(core_.limits_, for_backfill);
}

bool Core::Turn::has_room(const Run& run, TaskRef ref) const {
  const State& s = core_.state_;
  const Plan& plan = *run.plan;
  const TaskTraits traits = plan.traits(ref.task);
  if (!traits.background && !has_local_slot(is_backfill(run))) return false;
  if (!traits.has_pool) return true;
  const model::Task& task = plan.task(ref.task);
  const int limit = core_.slots_of(task.pool).value_or(0);
  if (limit <= 0) return false;
  const auto use = s.pools.find(task.pool);
  const int used = use == s.pools.end() ? 0 : use->second.used;
  // A task that wants more slots than the pool has gets the whole pool.
  return used + std::min(task.slots, limit) <= limit;
}

// Of an entry of this queue.
bool Core::Turn::has_room(const std::string& queue, const QueueEntry& entry) const {
  const State& s = core_.state_;
  if (queue.empty()) return has_local_slot(is_backfill(entry));
  return has_room(s.runs.at(entry.run), entry.task);
}

bool Core::Turn::nobody_waits_before(const Run& run, TaskRef task) const {
  const std::string& own = queue_of(*run.plan, task.task);
  for (const auto& [name, pool] : core_.state_.pools) {
    if (pool.queue.empty() || (!is_backfill(run) && is_backfill(*pool.queue.begin()))) continue;
    if (name == own) return false;
    // It would take the slot that has just been freed for another queue.
    if (has_room(name, *next_of(pool.queue, false))) return false;
  }
  return true;
}

void Core::Turn::dispatch() {
  queue_ready_tasks();
  while (start_next()) {
  }
}

// Starts at once what has room and nobody before it; the others get a place in the queue.
void Core::Turn::queue_ready_tasks() {
  auto ready = std::move(ready_);
  ready_.clear();
  // Upstream tasks that settle in one turn name their dependent once each; some have ended since.
  std::erase_if(ready, [this](const auto& entry) {
    const Run* run = find_run(entry.first);
    if (GANTRY_PLANT(StartedTwice)) return run == nullptr;
    return run == nullptr || task_at(*run, entry.second).row.state != TaskState::Pending;
  });
  const auto rank = [this](const std::pair<RunNo, TaskRef>& entry) {
    return rank_of(*find_run(entry.first), entry.second.task);
  };
  std::stable_sort(ready.begin(), ready.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  for (const auto& [no, ref] : ready) {
    Run& run = *find_run(no);
    const bool pending = task_at(run, ref).row.state == TaskState::Pending;
    if (!pending && !GANTRY_PLANT(StartedTwice)) continue;
    if ((!is_held(state(), run) || GANTRY_PLANT(PauseForgotten)) && nobody_waits_before(run, ref) &&
        has_room(run, ref))
      begin_attempt(run, ref);
    else if (!GANTRY_PLANT(ReadyTaskForgotten))
      requeue(run, ref);
  }
}

void Core::Turn::requeue(Run& run, TaskRef ref) {
  TaskRow row = task_at(run, ref).row;
  row.state = TaskState::Queued;
  row.reason = Reason::None;
  row.wake_at = Steady::max();
  row.queue_no = state().counters.last_queue_no + 1;
  put(std::move(row));
}

namespace {
// The entry with the smallest queue_no: the oldest of each priority stands first among its equals.
// One of a backfill only if there is no other.
TaskQueue::const_iterator oldest(const TaskQueue& queue) {
  auto best = queue.begin();
  const std::int64_t last_rank = queue.rbegin()->rank;
  for (std::int64_t rank = best->rank; rank != last_rank;) {
    const auto next = queue.lower_bound(QueueEntry{rank + 1, 0, {}, {}});
    if (is_backfill(*next) && !is_backfill(*queue.begin())) break;
    if (next->queue_no < best->queue_no) best = next;
    rank = next->rank;
  }
  return best;
}
}  // namespace

// Which entry of a queue is to be started next.
TaskQueue::const_iterator Core::Turn::next_of(const TaskQueue& queue, bool oldest_first) const {
  const auto first = oldest(queue);
  const std::int64_t behind = core_.state_.counters.last_queue_no - first->queue_no;
  return oldest_first || behind > core_.limits_.passed_max ? first : queue.begin();
}

// How many have ever left the queues. From the state, so that a recovered core decides the same.
std::int64_t Core::Turn::dequeued() const {
  std::int64_t count = core_.state_.counters.last_queue_no;
  for (const auto& [name, pool] : core_.state_.pools)
    count -= static_cast<std::int64_t>(pool.queue.size());
  return count;
}

namespace {
// A graph of a million tasks is larger than the processor's caches: what the next start looks at
// is fetched while this one is decided.
void prefetch(const Run& run, TaskRef ref) {
  if (!ref.item.is_none()) return;
  const TaskIndex index = ref.task;
  constexpr std::size_t kLine = 64;
  const auto fetch = [](const void* at, std::size_t size) {
    for (std::size_t i = 0; i < size; i += kLine)
      __builtin_prefetch(static_cast<const char*>(at) + i);
  };
  fetch(&run.plan->task(index), sizeof(model::Task));
  fetch(&run.tasks[index.value], sizeof(TaskRun));
  for (const TaskIndex dependent : run.plan->dependents(index))
    fetch(&run.tasks[dependent.value], sizeof(Upstream));
}
}  // namespace

// The best queued task that has room, over all queues; false if there is none.
bool Core::Turn::start_next() {
  if (state().server.paused) return false;
  const bool oldest_first = (dequeued() + 1) % limits::kStarvationEvery == 0;
  const TaskQueue* queue = nullptr;
  TaskQueue::const_iterator best;
  for (const auto& [name, pool] : state().pools) {
    if (pool.queue.empty()) continue;
    const auto head = next_of(pool.queue, oldest_first);
    if (!has_room(name, *head)) continue;
    const bool alike = queue == nullptr || is_backfill(*head) == is_backfill(*best);
    const bool better = queue == nullptr ||
                        (oldest_first && alike ? head->queue_no < best->queue_no : *head < *best);
    if (!better) continue;
    queue = &pool.queue;
    best = head;
  }
  if (queue == nullptr) return false;
  const QueueEntry entry = *best;
  Run& run = *find_run(entry.run);
  if (const auto next = std::next(best); next != queue->end() && next->run == entry.run)
    prefetch(run, next->task);
  begin_attempt(run, entry.task);
  return true;
}

namespace {
model::StartAttempt start_command(const Run& run, const TaskRow& row,
                                  const model::AttemptRow& attempt, ResolvedTask resolved) {
  const model::Task& task = run.plan->task(row.task);
  model::StartAttempt start;
  start.id = attempt.id;
  start.run = row.run;
  start.workflow = run.origin->workflow_name;
  start.version_hash = run.plan->files_hash();
  start.task = task.name;
  start.item = row.item;
  start.generation = row.generation;
  start.number = attempt.number;
  start.argv = std::move(resolved.argv);
  start.script = task.action.script;
  start.shell = task.action.shell;
  start.env = std::move(resolved.env);
  start.secrets = run.plan->workflow().secrets;
  const auto& own = task.setup->secrets;
  start.secrets.insert(start.secrets.end(), own.begin(), own.end());
  start.workdir = std::move(resolved.workdir);
  start.timeout = task.timeout;
  start.grace = task.grace;
  if (const TaskTemplates* templates = run.plan->templates(row.task))
    start.captures = templates->captures;
  start.event = run.origin->event;
  return start;
}
}  // namespace

AttemptId Core::Turn::next_attempt() const {
  const Counters& counters = core_.state_.counters;
  return AttemptId{(counters.incarnation << kAttemptCounterBits) | (counters.last_attempt + 1)};
}

void Core::Turn::begin_attempt(Run& run, TaskRef ref) {
  touch(run.row.run);
  TaskRow row = task_at(run, ref).row;
  model::AttemptRow attempt;
  attempt.id = next_attempt();
  attempt.number = row.attempts + 1;
  auto resolved = resolve_task(run, ref, attempt, core_.around_);
  if (!resolved.ok()) {
    row.started_at = row.started_at ? row.started_at : now_.wall;
    return settle(run, std::move(row), TaskState::Failed, Reason::Expression,
                  resolved.error().message);
  }
  attempt.run = row.run;
  attempt.task = ref.task;
  attempt.item = ref.item;
  attempt.generation = row.generation;
  attempt.begun_at = now_.wall;
  row.state = TaskState::Running;
  row.reason = Reason::None;
  row.attempt = attempt.id;
  row.attempts = attempt.number;
  row.queue_no = 0;
  row.wake_at = Steady::max();
  if (!row.started_at) row.started_at = now_.wall;
  effects_.commands.push_back(start_command(run, row, attempt, std::move(resolved).value()));
  emit(model::AttemptChanged{std::move(attempt)});
  put(std::move(row));
}

}  // namespace gantry::core
