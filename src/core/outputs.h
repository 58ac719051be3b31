// `outputs` of a task: what it hands on, evaluated when it has succeeded. Pure: the texts that the
// expressions read come with the report of the attempt.
#pragma once

#include "base/result.h"
#include "core/state.h"
#include "core/surroundings.h"
#include "model/event.h"

namespace gantry::core {

bool has_outputs(const Run& run, TaskRef task);

// What the process wrote to $GANTRY_OUTPUT and, over that, what `outputs` say. The error names the
// output.
Result<Value> outputs_of(const Run& run, TaskRef task, const model::AttemptReport& report,
                         const Surroundings& around);

// The report of a success with all outputs of the task; of a failure if they can not be had.
model::AttemptReport with_outputs(const Run& run, TaskRef task, const model::AttemptReport& report,
                                  const Surroundings& around);

// Whether the run may hold these instead of those that the task has.
bool fit_in_run(const Run& run, const model::TaskRow& row, const Value& outputs);
inline constexpr const char* kRunOutputsTooBig =
    "the outputs of this run are over the limit of 8 MiB; hand large values on as files";

}  // namespace gantry::core
