// Who may do what: sessions, tokens, the audit.
#include "api/routes.h"

namespace gantry::api {

namespace {

constexpr std::int64_t kSecretMax = 200;

void add_sessions(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/login",
                 .policy = Policy::Open,
                 .summary = {"The page to sign in", "登录页面"},
                 .query = {string_field("link", kSecretMax, {"a one-time link", "一次性链接"})},
                 .answer_is_html = true,
                 .handler = answer<get_login>});
  out.push_back({.method = "POST",
                 .path = "/login",
                 .policy = Policy::Signed,
                 .rate = RateClass::Write,
                 .audit = AuditKind::LoggedIn,
                 .summary = {"Sign in with a token or a one-time link; gives a session cookie",
                             "使用令牌或一次性链接登录，返回会话 Cookie"},
                 .body_kind = BodyKind::Form,
                 .body = {string_field("token", kSecretMax, {"a token", "令牌"}),
                          string_field("link", kSecretMax, {"of a login link", "登录链接"})},
                 .answer = "Me",
                 .handler = post_login});
  out.push_back({.method = "POST",
                 .path = "/logout",
                 .policy = Policy::Role,
                 .role = model::Role::Viewer,
                 .rate = RateClass::Write,
                 .audit = AuditKind::LoggedOut,
                 .summary = {"End the session", "退出登录"},
                 .body_kind = BodyKind::Form,
                 .answer = "SignedOut",
                 .handler = post_logout});
  out.push_back({.method = "GET",
                 .path = "/api/v1/me",
                 .policy = Policy::Token,
                 .summary = {"Who asks, and what they may do", "当前身份及其角色"},
                 .answer = "Me",
                 .handler = answer<get_me>});
}

void add_tokens(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/tokens",
                 .policy = Policy::Role,
                 .role = model::Role::Admin,
                 .summary = {"Valid tokens by name", "有效令牌，按名称排列"},
                 .answer = "Token",
                 .answer_is_page = true,
                 .handler = answer<list_tokens>});
  out.push_back({.method = "POST",
                 .path = "/api/v1/tokens",
                 .policy = Policy::Role,
                 .role = model::Role::Admin,
                 .rate = RateClass::Write,
                 .audit = AuditKind::TokenCreated,
                 .summary = {"Make a token; its secret is told once", "创建令牌；密文只显示一次"},
                 .body_kind = BodyKind::Json,
                 .body = {{.name = "name",
                           .kind = FieldKind::String,
                           .help = {"who or what acts with it", "使用者名称"},
                           .required = true,
                           .min = 1,
                           .max = static_cast<std::int64_t>(limits::kTokenNameMax)},
                          {.name = "role",
                           .kind = FieldKind::Choice,
                           .help = {"what it may do (operator)", "角色（默认 operator）"},
                           .choices = {"viewer", "operator", "admin"}},
                          {.name = "expires",
                           .kind = FieldKind::Duration,
                           .help = {"how long it is valid; else until it is revoked",
                                    "有效期；不填则直到吊销"},
                           .min = seconds(1).us,
                           .max = limits::kTokenLifeMax.us}},
                 .status = 201,
                 .answer = "Token",
                 .key = KeyUse::Always,
                 .handler = create_token});
  out.push_back({.method = "DELETE",
                 .path = "/api/v1/tokens/{token}",
                 .policy = Policy::Role,
                 .role = model::Role::Admin,
                 .rate = RateClass::Write,
                 .audit = AuditKind::TokenRevoked,
                 .summary = {"Revoke a token and its sessions", "吊销令牌及其会话"},
                 .answer = "Token",
                 .handler = revoke_token});
}

void add_audit(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/audit",
       .policy = Policy::Role,
       .role = model::Role::Admin,
       .summary = {"Who did what, newest first", "操作审计，最新在前"},
       .query = {string_field("actor", kNameMax, {"by them", "操作者"}),
                 string_field("action", kNameMax, {"such as run.start", "如 run.start"}),
                 time_field("from", {"then or later", "时间不早于"}),
                 time_field("before", {"before", "时间早于"}), limit_field(), cursor_field()},
       .answer = "AuditRecord",
       .answer_is_page = true,
       .handler = answer<list_audit>});
}

}  // namespace

void add_access_routes(std::vector<Route>& out) {
  add_sessions(out);
  add_tokens(out);
  add_audit(out);
}

}  // namespace gantry::api
