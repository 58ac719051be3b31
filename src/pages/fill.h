// Filling lines: words of different looks, up to a width. Between Chinese characters a line may
// end without a space, but none begins with their punctuation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gantry::pages {

enum class Look { Plain, Bold, Dim };

struct Span {
  std::string text;  // "\n" forces a new line
  Look look = Look::Plain;
};

// With terminal escapes if `color`; a look that needs none is only text.
std::string painted(std::string_view text, Look look, bool color);

// At least one line; a word that is wider than `columns` has a line of its own.
std::vector<std::string> fill(const std::vector<Span>& spans, int columns, bool color);

int width_of(const std::vector<Span>& spans);  // on one line

}  // namespace gantry::pages
