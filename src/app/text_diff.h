// The difference of two texts, for people: every line with ' ', '-' or '+' in front.
#pragma once

#include <string>
#include <string_view>

namespace gantry::app {

// Nothing if they are the same. Time and memory grow with the product of the numbers of lines: for
// short texts.
std::string text_diff(std::string_view before, std::string_view after);

}  // namespace gantry::app
