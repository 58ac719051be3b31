// What the program knows of where it prints: size, colour, language.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"

namespace gantry::app {

struct Terminal {
  bool is_terminal = false;  // live redraw only then
  bool color = false;        // a terminal without NO_COLOR, or --color always
  int width = 80;
  int height = 24;
  Lang lang = Lang::En;
};

Terminal look_at_terminal();  // standard output and the environment
void refresh_size(Terminal& terminal);

enum class Ink { Plain, Dim, Red, Green, Yellow, Blue, Bold };
std::string paint(const Terminal& terminal, Ink ink, std::string_view text);

// Control characters of untrusted text (names, titles, log lines) as visible escapes.
std::string printable(std::string_view text);

}  // namespace gantry::app
