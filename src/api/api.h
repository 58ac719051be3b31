// Api: the HTTP interface. handler() checks where a request comes from and who asks, routes it and
// gives it to a worker; nothing here blocks the loop. docs/format/api.md describes it for users.
//
// The order of the checks, each the first word on what follows: Host, who asks, rate, origin,
// shape of the path, route, method, role, query, body. An anonymous caller learns nothing but 401
// outside of the open routes.
#pragma once

#include <memory>

#include "api/backend.h"
#include "api/route.h"
#include "net/http.h"

namespace gantry::api {

class Api {
 public:
  explicit Api(Services services);
  Api(Services services, std::vector<Route> routes);  // with a table of one's own
  ~Api();

  // Valid while the Api lives. Loop thread.
  net::Handler handler();

  // Ends the live streams and refuses new ones: the server stops. Any thread.
  void end_streams() { backend_.streams.close(); }

  const RouteTable& routes() const { return table_; }

 private:
  void take(net::Request request, std::shared_ptr<net::Responder> responder);
  void admit(const net::Request& request, const ReplyPtr& reply);
  bool is_within_rate(const net::Request& request, const RouteTable::Match& match,
                      const Caller& caller, const ReplyPtr& reply);
  std::shared_ptr<Audit> watch(const net::Request& request, const RouteTable::Match& match,
                               const Caller& caller, const ReplyPtr& reply);
  void answer_unmatched(const RouteTable::Match& match, const ReplyPtr& reply);
  void run(const net::Request& request, const RouteTable::Match& match, const Caller& caller,
           const std::shared_ptr<Audit>& audit, const ReplyPtr& reply);

  Backend backend_;
  const RouteTable table_;
};

}  // namespace gantry::api
