// What must hold when everything has ended.
#include <algorithm>

#include "oracle.h"
#include "rules.h"

namespace gantry::sim {

using model::AttemptState;
using model::Reason;
using model::RunState;
using model::TaskState;

void Oracle::check_end(const store::MemoryState& disk) {
  for (const RunNo no : accepted_)
    if (!runs_.contains(no) || !runs_.at(no).closed)
      complain("I1: run {} was accepted and has no end", no.value);
  for (const auto& [no, run] : runs_) {
    if (!run.closed || run.ends != run.row.phase)
      complain("I1: run {} has {} ends in {} phases", no.value, run.ends, run.row.phase);
  }
  for (const auto& [key, end] : wraps_)
    if (!taken_.contains(key)) complain("I1: the record {} was never taken in", key);
  note(firings_.check_end());
  note(events_.check_end());
  note(backfills_.check_end());
  check_history(disk);
}

// It ended as its record says, nothing was started for it.
void Oracle::check_wrap(const RunFacts& run) {
  const std::string& key = run.origin->key;
  const auto wanted = wraps_.find(key);
  if (wanted == wraps_.end()) return complain("I4: nobody left the record {}", key);
  const TaskFacts& task = run.tasks.at(TaskRef{TaskIndex{0}, {}});
  const AttemptState end =
      task.attempts.size() == 1 ? attempts_.at(task.attempts.front()).state : AttemptState::Running;
  const bool good = wanted->second == AttemptState::Succeeded;
  if (end != wanted->second || (task.row.state == TaskState::Succeeded) != good)
    complain("I4: record {} says {}, its run {} {}", key, name_of(wanted->second),
             run.row.run.value, name_of(end));
}

void Oracle::check_final(const RunFacts& run) {
  if (run.origin->cause == model::CauseKind::Wrap) {
    check_wrap(run);
    return check_verdict(run);
  }
  for (std::uint32_t i = 0; i < run.definition->workflow.tasks.size(); ++i)
    if (run.spec(TaskIndex{i}).group == model::kNoTask) check_task(run, {TaskIndex{i}, {}});
  check_verdict(run);
}

// Of a container that did not run: nothing in it did.
void Oracle::check_left_out(const RunFacts& run, TaskRef whole) {
  for (const TaskRef part : run.parts(whole)) {
    if (run.tasks.contains(part) && run.tasks.at(part).row.generation < run.row.phase) continue;
    const bool known = !run.is_foreach(whole) || run.tasks.contains(part);
    const TaskState wanted = known ? run.state(whole) : TaskState::Pending;
    if (run.state(part) != wanted)
      complain("containers: run {} task {} is {}, what it is in was left out", run.row.run.value,
               run.spec(part.task).name, name_of(run.state(part)));
    check_left_out(run, part);
  }
}

// A container ends as what is in it ended.
void Oracle::check_whole(const RunFacts& run, TaskRef whole) {
  const model::Foreach& foreach = run.spec(whole.task).flow->foreach;
  const bool is_foreach = run.is_foreach(whole);
  int failed = 0, cancelled = 0, skipped = 0;
  const auto parts = run.parts(whole);
  for (const TaskRef part : parts) {
    check_task(run, part);
    const char letter = run.letter_as_part(part);
    if (run.state(part) == TaskState::Cancelled)
      ++cancelled;
    else if (letter == 'F' || letter == 'U')
      ++failed;
    else if (letter == 'K')
      ++skipped;
  }
  TaskState expected = TaskState::Succeeded;
  if (!parts.empty() && skipped == static_cast<int>(parts.size())) expected = TaskState::Skipped;
  if (cancelled > 0) expected = TaskState::Cancelled;
  if (failed > (is_foreach ? foreach.tolerated : 0)) expected = TaskState::Failed;
  const int most = is_foreach ? foreach.threshold.failed : 0;
  if (most > 0 && failed >= most) expected = TaskState::Failed;
  if (run.state(whole) != expected)
    complain("containers: run {} task {} is {}, what is in it makes it {}", run.row.run.value,
             run.spec(whole.task).name, name_of(run.state(whole)), name_of(expected));
}

namespace {
// Too many items failed of a foreach that it is in.
bool was_given_up(const RunFacts& run, TaskRef part) {
  for (auto at = run.whole(part); at; at = run.whole(*at))
    if (run.tasks.contains(*at) && run.tasks.at(*at).row.reason == Reason::Threshold) return true;
  return false;
}
}  // namespace

void Oracle::check_task(const RunFacts& run, TaskRef ref) {
  const model::Task& task = run.spec(ref.task);
  const TaskState state = run.state(ref);
  const auto bad = [&](const char* what) {
    complain("run {} task {} ({}, join {}): {}", run.row.run.value, task.name, name_of(state),
             name_of(task.join), what);
  };
  if (!is_terminal(state)) return bad("I1: it has no end");
  const TaskFacts& facts = run.tasks.at(ref);
  if (facts.row.generation < run.row.phase) return;  // looked at when that phase ended
  if (state == TaskState::Cancelled) {
    if (!run.row.cancel_requested && !run.timed_out && run.failed_batch == 0 &&
        !was_given_up(run, ref))
      bad("nobody cancelled it");
    return;
  }
  const auto whole = run.whole(ref);
  const bool is_item = whole && whole->task == ref.task;
  const bool is_whole = run.is_foreach(ref) || task.action.kind == model::ActionKind::Group;
  const bool ran = !facts.attempts.empty();
  if (facts.row.reason == Reason::Ended) {
    const bool began = std::any_of(
        facts.attempts.begin(), facts.attempts.end(),
        [this](AttemptId id) { return attempts_.at(id).state != AttemptState::NotStarted; });
    if (!task.background || state != (began ? TaskState::Succeeded : TaskState::Skipped))
      bad("it is no background task");
    return;
  }
  const Fate fate = is_item ? Fate::Run : fate_of(task.join, run.upstream(ref));
  const bool unwanted = !is_item && !task.skipping->when.empty() && run.row.run.value % 2 == 0;
  if (is_whole && (fate != Fate::Run || unwanted)) check_left_out(run, ref);
  if (fate == Fate::Skip && (state != TaskState::Skipped || ran))
    return bad("it should have been skipped");
  if (fate == Fate::UpstreamFailed && (state != TaskState::UpstreamFailed || ran))
    return bad("it should be upstream_failed");
  if (fate == Fate::Wait) return bad("it was never to be decided");
  if (fate != Fate::Run) return;
  if (unwanted) {
    if (state != TaskState::Skipped || ran) bad("its condition is not true");
    return;
  }
  if (is_whole) return check_whole(run, ref);
  if (task.action.kind == model::ActionKind::Pass ||
      task.action.kind == model::ActionKind::Switch) {
    if (state != TaskState::Succeeded || ran) bad("it has no process, and succeeds");
    return;
  }
  std::vector<model::AttemptRow> attempts;
  for (const AttemptId id : facts.attempts) attempts.push_back(attempts_.at(id));
  const TaskState expected = state_after(task, attempts);
  if (facts.row.reason == Reason::Resolved) {
    if (expected != TaskState::Waiting) bad("there was nothing to resolve");
    return;
  }
  if (expected != state) return bad("its attempts say otherwise");
  const model::AttemptReport& last = truths_.at(facts.attempts.back());
  if (facts.row.exit_code != last.exit_code)
    bad("I4: its exit status is not that of its last attempt");
  if (state == TaskState::Succeeded && !(facts.row.outputs == last.outputs))
    bad("I4: its outputs are not those it gave");
}

void Oracle::check_verdict(const RunFacts& run) {
  std::size_t bad[2] = {0, 0};
  std::size_t cancelled_finally = 0;
  for (std::uint32_t i = 0; i < run.definition->workflow.tasks.size(); ++i) {
    const model::Task& task = run.spec(TaskIndex{i});
    if (task.group != model::kNoTask) continue;
    const TaskState state = run.state({TaskIndex{i}, {}});
    if (task.is_finally && state == TaskState::Cancelled)
      ++cancelled_finally;
    else if (std::string_view("FU").find(letter_of(state, task.allow_failure)) !=
             std::string_view::npos)
      ++bad[task.is_finally ? 1 : 0];
  }
  RunState expected = bad[0] > 0 ? RunState::Failed : RunState::Succeeded;
  if (run.cancelled_in_main) expected = RunState::Cancelled;
  if (run.timed_out) expected = RunState::Failed;
  if (expected == RunState::Succeeded && bad[1] > 0)
    expected = RunState::Failed;
  else if (expected == RunState::Succeeded && cancelled_finally > 0)
    expected = RunState::Cancelled;
  if (run.row.state != expected)
    complain("run {} is {}, its tasks make it {}", run.row.run.value, name_of(run.row.state),
             name_of(expected));
}

void Oracle::check_history(const store::MemoryState& disk) {
  std::vector<std::int64_t> positions;
  for (const auto& record : disk.history) positions.push_back(record.position.value);
  for (const auto& [no, run] : disk.runs)
    for (const auto& record : run.history) positions.push_back(record.position.value);
  std::sort(positions.begin(), positions.end());
  for (std::size_t i = 0; i < positions.size(); ++i)
    if (positions[i] != static_cast<std::int64_t>(i) + 1)
      return complain("I8: history has a gap after {}", i);
  if (disk.runs.size() != runs_.size())
    complain("I8: {} runs are kept of {}", disk.runs.size(), runs_.size());
  if (!disk.open.empty()) complain("I1: {} runs are open in the store", disk.open.size());
}

}  // namespace gantry::sim
