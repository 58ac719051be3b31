// Entity tags (RFC 9110 section 8.8): who has an answer already is told that it is still the same.
#pragma once

#include <string>
#include <string_view>

#include "api/call.h"
#include "base/result.h"
#include "net/http.h"

namespace gantry::api {

// The answer of a route that has a tag: with its ETag, or 304 if If-None-Match names it. Others,
// and errors, as they are.
Result<net::Response> tagged(const Call& call, Result<net::Response> answer);

// Whether If-None-Match names this tag ("..." with its quotes); a weak one counts, too.
bool names_tag(std::string_view if_none_match, std::string_view tag);

}  // namespace gantry::api
