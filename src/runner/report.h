// From the shim's exit record to what the core is told.
#pragma once

#include <string>

#include "model/event.h"
#include "shim/protocol.h"

namespace gantry::runner {

model::AttemptReport report_of(const shim::ExitRecord& record);

// It never executed, for a reason that is known: `why` is for people.
model::AttemptReport start_failed(AttemptId id, std::string why);

}  // namespace gantry::runner
