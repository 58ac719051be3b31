// Signing in and out in a browser: a token or a one-time link becomes a session, whose secret is
// in a cookie that scripts can not read. A session is always a new one, whatever cookie came with
// the request; the page needs no script and loads nothing.
#include <fmt/format.h>

#include "api/audit.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/shapes.h"
#include "base/explain.h"
#include "base/hash.h"
#include "pages/html.h"

namespace gantry::api {

namespace {

constexpr std::size_t kForgottenAtOnce = 100;

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;"
    "color:#1c2430;background:#fff}label,input,button{display:block;width:100%;"
    "box-sizing:border-box;font:inherit}input{padding:.6rem;margin:.3rem 0 1rem;border:1px solid "
    "#8a94a6;border-radius:.4rem}button{padding:.6rem;border:0;border-radius:.4rem;"
    "background:#1d5fd1;color:#fff}p[role=alert]{color:#b3261e}@media(prefers-color-scheme:dark){"
    "body{color:#e6e9ef;background:#12161d}input{color:inherit;background:#1b212b}"
    "p[role=alert]{color:#ff8a80}}";

net::Response page(Lang lang, const std::string& content, int status) {
  const std::string nonce = random_hex(16);
  net::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back(
      "Content-Security-Policy",
      fmt::format("default-src 'none'; style-src 'nonce-{}'; form-action 'self'; base-uri 'none'; "
                  "frame-ancestors 'none'",
                  nonce));
  // The default, no-referrer, would make browsers send our own form with "Origin: null".
  response.headers.emplace_back("Referrer-Policy", "same-origin");
  response.headers.emplace_back("Content-Language", lang == Lang::Zh ? "zh" : "en");
  response.body = fmt::format(
      "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>Gantry</title><style "
      "nonce=\"{}\">{}</style></head><body><main><h1>Gantry</h1>{}</main></body></html>",
      lang == Lang::Zh ? "zh-CN" : "en", nonce, kStyle, content);
  return response;
}

std::string sign_in_form(Lang lang, const std::string& link) {
  const auto say = [lang](Text text) { return text.in(lang); };
  const std::string button = fmt::format("<button>{}</button></form>", say({"Sign in", "登录"}));
  if (!link.empty())
    return fmt::format(
        "<p>{}</p><form method=\"post\" action=\"/login\"><input type=\"hidden\" name=\"link\" "
        "value=\"{}\">{}",
        say({"This link signs you in once.", "此链接可登录一次。"}), pages::escape_html(link),
        button);
  return fmt::format(
      "<form method=\"post\" action=\"/login\"><label for=\"token\">{}</label><input id=\"token\" "
      "name=\"token\" type=\"password\" autocomplete=\"current-password\" required "
      "autofocus>{}<p>{}</p>",
      say({"Token", "令牌"}), button,
      say({"The first token is in data/admin-token of the server's home; `gantry token create` "
           "makes others.",
           "首个令牌位于服务器主目录的 data/admin-token；`gantry token create` 可创建其他令牌。"}));
}

std::string signed_in(Lang lang, const Caller& caller) {
  const auto say = [lang](Text text) { return text.in(lang); };
  return fmt::format(
      "<p>{} <strong>{}</strong> ({}).</p><form method=\"post\" action=\"/logout\">"
      "<button>{}</button></form>",
      say({"You are signed in as", "已登录为"}), pages::escape_html(caller.name),
      name_of(caller.role), say({"Sign out", "退出登录"}));
}

Error not_valid(bool link) {
  if (link)
    return explain(Code::Unauthenticated,
                   {"this link was used already or is too old: take a new one, or a token",
                    "此链接已被使用或已过期：请获取新链接，或使用令牌"});
  return explain(Code::Unauthenticated, {"this is no valid token", "令牌无效"});
}

// What is shown: who signs in, and the rows that change with it.
struct SignIn {
  Caller who;
  std::string link_id;  // claimed; empty = by a token
  std::vector<model::Change> changes;
};

Result<SignIn> sign_in_with_link(Backend& backend, const std::string& secret, Instant now) {
  Credentials& credentials = backend.services.credentials;
  auto row = credentials.find(secret, now);
  if (!row || row->kind != model::CredentialKind::LoginLink || !credentials.claim_known(row->id))
    return not_valid(true);
  row->revoked_at = now;
  SignIn in;
  in.who.name = row->name;
  in.who.role = row->role;
  in.link_id = row->id;
  in.changes.push_back({now, row->name, model::CredentialChanged{*row}});
  return in;
}

Result<SignIn> sign_in(Backend& backend, const Call& call, Instant now) {
  if (const std::string link = text_in(call.body, "link"); !link.empty())
    return sign_in_with_link(backend, link, now);
  auto who = backend.gate.holder_of(trim(text_in(call.body, "token")), now);
  if (!who) return not_valid(false);
  return SignIn{*std::move(who), {}, {}};
}

NewCredential session_of(const SignIn& in, Instant now) {
  NewCredential made =
      make_credential(model::CredentialKind::Session, in.who.name, in.who.role, now);
  made.row.created_by = in.who.name;
  if (in.who.via == Via::Token) made.row.parent = in.who.id;
  made.row.last_used_at = now;
  made.row.expires_at = now + limits::kSessionIdleMax;
  return made;
}

net::Response see_other(const char* where) {
  net::Response response;
  response.status = 303;
  response.headers.emplace_back("Location", where);
  return response;
}

net::Response welcome(const Backend& backend, const Call& call, const NewCredential& session) {
  JsonWriter w;
  write_me(w, session.row.name, session.row.role, Via::Session, session.row.expires_at);
  net::Response response =
      call.wants_page ? see_other("/login") : json_response(std::move(w).text());
  response.headers.emplace_back("Set-Cookie", backend.gate.cookie(session.secret));
  return response;
}

void refuse_sign_in(Backend& backend, const Call& call, const ReplyPtr& reply, const Error& why) {
  const auto wait =
      backend.rates.take("failed " + network_of(call.address), backend.gate.rates().failed_login,
                         backend.services.clock.wall());
  if (wait) return reply->refuse_rate(*wait);
  if (!call.wants_page) return reply->fail(why);
  call.audit->note_refusal(problem_of(why.code).code);
  const std::string told =
      fmt::format("<p role=\"alert\">{}</p>", pages::escape_html(message_in(why, call.lang)));
  reply->send(page(call.lang, told + sign_in_form(call.lang, ""), 401));
}

}  // namespace

Error too_many_credentials() {
  return explain(Code::ResourceExhausted,
                 {"there are {} tokens and sessions already: revoke some",
                  "令牌和会话已达 {} 个：请先吊销一些"},
                 limits::kCredentialsMax);
}

Result<net::Response> get_login(Backend&, const Call& call) {
  if (call.caller.via == Via::Session)
    return page(call.lang, signed_in(call.lang, call.caller), 200);
  return page(call.lang, sign_in_form(call.lang, call.text("link")), 200);
}

void post_login(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  const Instant now = backend.services.clock.wall();
  auto in = sign_in(backend, *call, now);
  if (!in.ok()) return refuse_sign_in(backend, *call, reply, in.error());
  Credentials& credentials = backend.services.credentials;
  for (model::Change& change : credentials.forget_expired(now, kForgottenAtOnce))
    in->changes.push_back(std::move(change));
  if (credentials.size() >= limits::kCredentialsMax + in->changes.size()) {
    if (!in->link_id.empty()) credentials.release(in->link_id);
    return reply->fail(too_many_credentials());
  }
  const NewCredential session = session_of(*in, now);
  in->changes.push_back({now, in->who.name, model::CredentialChanged{session.row}});
  call->audit->set_actor(in->who.name);
  mutate(backend, call, reply, std::move(in->changes),
         [&backend, call, reply, session, link = in->link_id](const Status& status) {
           if (!link.empty()) backend.services.credentials.release(link);
           if (status.ok()) reply->send(welcome(backend, *call, session));
         });
}

void post_logout(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  const auto leave = [&backend, call, reply] {
    net::Response response = call->wants_page ? see_other("/login") : json_response("{}");
    response.headers.emplace_back("Set-Cookie", backend.gate.cookie(""));
    reply->send(std::move(response));
  };
  const Instant now = backend.services.clock.wall();
  Credentials& credentials = backend.services.credentials;
  auto row = credentials.find_session(call->caller.id, now);
  if (!row || !credentials.claim_known(row->id)) return leave();  // a token has nothing to leave
  row->revoked_at = now;
  mutate(backend, call, reply, {{now, call->actor, model::CredentialChanged{*row}}},
         [&credentials, id = row->id, leave](const Status& status) {
           credentials.release(id);
           if (status.ok()) leave();
         });
}

}  // namespace gantry::api
