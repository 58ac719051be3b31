// UTF-8 as defined by Unicode 15, table 3-7 (no surrogates, no overlong forms).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry {

// One code point at `text[at]`; size 0 if the bytes there are not valid UTF-8.
struct CodePoint {
  char32_t value = 0;
  int size = 0;
};
CodePoint decode_utf8(std::string_view text, std::size_t at);
void append_utf8(std::string& out, char32_t code_point);
bool is_utf8(std::string_view text);
std::string repair_utf8(std::string_view text);  // each bad byte becomes U+FFFD
std::size_t count_code_points(std::string_view text);
// Columns on a terminal: 2 for East Asian wide characters, 0 for combining marks.
int display_width(std::string_view text);
// The longest prefix that fits `columns`, with an ellipsis if anything was cut.
std::string fit_width(std::string_view text, int columns);

}  // namespace gantry
