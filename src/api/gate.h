// Gate: who is asking, and from where. Every request passes it before anything else looks at it.
//
//  - Host must be a name of ours (loopback, or configured): a page whose DNS name was rebound to
//    127.0.0.1 sends its own name.
//  - A request that alters something must come from our own origin if a browser sent it: an Origin
//    or a Sec-Fetch-Site that is not ours is refused, and so is a session cookie without an Origin.
//  - "Authorization: Bearer TOKEN", else the session cookie. A wrong token is not made good by a
//    cookie.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/caller.h"
#include "api/credentials.h"
#include "api/rate.h"
#include "base/result.h"
#include "net/http.h"

namespace gantry::api {

inline constexpr std::string_view kSessionCookie = "gantry_session";

// Reads data_dir/admin-token; makes it (0600, durable) on the first start. FailedPrecondition if
// others may read the file or it holds no token.
Result<std::string> load_admin_token(const std::string& data_dir);

struct GateOptions {
  std::string token;                 // of the administrator; never empty
  std::vector<std::string> hosts;    // further names of ours, without port: "gantry.example.org"
  std::vector<std::string> origins;  // further origins: "https://gantry.example.org"
  RateLimits rates = {};
};

// Admits the host and the origin of a site: "https://gantry.example.org".
void admit_site(GateOptions& options, const std::string& url);

// What follows the scheme, which has no case (RFC 7235); nothing if it is another one.
std::optional<std::string_view> bearer_in(std::string_view authorization);

class Gate {
 public:
  Gate(GateOptions options, const Credentials& credentials);

  bool knows_host(const net::Request& request) const;
  // Of a request that alters something.
  bool is_foreign(const net::Request& request, const Caller& caller) const;
  // A wrong or expired secret is no error: nobody we know, `was_wrong`.
  Caller identify(const net::Request& request, Instant now) const;
  // Whether a caller of before is still let in: its credential may have ended since.
  Standing standing(const Caller& caller, Instant now) const;
  // Who holds this secret of a token, be it the administrator's.
  std::optional<Caller> holder_of(std::string_view token, Instant now) const;
  // Set-Cookie of a session; an empty secret removes it.
  std::string cookie(const std::string& secret) const;
  const RateLimits& rates() const { return options_.rates; }

 private:
  bool is_own_origin(const net::Request& request, std::string_view origin) const;

  const GateOptions options_;
  const Credentials& credentials_;
};

}  // namespace gantry::api
