// Caller: who asks, as the gate found out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/credential.h"

namespace gantry::api {

// How a caller showed who it is.
enum class Via { Nothing, AdminToken, Token, Session };

struct Caller {
  Via via = Via::Nothing;
  bool was_wrong = false;  // it showed something that is not, or no longer, valid
  std::string id;          // of the credential
  std::string name;        // the actor of what it does; empty = nobody we know
  model::Role role = model::Role::Viewer;
  std::optional<Instant> expires_at;

  bool known() const { return via != Via::Nothing; }
  bool may(model::Role needed) const { return known() && role >= needed; }
};

std::string_view name_of(Via via);

// What one site counts as when attempts are limited: an IPv4 address, a /64 of IPv6.
std::string network_of(const std::string& address);

}  // namespace gantry::api
