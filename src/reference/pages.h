// The pages of the reference, each made whole from rows of data that the program itself runs by.
// Texts end with a newline. A page has the same sections and the same `code` in both languages.
#pragma once

#include <string>

#include "base/text.h"
#include "base/time.h"

namespace gantry::reference {

std::string keys_page(Lang lang);  // of the workflow file
std::string api_page(Lang lang);
std::string commands_page(Lang lang);
std::string settings_page(Lang lang);
std::string man_page(Lang lang, Instant date);  // gantry(1) in roff; the date of its head

}  // namespace gantry::reference
