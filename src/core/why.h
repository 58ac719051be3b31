// why: what a run or a task waits for, or how it came to its end, in a sentence for people.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "core/core.h"

namespace gantry::core {

// For an open run, of one task or (empty name) of the run: one sentence per cause, the most
// important first. NotFound: no such open run or task (the store knows about closed runs).
Result<std::vector<std::string>> why(const Core& core, RunNo run, const std::string& task,
                                     Lang lang, Now now);

}  // namespace gantry::core
