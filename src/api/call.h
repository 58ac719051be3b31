// Call: one request after routing, authentication and the checks of its parameters. Immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/caller.h"
#include "api/fields.h"
#include "base/text.h"

namespace gantry::api {

struct Route;
class Audit;

struct Call {
  const Route* route = nullptr;
  std::vector<std::string> path;  // values of the path's parameters, in order
  Values query;
  Values body;
  std::string raw_body;       // of routes whose body is not JSON
  std::vector<std::pair<std::string, std::string>> headers;  // of BodyKind::Raw; lower case
  std::string key;            // Idempotency-Key; empty = none
  std::string last_event_id;  // Last-Event-ID of a live stream that goes on; empty = none
  std::string if_none_match;  // the header; empty = none
  std::string actor;          // who asks
  Caller caller;
  std::string address;           // where from, without the port
  std::shared_ptr<Audit> audit;  // of routes that alter something, else null
  bool wants_page = false;       // a browser: text/html is welcome
  Lang lang = Lang::En;
  bool head_only = false;

  // Of the query.
  std::string text(std::string_view name) const { return text_in(query, name); }
  bool flag(std::string_view name) const { return flag_in(query, name); }
  std::optional<Instant> instant(std::string_view name) const { return instant_in(query, name); }
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const {
    const Value* value = value_in(query, name);
    return value == nullptr ? otherwise : value->as_int();
  }
  Duration duration(std::string_view name, Duration otherwise) const {
    const Value* value = value_in(query, name);
    return value == nullptr ? otherwise : value->as_duration();
  }
};
using CallPtr = std::shared_ptr<const Call>;

}  // namespace gantry::api
