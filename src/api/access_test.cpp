// Who gets in: made from the route table, so that a new route is tested the moment it exists.
#include <fmt/format.h>

#include "api/access_fixture.h"
#include "base/hash.h"

namespace gantry::api {
namespace {

bool is_refused_access(int status) { return status == 401 || status == 403; }

// One way to ask, and what the plain policy says of it.
struct Kind {
  const char* name;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<model::Role> role;  // none: nobody we know
  bool foreign = false;             // not let to alter anything
};

constexpr const char* kOurs = "http://127.0.0.1:7400";

class MatrixTest : public AccessTest {
 protected:
  MatrixTest() {
    using model::Role;
    const auto bearer = [](const std::string& token) {
      return std::pair<std::string, std::string>{"authorization", "Bearer " + token};
    };
    const std::string viewer = token("viewer", "viewer");
    const std::string old = store_token("old", Role::Admin, clock.wall() - seconds(1));
    const std::string gone = token("gone", "admin");
    EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/tokens/gone"}).status, 200);
    const std::string parent = token("parent", "admin");
    const auto orphan = cookie(parent);
    EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/tokens/parent"}).status, 200);
    const auto session = cookie(kToken);
    const auto viewer_session = cookie(viewer);
    kinds = {
        {"anonymous", {}, {}},
        {"wrong", {bearer("wrong")}, {}},
        {"empty", {bearer("")}, {}},
        {"longer", {bearer(kToken + "x")}, {}},
        {"shorter", {bearer(kToken.substr(1))}, {}},
        {"expired", {bearer(old)}, {}},
        {"revoked", {bearer(gone)}, {}},
        {"hash as token", {bearer(sha256_hex(viewer))}, {}},
        {"basic", {{"authorization", "Basic " + kToken}}, {}},
        {"wrong token beside a session", {bearer("wrong"), session, {"origin", kOurs}}, {}},
        {"wrong cookie", {{"cookie", "gantry_session=wrong"}, {"origin", kOurs}}, {}},
        {"token as cookie", {{"cookie", "gantry_session=" + kToken}, {"origin", kOurs}}, {}},
        {"session as token", {bearer(session.second.substr(15))}, {}},
        {"session of a revoked token", {orphan, {"origin", kOurs}}, {}},
        {"cookie of another name", {{"cookie", "x" + session.second}, {"origin", kOurs}}, {}},
        {"viewer", {bearer(viewer)}, Role::Viewer},
        {"operator", {bearer(token("operator", "operator"))}, Role::Operator},
        {"admin", {bearer(token("admin2", "admin"))}, Role::Admin},
        {"first token", {bearer(kToken)}, Role::Admin},
        {"own origin", {bearer(kToken), {"origin", kOurs}}, Role::Admin},
        {"configured origin",
         {bearer(kToken), {"origin", "https://gantry.example.org"}},
         Role::Admin},
        {"foreign origin", {bearer(kToken), {"origin", "https://evil.example"}}, Role::Admin, true},
        {"null origin", {bearer(kToken), {"origin", "null"}}, Role::Admin, true},
        {"origin of another port",
         {bearer(kToken), {"origin", "http://127.0.0.1:7401"}},
         Role::Admin,
         true},
        {"empty origin", {bearer(kToken), {"origin", ""}}, Role::Admin, true},
        {"session", {session, {"origin", kOurs}}, Role::Admin},
        {"session among cookies",
         {{"cookie", "a=b; " + session.second}, {"origin", kOurs}},
         Role::Admin},
        {"session, same site",
         {session, {"origin", kOurs}, {"sec-fetch-site", "same-origin"}},
         Role::Admin},
        {"viewer's session", {viewer_session, {"origin", kOurs}}, Role::Viewer},
        {"session without origin", {session}, Role::Admin, true},
        {"session, foreign origin",
         {session, {"origin", "https://evil.example"}},
         Role::Admin,
         true},
        {"session, cross-site",
         {session, {"origin", kOurs}, {"sec-fetch-site", "cross-site"}},
         Role::Admin,
         true},
        {"session, same-site",
         {session, {"origin", kOurs}, {"sec-fetch-site", "same-site"}},
         Role::Admin,
         true},
    };
  }

  std::string token(const std::string& name, const std::string& role) {
    const Answer made =
        post("/api/v1/tokens", R"({"name":")" + name + R"(","role":")" + role + "\"}");
    EXPECT_EQ(made.status, 201) << made.body;
    return at(made.json(), "token");
  }

  std::string store_token(const std::string& name, model::Role role, Instant expires) {
    NewCredential made = make_credential(model::CredentialKind::Token, name, role, clock.wall());
    made.row.expires_at = expires;
    std::promise<Status> stored;
    EXPECT_TRUE(engine->record({{clock.wall(), "test", model::CredentialChanged{made.row}}},
                               [&](const Status& status) { stored.set_value(status); }));
    EXPECT_TRUE(stored.get_future().get().ok());
    return made.secret;
  }

  std::pair<std::string, std::string> cookie(const std::string& token_of_it) {
    const Answer in =
        ask({.method = "POST", .target = "/login", .body = "token=" + token_of_it, .token = ""});
    EXPECT_EQ(in.status, 200) << in.body;
    const std::string set = in.header("Set-Cookie");
    return {"cookie", set.substr(0, set.find(';'))};
  }

  static int expected(const Route& route, const Kind& kind) {
    const bool changes = route.method != "GET";
    const bool anybody = route.policy == Policy::Open || route.policy == Policy::Signed;
    if (!kind.role && !anybody) return 401;
    if (kind.foreign && changes) return 403;
    if (route.role && *kind.role < *route.role) return 403;
    return 0;  // whatever the handler says, but no 403 and no 401 of the gate
  }

  std::vector<Kind> kinds;
};

TEST_F(MatrixTest, EveryRouteForEveryKindOfCaller) {
  int cells = 0;
  for (const Route& route : api->routes().routes()) {
    if (route.path == "/logout") continue;  // ends the sessions of the matrix; see LoginTest
    for (const Kind& kind : kinds) {
      const Answer answer = ask({.method = std::string(route.method),
                                 .target = target_of(route),
                                 .token = "",
                                 .headers = kind.headers});
      const int wanted = expected(route, kind);
      ++cells;
      SCOPED_TRACE(fmt::format("{} {} as {}: {} {}", route.method, route.path, kind.name,
                               answer.status, answer.body));
      if (wanted != 0) {
        EXPECT_EQ(answer.status, wanted);
      } else if (route.policy != Policy::Signed) {
        EXPECT_FALSE(is_refused_access(answer.status));
      }
      if (wanted == 401) {
        EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer realm=\"gantry\"");
      }
    }
  }
  EXPECT_GE(cells, 700);
}

TEST_F(AccessTest, OnlyTheOpenRoutesAreOpen) {
  std::vector<std::string_view> open;
  for (const Route& route : api->routes().routes())
    if (route.policy != Policy::Token && route.policy != Policy::Role) open.push_back(route.path);
  const std::vector<std::string_view> expected{"/api/v1/health",
                                               "/api/v1/openapi.json",
                                               "/login",
                                               "/login",
                                               "/hooks/{hook}",
                                               "/docs",
                                               "/docs/style.css",
                                               "/docs/{page}",
                                               "/docs/{folder}/{page}",
                                               "/docs/{language}/{folder}/{page}"};
  EXPECT_EQ(open, expected) << "a route was opened: is that meant?";
}

TEST_F(AccessTest, HostMustBeOneOfOurNames) {
  for (const char* host : {"localhost", "LOCALHOST:7400", "127.0.0.1", "127.3.2.1:80", "[::1]:7400",
                           "[::1]", "gantry.example.org", "Gantry.Example.Org:443"}) {
    EXPECT_EQ(ask({.target = "/api/v1/health", .host = host}).status, 200) << host;
  }
  for (const char* host :
       {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil:7400",
        "gantry.example.org.", "127.1", "2130706433", "0x7f.0.0.1", "0127.0.0.1", "127.0.0.256",
        "localhost:x", "localhost:", "localhost:7400@evil.example", "[::1].evil.example", "[::2]",
        "10.0.0.1", "localhost:7400:1"}) {
    for (const char* target : {"/api/v1/health", "/api/v1/runs"})
      EXPECT_EQ(ask({.target = target, .host = host}).status, 403) << host << target;
  }
}

TEST_F(AccessTest, SchemesOfAuthorizationOtherThanBearerAreNone) {
  const std::string basic = "Basic " + kToken;
  const std::vector<std::string> headers{basic, kToken, "Bearer", "Bearer ", "Bearer  ", ""};
  for (const std::string& header : headers) {
    EXPECT_EQ(
        ask({.target = "/api/v1/runs", .token = "", .headers = {{"authorization", header}}}).status,
        401)
        << header;
  }
  EXPECT_EQ(ask({.target = "/api/v1/runs",
                 .token = "",
                 .headers = {{"authorization", "bearer   " + kToken}}})
                .status,
            200);
}

Route plain_route() {
  return {.method = "GET",
          .path = "/api/v1/x",
          .policy = Policy::Token,
          .summary = {"x", "x"},
          .answer = "Run",
          .handler = [](Backend&, const CallPtr&, const ReplyPtr&) {}};
}

TEST(RouteTableDeathTest, ARouteWithoutAPolicyDoesNotStart) {
  const RouteTable fine({plain_route()});
  EXPECT_EQ(fine.routes().size(), 1u);
  Route route = plain_route();
  route.policy = std::nullopt;
  EXPECT_DEATH(RouteTable({route}), "policy");
}

TEST(RouteTableDeathTest, WhatAltersHasAnAuditKindAndIsNotOpen) {
  Route route = plain_route();
  route.method = "POST";
  EXPECT_DEATH(RouteTable({route}), "audit");
  route.audit = AuditKind::RunRequested;
  EXPECT_DEATH(RouteTable({route}), "role");
  route.policy = Policy::Role;
  EXPECT_DEATH(RouteTable({route}), "role");
  route.role = model::Role::Operator;
  const RouteTable fine({route});
  EXPECT_EQ(fine.routes().size(), 1u);
  route.policy = Policy::Open;
  route.role = std::nullopt;
  EXPECT_DEATH(RouteTable({route}), "Open");
}

TEST(RouteTableDeathTest, TwoRoutesForOnePathDoNotStart) {
  Route first = plain_route();
  first.path = "/api/v1/{run}";
  Route second = plain_route();
  second.path = "/api/v1/{name}";
  EXPECT_DEATH(RouteTable({first, second}), "seen");
}

}  // namespace
}  // namespace gantry::api
