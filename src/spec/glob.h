// Patterns over paths: `*` and `?` within one part, `[a-z]` and `[!a-z]` for one character, `**` as
// a whole part for any number of parts. A leading dot of a part is matched only by a dot.
#pragma once

#include <string>
#include <string_view>

namespace gantry::spec {

bool matches_part(std::string_view pattern, std::string_view part);
bool matches_path(std::string_view pattern, std::string_view path);
// True if some path below the folder `path` may match, so that others need not be entered.
bool may_match_below(std::string_view pattern, std::string_view path);

}  // namespace gantry::spec
