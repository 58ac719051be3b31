// The route table: everything the server answers, with who may ask. It makes the server, the
// OpenAPI document and the access test. Deny by default: what is not in the table is refused, and
// a route without a policy ends the process at the start.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/fields.h"
#include "api/path.h"
#include "api/reply.h"

namespace gantry::api {

class Backend;

enum class Policy {
  Open,    // anybody who reaches the port
  Signed,  // the request carries its own signature (login, hooks, one-time links)
  Token,   // any valid credential: what only reads
  Role,    // a credential with at least the role that the route names
};

enum class RateClass { Read, Heavy, Write, Start, Stream };

// What the audit record of a request is called; a route that alters something has one.
enum class AuditKind {
  None,
  RunRequested,
  RunCancelled,
  RunRetried,
  RunHeld,
  RunsInBulk,
  TaskResolved,
  WorkflowHeld,
  ServerHeld,
  PoolLimited,
  BackupTaken,
  GarbageCollected,
  LoggedIn,
  LoggedOut,
  TokenCreated,
  TokenRevoked,
  WrapTaken,
  WrapLogTaken,
  EventEmitted,
  EventDelivered,
  BackfillBegun,
  BackfillSteered,
};

enum class BodyKind {
  None,
  Json,
  Yaml,
  Form,
  Raw,  // of any type, with the headers: the handler looks at them
};

// Whether Idempotency-Key is taken: what starts something starts it once.
enum class KeyUse {
  None,  // the header means nothing here
  Always,
  Sometimes,  // the body decides; the handler refuses it with what can not be repeated
};

// A header of an answer that readers need.
struct AnswerHeader {
  std::string_view name;
  std::string_view help;
  bool is_number = false;
  bool always = true;
};

// On a worker thread. Answers the reply now or hands it on.
using RouteHandler = void (*)(Backend&, const CallPtr&, const ReplyPtr&);

struct Route {
  std::string_view method;  // GET (also answers HEAD), POST, PUT, PATCH or DELETE
  std::string_view path;    // "/api/v1/runs/{run}"
  std::optional<Policy> policy = std::nullopt;
  std::optional<model::Role> role = std::nullopt;  // of Policy::Role
  RateClass rate = RateClass::Read;
  AuditKind audit = AuditKind::None;
  bool only_asks = false;  // a POST that alters nothing
  Text summary;
  std::vector<Field> query = {};
  BodyKind body_kind = BodyKind::None;
  std::vector<Field> body = {};
  int status = 200;                        // of success
  std::string_view answer = {};            // name of the schema in api/schemas.cpp
  bool answer_is_page = false;             // {"items":[answer...],"next_cursor":...}
  bool answer_is_events = false;           // server-sent events (text/event-stream)
  bool answer_is_lines = false;            // one JSON object per line (application/x-ndjson)
  bool answer_is_html = false;             // a page for a browser; then there is no schema
  std::string_view answer_is_file = {};    // a file of this media type; then there is no schema
  std::string_view answer_of_503 = {};     // schema, if that is no problem
  std::vector<AnswerHeader> headers = {};  // of success
  bool has_tag = false;  // ETag, and 304 for If-None-Match; of handlers that answer at once
  KeyUse key = KeyUse::None;
  RouteHandler handler = nullptr;
};

class RouteTable {
 public:
  // CHECKs that every route has a policy, a handler, a summary, a role and an audit kind if it
  // alters something, and that no two answer the same method and path.
  explicit RouteTable(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;  // null: none
    std::vector<std::string> params;
    std::string allowed;  // methods of the path, if only the method is wrong
  };
  Match find(std::string_view method, const std::vector<Segment>& path) const;

  const std::vector<Route>& routes() const { return routes_; }
  const PathPattern& pattern(std::size_t index) const { return patterns_[index]; }

 private:
  std::vector<Route> routes_;
  std::vector<PathPattern> patterns_;
};

// Every route of this server.
std::vector<Route> all_routes();

}  // namespace gantry::api
