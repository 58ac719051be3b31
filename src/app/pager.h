// Long text on a terminal goes through a pager, so that its beginning is not lost.
#pragma once

#include <string>

#include "app/terminal.h"

namespace gantry::app {

// Prints the text; through GANTRY_PAGER, else PAGER, else `less -FRX` if both input and output are
// a terminal. Without a pager, or with an empty variable, as it is.
void print_paged(const Terminal& terminal, const std::string& text);

}  // namespace gantry::app
