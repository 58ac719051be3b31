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
  std::string key;            // Idempotency-Key; empty = none
  std::string last_event_id;  // Last-Event-ID of a live stream that goes on; empty = none
  std::string actor;          // who asks
  Caller caller;
  std::string address;           // where from, without the port
  std::shared_ptr<Audit> audit;  // of routes that alter something, else null
  std::string if_none_match;     // the header; empty = none
  bool wants_page = false;       // a browser: text/html is welcome
  Lang lang = Lang::En;
  bool head_only = false;

  std::string text(std::string_view name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string() : found->second.as_string();
  }
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const {
    const auto found = query.find(name);
    return found == query.end() ? otherwise : found->second.as_int();
  }
  bool flag(std::string_view name) const {
    const auto found = query.find(name);
    return found != query.end() && found->second.as_bool();
  }
  std::optional<Instant> instant(std::string_view name) const {
    const auto found = query.find(name);
    if (found == query.end()) return std::nullopt;
    return found->second.as_timestamp();
  }
  Duration duration(std::string_view name, Duration otherwise) const {
    const auto found = query.find(name);
    return found == query.end() ? otherwise : found->second.as_duration();
  }
};
using CallPtr = std::shared_ptr<const Call>;

}  // namespace gantry::api
