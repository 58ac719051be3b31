// The examples: copied into a home on its first use, so that `gantry up` shows something real.
#pragma once

#include "app/commands.h"

namespace gantry::app {

inline constexpr std::string_view kMainExample = "data/sales-report";

// Copies the examples' workflows, with texts of this language, if the home has none yet: all of
// them at once, unless the folder of workflows is a mount or a link.
Status install_examples(const Home& home, Lang lang);

// Starts the main example, waits for its end, says where report, log and API are. The exit code.
int run_main_example(const Context& context, const Home& home);

}  // namespace gantry::app
