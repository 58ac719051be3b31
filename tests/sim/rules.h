// The rules of runs, said once more and differently from the core: over lists of states instead
// of counts, over whole lists of attempts instead of one report at a time.
#pragma once

#include <vector>

#include "model/change.h"
#include "model/workflow.h"

namespace gantry::sim {

enum class Fate { Wait, Run, Skip, UpstreamFailed };

// What a task whose upstream tasks have these states does. S, K, F, U and P (not settled).
Fate fate_of(model::JoinRule rule, const std::vector<char>& upstream);
char letter_of(model::TaskState state, bool allow_failure);

// How the task ends after these attempts; Waiting if a person must decide, Pending if it has to be
// tried again.
model::TaskState state_after(const model::Task& task,
                             const std::vector<model::AttemptRow>& attempts);

}  // namespace gantry::sim
