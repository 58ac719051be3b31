#include "api/api.h"

#include <fmt/format.h>

#include "api/audit.h"
#include "api/openapi.h"
#include "api/problem.h"
#include "base/explain.h"
#include "base/json.h"
#include "base/limits.h"

namespace gantry::api {

namespace {

// "application/json; charset=utf-8" -> "application/json".
std::string_view media_type(const net::Request& request) {
  return trim(split(request.header("content-type"), ';').front());
}

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool fits(BodyKind kind, const net::Request& request) {
  // Whatever it says it is: that no body is taken is the better answer.
  if (request.header("content-type").empty() || kind == BodyKind::None) return true;
  const std::string_view type = media_type(request);
  if (kind == BodyKind::Json) return type == "application/json";
  if (kind == BodyKind::Form) return type == kFormType;
  return type == "application/yaml" || type == "application/x-yaml" || type == "text/yaml" ||
         type == "text/plain";
}

Status fill_body(Call& call, const net::Request& request) {
  const Route& route = *call.route;
  if (route.body_kind == BodyKind::Yaml) {
    call.raw_body = request.body;
    return ok();
  }
  if (route.body_kind == BodyKind::Form) {
    TRY(const auto fields, net::parse_query(request.body));
    TRY(call.body, check_query(route.body, fields));
    return ok();
  }
  Value body;
  if (!request.body.empty()) {
    if (route.body_kind == BodyKind::None)
      return refuse({"this request takes no body", "此请求不接受请求体"});
    auto parsed = parse_json(request.body);
    if (!parsed.ok()) return within({"the body is no JSON", "请求体不是 JSON"}, parsed.error());
    body = *std::move(parsed);
    if (body.is(Value::Kind::Null))
      return refuse({"the body must be a JSON object", "请求体必须是 JSON 对象"});
  }
  TRY(call.body, check_body(route.body, body));
  return ok();
}

Result<std::string> idempotency_key(const net::Request& request) {
  const std::string_view key = request.header("idempotency-key");
  if (key.size() > limits::kIdempotencyKeyBytesMax)
    return refuse({"Idempotency-Key is longer than {} bytes", "Idempotency-Key 超过 {} 字节"},
                  limits::kIdempotencyKeyBytesMax);
  for (const char c : key)
    if (c < ' ' || c > '~')
      return refuse(
          {"Idempotency-Key must be printable ASCII", "Idempotency-Key 必须是可打印的 ASCII"});
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
  call.if_none_match = request.header("if-none-match");
  call.wants_page = request.header("accept").find("text/html") != std::string_view::npos;
  TRY_STATUS(fill_body(call, request));
  return call;
}

bool alters(const net::Request& request) {
  return request.method != "GET" && request.method != "HEAD";
}

// Such a route looks for itself at who asks, if it wants to know.
bool is_for_anybody(const Route* route) {
  return route != nullptr && (route->policy == Policy::Open || route->policy == Policy::Signed);
}

constexpr Text kForeignHostDetail{
    "the Host header names neither this machine nor a configured public_url",
    "Host 头既不是本机，也不是已配置的 public_url"};
constexpr Text kForeignOriginDetail{
    "requests that alter something are taken from our own pages only; a session needs the header "
    "Origin",
    "修改类请求只接受来自本服务页面的来源；使用会话时必须带 Origin 头"};

Text wanted_type(BodyKind kind) {
  switch (kind) {
    case BodyKind::Yaml:
      return {"send Content-Type: application/yaml", "请使用 Content-Type: application/yaml"};
    case BodyKind::Form:
      return {"send Content-Type: application/x-www-form-urlencoded",
              "请使用 Content-Type: application/x-www-form-urlencoded"};
    default: break;
  }
  return {"send Content-Type: application/json", "请使用 Content-Type: application/json"};
}

Error not_signed_in() {
  return about(
      "wrong-token",
      explain(
          Code::Unauthenticated,
          {"send 'Authorization: Bearer TOKEN' with a valid token of this server, or sign in at "
           "/login; the first token is in data/admin-token of its home",
           "请携带 'Authorization: Bearer 令牌'（本服务的有效令牌），或在 /login 登录；"
           "首个令牌位于主目录的 data/admin-token"}));
}

Error not_allowed(const Caller& caller, model::Role needed) {
  return explain(Code::PermissionDenied,
                 {"this takes the role {}, and '{}' is {}: ask an administrator for a token",
                  "此操作需要角色 {}，而“{}”的角色是 {}：请向管理员申请令牌"},
                 name_of(needed), caller.name, name_of(caller.role));
}

}  // namespace

Api::Api(Services services) : Api(std::move(services), all_routes()) {}

Api::Api(Services services, std::vector<Route> routes)
    : backend_(std::move(services)), table_(std::move(routes)) {
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
  if (!backend_.gate.knows_host(request)) return reply->fail(kForeignHost, kForeignHostDetail);
  auto path = split_path(request.path);
  const RouteTable::Match match =
      path.ok() ? table_.find(request.method, *path) : RouteTable::Match{};
  const Caller caller = backend_.gate.identify(request, backend_.services.clock.wall());
  if (!is_within_rate(request, match, caller, reply)) return;
  if (!caller.known() && !is_for_anybody(match.route)) return reply->fail(not_signed_in());
  const auto audit = watch(request, match, caller, reply);
  if (alters(request) && backend_.gate.is_foreign(request, caller))
    return reply->fail(kForeignOrigin, kForeignOriginDetail);
  if (!path.ok()) return reply->fail(path.error());
  if (match.route == nullptr) return answer_unmatched(match, reply);
  if (match.route->role && !caller.may(*match.route->role))
    return reply->fail(not_allowed(caller, *match.route->role));
  backend_.note_use(caller);
  run(request, match, caller, audit, reply);
}

// A wrong secret costs its network; everything else costs who asks.
bool Api::is_within_rate(const net::Request& request, const RouteTable::Match& match,
                         const Caller& caller, const ReplyPtr& reply) {
  const Instant now = backend_.services.clock.wall();
  const std::string network = network_of(std::string(net::address_in(request.peer)));
  const RateLimits& rates = backend_.gate.rates();
  if (caller.was_wrong && !is_for_anybody(match.route)) {
    const auto wait = backend_.rates.take("failed " + network, rates.failed_login, now);
    if (wait) reply->refuse_rate(*wait);
    return !wait;
  }
  const RateClass rate = match.route == nullptr ? RateClass::Read : match.route->rate;
  const std::string who = caller.known() ? "of " + caller.id : "from " + network;
  const auto wait =
      backend_.rates.take(fmt::format("{} {}", static_cast<int>(rate), who), rates.of(rate), now);
  if (wait) reply->refuse_rate(*wait);
  return !wait;
}

// From here on a refusal of a request that alters something is written down.
std::shared_ptr<Audit> Api::watch(const net::Request& request, const RouteTable::Match& match,
                                  const Caller& caller, const ReplyPtr& reply) {
  if (match.route == nullptr || match.route->audit == AuditKind::None) return nullptr;
  model::AuditRow row;
  row.actor = caller.name;
  row.address = net::address_in(request.peer);
  row.action = name_of(match.route->audit);
  row.target = audit_target(match.route->path, match.params);
  row.details = "{}";
  const auto audit =
      std::make_shared<Audit>(backend_.services.engine, backend_.services.clock, std::move(row));
  reply->when_failed([audit](std::string_view code) { audit->note_refusal(code); });
  return audit;
}

void Api::answer_unmatched(const RouteTable::Match& match, const ReplyPtr& reply) {
  if (match.allowed.empty())
    return reply->fail(
        explain(Code::NotFound, {"there is no such resource; see /api/v1/openapi.json",
                                 "没有这样的资源；请查阅 /api/v1/openapi.json"}));
  net::Response response = problem_response(
      kMethodNotAllowed,
      (reply->lang() == Lang::Zh ? "该资源支持的方法：" : "this resource takes: ") + match.allowed,
      reply->lang());
  response.headers.emplace_back("Allow", match.allowed);
  reply->send(std::move(response));
}

void Api::run(const net::Request& request, const RouteTable::Match& match, const Caller& caller,
              const std::shared_ptr<Audit>& audit, const ReplyPtr& reply) {
  if (!request.body.empty() && !fits(match.route->body_kind, request))
    return reply->fail(kUnsupportedMedia, wanted_type(match.route->body_kind));
  // A body may be large, so it is parsed on the worker too. Refused: the dropped reply answers 503.
  (void)backend_.services.workers.post([this, request, match, caller, audit, reply] {
    auto call = make_call(request, match);
    if (!call.ok()) return reply->fail(call.error());
    call->actor = caller.name;
    call->caller = caller;
    call->address = net::address_in(request.peer);
    call->audit = audit;
    call->lang = reply->lang();
    match.route->handler(backend_, std::make_shared<const Call>(std::move(call).value()), reply);
  });
}

}  // namespace gantry::api
