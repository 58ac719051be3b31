// Where the links of a page lead.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pages/library.h"

namespace gantry::pages {

// "../format/workflow.md#runs" on a page: the page it means, in the language of the page that has
// the link where there is one. Nothing for addresses elsewhere and files that are not built in.
std::optional<Place> follow(const Library& library, const Page& from, std::string_view url);

bool is_elsewhere(std::string_view url);  // "https://...", "mailto:..."

// Where the server has it: "/docs/en/lint/unknown-key"; the index is "/docs/en".
std::string address_of(const Page& page, std::string_view anchor = {});

}  // namespace gantry::pages
