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

// A state in the language of the reader.
std::string state_in(Lang lang, model::TaskState state);

// How a task ended that ran: its state, exit status and the end of its errors.
std::string how_ended(const model::TaskRow& row, Lang lang);

// Names for a sentence, the first few of many.
std::string list_in(Lang lang, const std::vector<std::string>& names);

}  // namespace gantry::core
