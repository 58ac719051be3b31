#include "api/tag.h"

#include <fmt/format.h>

#include "api/route.h"
#include "base/hash.h"
#include "base/text.h"

namespace gantry::api {

namespace {
constexpr std::size_t kTagDigits = 32;
}  // namespace

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  for (const std::string_view part : split(if_none_match, ',')) {
    std::string_view one = trim(part);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

Result<net::Response> tagged(const Call& call, Result<net::Response> answer) {
  if (!call.route->has_tag || !answer.ok() || answer->status != 200) return answer;
  const std::string tag = fmt::format("\"{}\"", sha256_hex(answer->body).substr(0, kTagDigits));
  if (names_tag(call.if_none_match, tag)) {
    answer->status = 304;
    answer->body.clear();
  }
  answer->headers.emplace_back("ETag", tag);
  // Kept by who asked, and asked for again each time.
  answer->headers.emplace_back("Cache-Control", "private, no-cache");
  return answer;
}

}  // namespace gantry::api
