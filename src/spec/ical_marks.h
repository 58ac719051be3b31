// What an entry of a calendar says it is: a day off or a make-up day, in its name or category.
#pragma once

#include <string>

namespace gantry::spec {

enum class Mark { None, Off, Work };

Mark mark_of(const std::string& text);

// "国庆节（休）" -> "国庆节".
std::string without_mark_words(std::string name);

}  // namespace gantry::spec
