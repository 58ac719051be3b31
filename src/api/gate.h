// Gate: who is asking, and from where. Every request passes it before anything else looks at it.
//
//  - Host must be a name of ours (loopback, or configured): a page whose DNS name was rebound to
//    127.0.0.1 sends its own name.
//  - A request that alters something and carries an Origin must come from our own origin.
//  - "Authorization: Bearer TOKEN" is compared in constant time.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace gantry::api {

// Reads data_dir/admin-token; makes it (0600, durable) on the first start. FailedPrecondition if
// others may read the file or it holds no token.
Result<std::string> load_admin_token(const std::string& data_dir);

struct GateOptions {
  std::string token;                 // never empty
  std::vector<std::string> hosts;    // further names of ours, without port: "gantry.example.org"
  std::vector<std::string> origins;  // further origins: "https://gantry.example.org"
};

// Admits the host and the origin of a site: "https://gantry.example.org".
void admit_site(GateOptions& options, const std::string& url);

enum class Caller { Anonymous, Admin };

class Gate {
 public:
  explicit Gate(GateOptions options);

  bool knows_host(const net::Request& request) const;
  bool is_foreign_origin(const net::Request& request) const;
  // A wrong token is no error: it is Anonymous.
  Caller identify(const net::Request& request) const;

 private:
  const GateOptions options_;
};

}  // namespace gantry::api
