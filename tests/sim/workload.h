// Random workflows and what their attempts do. Everything follows from the Rng that is handed in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/rng.h"
#include "core/core.h"
#include "model/event.h"

namespace gantry::sim {

// Which faults a seed has, each drawn at the start: some seeds know only one, some know all.
struct Faults {
  bool lost_commits = false;
  bool crashes = false;
  bool crashes_in_recovery = false;
  bool reboots = false;
  bool clock_jumps = false;
  bool bad_reports = false;     // duplicate, late, lost until repeated
  bool lost_processes = false;  // shims killed, zygotes dying with requests
};
Faults draw_faults(Rng& rng);

core::Limits draw_limits(Rng& rng);

// `number` makes the hash unique. `triggers` are kept from version to version: an edited trigger
// starts anew, which is not what is looked at here.
std::shared_ptr<const model::Definition> draw_definition(
    Rng& rng, const std::string& name, int number, const std::vector<model::Trigger>& triggers);
std::vector<model::Trigger> draw_triggers(Rng& rng);
// Triggers on events, and on the ends of the workflows `before` it, so that there is no cycle.
void draw_listeners(Rng& rng, const std::vector<std::string>& before,
                    std::vector<model::Trigger>& triggers);
inline constexpr const char* kOddRun = "run.number % 2 == 1";  // of `when`
inline constexpr const char* kEventNames[] = {"e0", "e1"};  // one more is emitted: nobody listens

Duration draw_task_duration(Rng& rng);
model::AttemptReport draw_report(Rng& rng, const model::StartAttempt& start);

}  // namespace gantry::sim
