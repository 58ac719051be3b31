#include "testing/state_difference.h"

#include <fmt/format.h>

#include "core/plan.h"

namespace gantry::testing {

namespace {

std::string of_counters(const core::Counters& a, const core::Counters& b) {
  return fmt::format("counters: runs {} and {}, attempts {} and {}, queue {} and {}", a.last_run,
                     b.last_run, a.last_attempt, b.last_attempt, a.last_queue_no, b.last_queue_no);
}

std::string of_task(RunNo run, const core::TaskRun& a, const core::TaskRun& b) {
  const auto text = [](const core::TaskRun& t) {
    return fmt::format(
        "{} attempts={} tries={} lost={} wake={} queue={} exit={} outputs={} {}/{}/{}/{}",
        name_of(t.row.state), t.row.attempts, t.row.tries, t.row.lost_starts, t.row.wake_at.us,
        t.row.queue_no, t.row.exit_code, to_text(t.row.outputs), t.upstream.succeeded,
        t.upstream.skipped, t.upstream.failed, t.upstream.upstream_failed);
  };
  return fmt::format("run {} task #{}: [{}] and [{}]", run.value, a.row.task.value, text(a),
                     text(b));
}

std::string of_run(RunNo no, const core::Run& a, const core::Run& b) {
  if (!a.plan != !b.plan) return fmt::format("run {}: only one has its plan", no.value);
  for (std::size_t i = 0; i < std::min(a.tasks.size(), b.tasks.size()); ++i)
    if (!(a.tasks[i] == b.tasks[i])) return of_task(no, a.tasks[i], b.tasks[i]);
  for (const auto& [ref, tasks] : a.items) {
    const auto other = b.items.find(ref);
    const std::string name = a.plan->name_of(ref);
    if (other == b.items.end()) return fmt::format("run {}: only one has {}", no.value, name);
    for (std::size_t i = 0; i < tasks.size(); ++i)
      if (!(tasks[i] == other->second[i]))
        return name + ": " + of_task(no, tasks[i], other->second[i]);
  }
  for (const auto& [ref, container] : a.containers) {
    const auto other = b.containers.find(ref);
    if (other == b.containers.end() || !(container == other->second))
      return fmt::format("run {}: what is in {}", no.value, a.plan->name_of(ref));
  }
  if (a.items.size() != b.items.size() || a.containers.size() != b.containers.size())
    return fmt::format("run {}: the number of items or containers", no.value);
  return fmt::format(
      "run {}: {} timeout={} outputs={} open={}/{} and {} timeout={} outputs={} open={}/{}",
      no.value, name_of(a.row.state), a.row.timeout_at.us, a.outputs_bytes, a.main.open,
      a.finally.open, name_of(b.row.state), b.row.timeout_at.us, b.outputs_bytes, b.main.open,
      b.finally.open);
}

std::string of_pools(const core::State& a, const core::State& b) {
  const auto text = [](const core::State& s) {
    std::string out = fmt::format("{} slots", s.local_slots_used);
    for (const auto& [name, pool] : s.pools)
      out += fmt::format(", '{}' {} used {} queued", name, pool.used, pool.queue.size());
    return out;
  };
  return fmt::format("slots and pools: [{}] and [{}]", text(a), text(b));
}

}  // namespace

std::string difference(const core::State& a, const core::State& b) {
  if (a == b) return "";
  if (!(a.counters == b.counters)) return of_counters(a.counters, b.counters);
  for (const auto& [no, run] : a.runs) {
    const auto other = b.runs.find(no);
    if (other == b.runs.end()) return fmt::format("run {} is open in one only", no.value);
    if (!(run == other->second)) return of_run(no, run, other->second);
  }
  if (a.runs.size() != b.runs.size()) return "the number of open runs";
  if (!(a.workflows == b.workflows)) return "workflows";
  if (!(a.attempts == b.attempts)) return "live attempts";
  if (!(a.pools == b.pools) || a.local_slots_used != b.local_slots_used) return of_pools(a, b);
  if (a.task_wakes != b.task_wakes) return "wake times of tasks";
  if (!(a.server == b.server)) return "the row of the server";
  if (a.pool_limits != b.pool_limits) return "limits of pools";
  if (a.run_timeouts != b.run_timeouts) return "timeouts of runs";
  return "somewhere";
}

}  // namespace gantry::testing
