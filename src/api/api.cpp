#include "api/api.h"

#include <fmt/format.h>

#include "api/openapi.h"
#include "api/problem.h"
#include "base/json.h"
#include "base/limits.h"

namespace gantry::api {

namespace {

// "application/json; charset=utf-8" -> "application/json".
std::string_view media_type(const net::Request& request) {
  return trim(split(request.header("content-type"), ';').front());
}

bool fits(BodyKind kind, std::string_view type) {
  if (type.empty()) return true;
  if (kind == BodyKind::Json) return type == "application/json";
  return type == "application/yaml" || type == "application/x-yaml" || type == "text/yaml" ||
         type == "text/plain";
}

Status fill_body(Call& call, const net::Request& request) {
  const Route& route = *call.route;
  if (route.body_kind == BodyKind::Yaml) {
    call.raw_body = request.body;
    return ok();
  }
  Value body;
  if (!request.body.empty()) {
    if (route.body_kind == BodyKind::None) return invalid("this request takes no body");
    auto parsed = parse_json(request.body);
    if (!parsed.ok()) return invalid("the body is no JSON: " + parsed.error().message);
    body = *std::move(parsed);
    if (body.is(Value::Kind::Null)) return invalid("the body must be a JSON object");
  }
  TRY(call.body, check_body(route.body, body));
  return ok();
}

Result<std::string> idempotency_key(const net::Request& request) {
  const std::string_view key = request.header("idempotency-key");
  if (key.size() > limits::kIdempotencyKeyBytesMax)
    return invalid(
        fmt::format("Idempotency-Key is longer than {} bytes", limits::kIdempotencyKeyBytesMax));
  for (const char c : key)
    if (c < ' ' || c > '~') return invalid("Idempotency-Key must be printable ASCII");
  return std::string(key);
}

Result<Call> make_call(const net::Request& request, const RouteTable::Match& match) {
  Call call;
  call.route = match.route;
  call.path = match.params;
  call.head_only = request.method == "HEAD";
  TRY(const auto query, net::parse_query(request.query));
  TRY(call.query, check_query(match.route->query, query));
  TRY(call.key, idempotency_key(request));
  call.last_event_id = request.header("last-event-id");
  TRY_STATUS(fill_body(call, request));
  return call;
}

bool alters(const net::Request& request) {
  return request.method != "GET" && request.method != "HEAD";
}

}  // namespace

Api::Api(Services services) : Api(std::move(services), all_routes()) {}

Api::Api(Services services, std::vector<Route> routes)
    : backend_(std::move(services)), gate_(backend_.services.gate), table_(std::move(routes)) {
  backend_.openapi = openapi_document(table_, backend_.services.version);
}

Api::~Api() = default;

net::Handler Api::handler() {
  return [this](net::Request request, std::shared_ptr<net::Responder> responder) {
    take(std::move(request), std::move(responder));
  };
}

void Api::take(net::Request request, std::shared_ptr<net::Responder> responder) {
  const Lang lang = accepted_language(request.header("accept-language"));
  admit(request, std::make_shared<Reply>(std::move(responder), lang));
}

void Api::admit(const net::Request& request, const ReplyPtr& reply) {
  if (!gate_.knows_host(request))
    return reply->fail(kForeignHost,
                       "the Host header names neither this machine nor a configured public_url");
  auto path = split_path(request.path);
  const RouteTable::Match match =
      path.ok() ? table_.find(request.method, *path) : RouteTable::Match{};
  const Caller caller = gate_.identify(request);
  const bool open = match.route != nullptr && match.route->policy == Policy::Open;
  if (!open && caller == Caller::Anonymous)
    return reply->fail(error(Code::Unauthenticated,
                             "send 'Authorization: Bearer TOKEN' with a token of this server; the "
                             "first is in data/admin-token of its home"));
  if (alters(request) && gate_.is_foreign_origin(request))
    return reply->fail(kForeignOrigin,
                       "requests that alter something are taken from our own pages only");
  if (!path.ok()) return reply->fail(path.error());
  if (match.route != nullptr) return run(request, match, caller, reply);
  if (match.allowed.empty())
    return reply->fail(
        error(Code::NotFound, "there is no such resource; see /api/v1/openapi.json"));
  net::Response response =
      problem_response(kMethodNotAllowed, "this resource takes: " + match.allowed, reply->lang());
  response.headers.emplace_back("Allow", match.allowed);
  reply->send(std::move(response));
}

void Api::run(const net::Request& request, const RouteTable::Match& match, Caller caller,
              const ReplyPtr& reply) {
  // Nothing issues signatures or roles yet, so nobody satisfies those policies.
  if (match.route->policy != Policy::Open && match.route->policy != Policy::Token)
    return reply->fail(error(Code::PermissionDenied, "nobody may do this yet"));
  if (!request.body.empty() && !fits(match.route->body_kind, media_type(request)))
    return reply->fail(kUnsupportedMedia, match.route->body_kind == BodyKind::Yaml
                                              ? "send Content-Type: application/yaml"
                                              : "send Content-Type: application/json");
  // A body may be large, so it is parsed on the worker too. Refused: the dropped reply answers 503.
  (void)backend_.services.workers.post([this, request, match, caller, reply] {
    auto call = make_call(request, match);
    if (!call.ok()) return reply->fail(call.error());
    call->actor = caller == Caller::Admin ? "admin" : "";
    call->lang = reply->lang();
    match.route->handler(backend_, std::make_shared<const Call>(std::move(call).value()), reply);
  });
}

}  // namespace gantry::api
