// Scenarios: the behaviour of the scheduler as text, run on the production engine and core in
// virtual time. The language is described in docs/format/scenario.md. After every command the
// whole state is compared with one that is recovered from the store at that moment.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry::testing {

// Runs a scenario; the error begins with FILE:LINE. `file` is only for messages.
Status run_scenario(std::string_view text, const std::string& file);

}  // namespace gantry::testing
