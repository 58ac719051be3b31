// Holds: what a person has stopped for a while. Paused (a run, a workflow, the server): nothing new
// starts, what runs goes on, timers make no runs. Disabled (a workflow): no timers and no requests.
// Timers catch up by their policy when it is over.
#include <fmt/format.h>

#include "base/explain.h"
#include "core/turn.h"

namespace gantry::core {

using model::Hold;

std::string note_of(const std::string& actor, const std::string& note) {
  return note.empty() ? actor : fmt::format("{}: {}", actor, note);
}

void Core::Turn::handle(const model::HoldRequested& event) {
  actor_ = event.actor;
  if (event.run.value != 0) return hold_run(event);
  if (!event.workflow.empty()) return hold_workflow(event);
  hold_server(event);
}

void Core::Turn::hold_run(const model::HoldRequested& event) {
  Run* run = find_run(event.run);
  if (run == nullptr)
    return answer(event.reply,
                  explain(Code::FailedPrecondition, {"the run has ended already", "运行已经结束"}));
  touch(event.run);
  model::RunRow row = run->row;
  row.paused = event.what == Hold::Pause;
  if (row.paused != run->row.paused) put(*run, std::move(row));
  if (event.what == Hold::Resume) release(*run);
  free_lane(*run);
  answer(event.reply, ok(), event.run);
}

void Core::Turn::hold_workflow(const model::HoldRequested& event) {
  const auto id = state().workflow_ids.find(event.workflow);
  if (id == state().workflow_ids.end()) return answer(event.reply, no_workflow(event.workflow));
  const model::WorkflowRow& before = state().workflows[id->second].row;
  model::WorkflowRow row = before;
  if (event.what == Hold::Pause || event.what == Hold::Resume)
    row.paused = event.what == Hold::Pause;
  else
    row.disabled = event.what == Hold::Disable;
  row.hold_note = row.paused || row.disabled ? note_of(event.actor, event.note) : "";
  if (row.paused != before.paused || row.disabled != before.disabled)
    emit(model::WorkflowChanged{std::move(row)});
  free_lanes(id->second);
  go_on_with_backfills(id->second);
  answer(event.reply, ok());
}

void Core::Turn::hold_server(const model::HoldRequested& event) {
  const bool pause = event.what == Hold::Pause;
  if (state().server.paused != pause)
    emit(model::ServerChanged{{pause, pause ? note_of(event.actor, event.note) : ""}});
  for (const auto& [id, workflow] : state().workflows) {
    free_lanes(id);
    go_on_with_backfills(id);
  }
  answer(event.reply, ok());
}

}  // namespace gantry::core
