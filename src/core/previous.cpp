// The runs of a trigger start in the order of their firings. What was skipped, missed or cancelled
// before it started has no run that could matter: the run before counts. A run that is retried is
// open again, and those after it wait again; it waits for none that came after it.
#include "core/previous.h"

#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

using model::AfterPrevious;
using model::RunState;

bool is_timed(const model::RunOrigin& origin) {
  return origin.cause == model::CauseKind::Timer || origin.cause == model::CauseKind::CatchUp;
}

std::optional<Previous> previous_of(const State& state, const Run& run) {
  if (!run.plan || run.plan->workflow().after_previous == AfterPrevious::Any) return std::nullopt;
  if (!is_timed(*run.origin) || GANTRY_PLANT(PreviousForgotten)) return std::nullopt;
  const WorkflowState& workflow = state.workflows.at(run.origin->workflow);
  const auto timed = workflow.timed.find(run.origin->trigger);
  CHECK(timed != workflow.timed.end());
  const auto own = timed->second.find(run.row.run);
  if (own != timed->second.begin()) return Previous{*std::prev(own), false};
  const auto row = workflow.cursors.find(run.origin->trigger);
  const RunNo failed = row == workflow.cursors.end() ? RunNo{} : row->second.failed;
  const bool holds = failed.value != 0 && failed < run.row.run;
  if (run.plan->workflow().after_previous != AfterPrevious::Succeeded || !holds)
    return std::nullopt;
  return Previous{failed, true};
}

// Of a run that is about to be closed.
void Core::Turn::note_success(const Run& run) {
  const bool matters = !run.plan || run.plan->workflow().after_previous == AfterPrevious::Succeeded;
  if (!is_timed(*run.origin) || !matters) return;
  const auto& cursors = state().workflows[run.origin->workflow].cursors;
  const auto found = cursors.find(run.origin->trigger);
  if (found == cursors.end()) return;
  model::TriggerRow row = found->second;
  if (run.row.state == RunState::Succeeded)
    row.failed = row.failed <= run.row.run ? RunNo{} : row.failed;
  else if (run.row.started_at)
    row.failed = std::max(row.failed, run.row.run);
  if (row != found->second) emit(model::TriggerMoved{std::move(row)});
}

// The one after it may have waited for it.
void Core::Turn::free_next(const Run& run) {
  if (!is_timed(*run.origin)) return;
  const auto& timed = state().workflows[run.origin->workflow].timed;
  const auto runs = timed.find(run.origin->trigger);
  if (runs == timed.end()) return;
  const auto next = runs->second.upper_bound(run.row.run);
  if (next != runs->second.end()) free_lane(*find_run(*next));
}

// A person says that a run need not wait for one that failed.
void Core::Turn::release(const Run& run) {
  const auto previous = previous_of(state(), run);
  if (run.row.state != RunState::Queued || !previous || !previous->failed) return;
  model::TriggerRow row = state().workflows[run.origin->workflow].cursors.at(run.origin->trigger);
  row.failed = {};
  emit(model::TriggerMoved{std::move(row)});
}

}  // namespace gantry::core
