// Pages for a terminal: filled to its width, headings bold, code indented.
#pragma once

#include <string>
#include <string_view>

#include "pages/library.h"

namespace gantry::pages {

struct Layout {
  int columns = 80;
  bool color = false;  // escapes for bold and dim; without, plain text
};

// Ends with a line feed. With an anchor only the part below that heading.
std::string terminal_text(const Library& library, const Place& place, const Layout& layout);

}  // namespace gantry::pages
