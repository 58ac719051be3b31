// What goes on the wire before a body. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "net/http.h"
#include "net/request_parser.h"

namespace gantry::net {

struct Framing {
  std::optional<std::size_t> length = {};  // none: chunked, or up to the end of the connection
  bool chunked = false;
  bool keep_alive = true;
};

std::string response_head(const Response& response, const Framing& framing, Instant now);
bool may_have_body(int status);      // not 1xx, 204, 304
std::string http_date(Instant now);  // "Sun, 06 Nov 1994 08:49:37 GMT"
// The whole answer, application/problem+json (RFC 9457), after which the connection closes.
std::string refusal_text(const Refusal& refusal, Instant now);

}  // namespace gantry::net
