// Pages for a browser: no script, one style sheet, links to each other.
#pragma once

#include <string>
#include <string_view>

#include "pages/library.h"

namespace gantry::pages {

// The whole document. The index has a list of all pages below what it says itself.
std::string html_page(const Library& library, const Page& page, std::string_view version);

// For text and for attributes in either kind of quotes.
std::string escape_html(std::string_view text);

extern const std::string_view kStyleSheet;                            // CSS
inline constexpr std::string_view kStyleAddress = "/docs/style.css";  // where pages look for it

}  // namespace gantry::pages
