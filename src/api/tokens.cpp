// Who one is, and the tokens of others.
#include <algorithm>

#include "api/audit.h"
#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"

namespace gantry::api {

namespace {

bool is_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-@").find(c) != std::string_view::npos;
  });
}

Result<NewCredential> token_of(const Call& call, Instant now) {
  const std::string& name = call.body.at("name").as_string();
  if (!is_name(name))
    return refuse({"the name '{}' may hold letters, digits and . _ - @ only",
                   "名称“{}”只能包含字母、数字和 . _ - @"},
                  name);
  const std::string role = text_in(call.body, "role");
  const Value* expires = value_in(call.body, "expires");
  NewCredential made =
      make_credential(model::CredentialKind::Token, name,
                      role.empty() ? model::Role::Operator : *model::role_of(role), now);
  made.row.created_by = call.actor;
  if (expires != nullptr) made.row.expires_at = now + expires->as_duration();
  return made;
}

Error name_taken(const std::string& name) {
  return explain(Code::AlreadyExists,
                 {"there is a token '{}' already; revoke it first, or take another name",
                  "令牌“{}”已存在；请先吊销它，或换一个名称"},
                 name);
}

std::string details_of(const model::CredentialRow& row) {
  JsonWriter w;
  w.object().field("name", row.name).field("role", name_of(row.role));
  if (row.expires_at) w.field("expires_at", *row.expires_at);
  w.end();
  return std::move(w).text();
}

}  // namespace

Result<net::Response> get_me(Backend&, const Call& call) {
  JsonWriter w;
  const Caller& caller = call.caller;
  write_me(w, caller.name, caller.role, caller.via, caller.expires_at);
  return json_response(std::move(w).text());
}

Result<net::Response> list_tokens(Backend& backend, const Call&) {
  JsonWriter w;
  begin_page(w);
  for (const auto& row : backend.services.credentials.tokens(backend.services.clock.wall()))
    write_token(w, row, {});
  return json_response(end_page(w, ""));
}

namespace {

using HoldPtr = std::shared_ptr<KeyHold>;

// `hold` is that of the request's key; null: it has none.
void make_token(Backend& backend, const CallPtr& call, const ReplyPtr& reply,
                const NewCredential& made, const HoldPtr& hold) {
  const Instant now = backend.services.clock.wall();
  Credentials& credentials = backend.services.credentials;
  const std::string& name = made.row.name;
  const std::string claim = "name " + name;
  const auto refuse_with = [&](const Error& why) {
    if (hold) hold->release();
    reply->fail(why);
  };
  if (!credentials.claim(claim)) return refuse_with(name_taken(name));
  credentials.drop_expired(now);
  const bool taken = name == "admin" || credentials.find_token(name, now);
  if (taken || credentials.size() >= limits::kCredentialsMax) {
    credentials.release(claim);
    return refuse_with(taken ? name_taken(name) : too_many_credentials());
  }
  call->audit->set_details(details_of(made.row));
  mutate(backend, call, reply, {{now, call->actor, model::CredentialChanged{made.row}}},
         [&credentials, claim, hold, reply, made](const Status& status) {
           credentials.release(claim);
           if (hold) hold->release();
           if (!status.ok()) return;
           JsonWriter w;
           write_token(w, made.row, made.secret);
           reply->send(json_response(std::move(w).text(), 201));
         });
}

bool is_same(const model::CredentialRow& asked, const model::CredentialRow& made) {
  const auto life = [](const model::CredentialRow& row) {
    return row.expires_at ? std::optional(*row.expires_at - row.created_at) : std::nullopt;
  };
  return asked.name == made.name && asked.role == made.role && life(asked) == life(made);
}

// The answer to a request whose key has made a token already: that token, without its secret,
// which was told then and is kept nowhere. None if the key is new.
Result<std::optional<net::Response>> earlier(Backend& backend, const model::CredentialRow& asked) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto made, reader->token_with_key(asked.key));
  if (!made) return std::optional<net::Response>();
  if (!is_same(asked, *made))
    return explain(Code::AlreadyExists,
                   {"the key '{}' has made the token '{}', which is not the same; take a new key",
                    "幂等键“{}”已创建令牌“{}”，与本次请求不同；请换一个键"},
                   asked.key, made->name);
  JsonWriter w;
  write_token(w, *made, {});
  return std::optional(json_response(std::move(w).text(), 200));
}

}  // namespace

void create_token(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto made = token_of(*call, backend.services.clock.wall());
  if (!made.ok()) return reply->fail(made.error());
  made->row.key = call->key;
  if (call->key.empty()) return make_token(backend, call, reply, *made, nullptr);
  const HoldPtr hold = KeyHold::take(backend.keys, "tokens", call->key);
  if (!hold) return reply->fail(key_under_way());
  auto before = earlier(backend, made->row);
  if (before.ok() && !*before) return make_token(backend, call, reply, *made, hold);
  hold->release();
  if (!before.ok()) return reply->fail(before.error());
  reply->send(**std::move(before));
}

void revoke_token(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  const Instant now = backend.services.clock.wall();
  Credentials& credentials = backend.services.credentials;
  auto row = credentials.find_token(call->path[0], now);
  if (!row || !credentials.claim_known(row->id))
    return reply->fail(explain(Code::NotFound,
                               {"there is no valid token '{}'; see `gantry token list`",
                                "没有有效的令牌“{}”；请查看 `gantry token list`"},
                               call->path[0]));
  row->revoked_at = now;
  call->audit->set_details(details_of(*row));
  mutate(backend, call, reply, {{now, call->actor, model::CredentialChanged{*row}}},
         [&credentials, reply, row = *row](const Status& status) {
           credentials.release(row.id);
           if (!status.ok()) return;
           JsonWriter w;
           write_token(w, row, {});
           reply->send(json_response(std::move(w).text()));
         });
}

Result<net::Response> list_audit(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  store::AuditFilter filter{call.text("actor"), call.text("action"), call.instant("from"),
                            call.instant("before")};
  TRY(const auto page, reader->audit(filter, page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const store::AuditView& view : page.rows) write_audit(w, view);
  return json_response(end_page(w, page.next_cursor));
}

}  // namespace gantry::api
