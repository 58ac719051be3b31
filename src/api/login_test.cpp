// Tokens, sessions, the audit and rates as the API has them; who gets in is in access_test.cpp.
#include "api/api_fixture.h"
#include "api/rate.h"

namespace gantry::api {
namespace {

class LoginTest : public ApiFixture {
 protected:
  Answer login(const std::string& form, std::vector<std::pair<std::string, std::string>> more = {},
               const std::string& peer = "127.0.0.1:5") {
    return ask({.method = "POST",
                .target = "/login",
                .body = form,
                .token = "",
                .headers = std::move(more),
                .peer = peer});
  }
  static std::string cookie_of(const Answer& answer) {
    const std::string set = answer.header("Set-Cookie");
    return set.substr(0, set.find(';'));
  }
  Answer me(const std::string& cookie) {
    return ask({.target = "/api/v1/me", .token = "", .headers = {{"cookie", cookie}}});
  }
  std::string create(const std::string& body) {
    return at(post("/api/v1/tokens", body).json(), "token");
  }
  // "action outcome actor target", newest first.
  std::vector<std::string> audited() {
    std::vector<std::string> out;
    const auto reader = std::move(store.new_reader()).value();
    const auto page = std::move(reader->audit({}, {100, ""})).value();
    for (const auto& view : page.rows)
      out.push_back(view.row.action + " " + view.row.outcome + " " + view.row.actor + " " +
                    view.row.target);
    return out;
  }
};

TEST_F(LoginTest, ASessionIsAlwaysANewOne) {
  const std::string first = cookie_of(login("token=" + kToken));
  const std::string second =
      cookie_of(login("token=" + kToken, {{"cookie", first}, {"origin", "http://127.0.0.1:7400"}}));
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), std::string("gantry_session=").size() + 64);
  EXPECT_EQ(me(first).status, 200);
  EXPECT_EQ(at(me(second).json(), "via"), "session");
}

TEST_F(LoginTest, TheCookieIsOutOfReachOfScriptsAndOtherSites) {
  const std::string set = login("token=" + kToken).header("Set-Cookie");
  for (const char* part : {"HttpOnly", "SameSite=Strict", "Path=/", "Secure"})
    EXPECT_NE(set.find(part), std::string::npos) << part << " in " << set;
}

TEST_F(LoginTest, ARevocationWhoseAnswerWasLostHoldsAfterTheRecovery) {
  const std::string gone = create(R"({"name":"gone"})");
  const std::string kept = create(R"({"name":"kept"})");
  const auto me_with = [this](const std::string& token) {
    return ask({.target = "/api/v1/me", .token = token}).status;
  };
  EXPECT_EQ(me_with(gone), 200);
  create(R"({"name":"next"})");  // the use above is written down, too: the next commit is the one
  store.fail_call(1, store::MemoryFault::LostAnswer, true);
  EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/tokens/gone"}).status, 503);
  store.heal();
  while (post("/api/v1/tokens", R"({"name":"later"})").status == 503) {
  }
  EXPECT_EQ(me_with(gone), 401);
  EXPECT_EQ(me_with(kept), 200);
}

TEST_F(LoginTest, AKeyMakesOneTokenWhoseSecretIsToldOnce) {
  const auto make = [this](const std::string& body, const std::string& key = "k1") {
    return ask({.method = "POST",
                .target = "/api/v1/tokens",
                .body = body,
                .headers = {{"idempotency-key", key}}});
  };
  const std::string body = R"({"name":"ci","expires":"30d"})";
  const Answer first = make(body);
  EXPECT_EQ(first.status, 201);
  EXPECT_NE(at(first.json(), "token"), "-");
  const Answer again = make(body);
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(at(again.json(), "id"), at(first.json(), "id"));
  EXPECT_EQ(at(again.json(), "token"), "-");
  for (const char* other : {R"({"name":"ci2","expires":"30d"})", R"({"name":"ci"})",
                            R"({"name":"ci","expires":"30d","role":"admin"})"}) {
    const Answer refused = make(other);
    EXPECT_EQ(refused.status, 409) << refused.body;
    EXPECT_EQ(at(refused.json(), "code"), "already_exists");
  }
  EXPECT_EQ(make(body, "k2").status, 409);  // the name is taken
  EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/tokens/ci"}).status, 200);
  // A late repetition brings nothing back to life.
  const Answer late = make(body);
  EXPECT_EQ(late.status, 200);
  EXPECT_NE(at(late.json(), "revoked_at"), "null");
  EXPECT_EQ(make(body, "k2").status, 201);
}

TEST_F(LoginTest, ManyRequestsWithOneKeyAtOnceMakeOneToken) {
  std::vector<std::future<FakeResponder::Received>> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(send({.method = "POST",
                        .target = "/api/v1/tokens",
                        .body = R"({"name":"ci"})",
                        .headers = {{"idempotency-key", "k"}}}));
  int made = 0;
  for (auto& one : all) {
    const Answer answer = wait(std::move(one));
    made += answer.status == 201 ? 1 : 0;
    EXPECT_TRUE(answer.status == 201 || answer.status == 200 || answer.status == 409)
        << answer.body;
  }
  EXPECT_EQ(made, 1);
}

TEST_F(LoginTest, TokensThatExpiredLongAgoAreForgotten) {
  const auto store_expiring = [this](const std::string& name, Instant expires) {
    NewCredential made =
        make_credential(model::CredentialKind::Token, name, model::Role::Viewer, clock.wall());
    made.row.expires_at = expires;
    const std::vector<model::Change> changes{
        {clock.wall(), "test", model::CredentialChanged{made.row}}};
    credentials.on_commit(changes);
    return made.row.id;
  };
  const Instant now = clock.wall();
  const std::string kept = create(R"({"name":"kept"})");  // drops what is there at the time
  const std::string old = store_expiring("old", now - hours(2));
  const std::string recent = store_expiring("recent", now - minutes(5));
  store_expiring("valid", now + hours(2));
  const std::size_t before = credentials.size();
  EXPECT_EQ(credentials.standing(old, now), Standing::Expired);
  credentials.drop_expired(now);
  EXPECT_EQ(credentials.size(), before - 1);
  EXPECT_EQ(credentials.standing(old, now), Standing::Revoked);  // not known any more
  EXPECT_EQ(credentials.standing(recent, now), Standing::Expired);
  EXPECT_EQ(ask({.target = "/api/v1/me", .token = kept}).status, 200);
  EXPECT_TRUE(credentials.find_token("valid", now));
}

TEST_F(LoginTest, ALinkIsForOneOfManyAtOnce) {
  const std::string link = make_login_link(*engine, clock.wall()).value();
  std::vector<std::future<FakeResponder::Received>> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(
        send({.method = "POST", .target = "/login", .body = "link=" + link, .token = ""}));
  int in = 0;
  for (auto& one : all) in += wait(std::move(one)).status == 200 ? 1 : 0;
  EXPECT_EQ(in, 1);
  EXPECT_EQ(login("link=" + link).status, 401);
  EXPECT_EQ(login("token=" + link).status, 401);
}

TEST_F(LoginTest, WhatIsUsedUpIsNotClaimedAgain) {
  const std::string link = make_login_link(*engine, clock.wall()).value();
  const auto found = credentials.find(link, clock.wall());  // as another request, just before
  ASSERT_TRUE(found);
  EXPECT_EQ(login("link=" + link).status, 200);
  EXPECT_FALSE(credentials.claim_known(found->id));
}

TEST_F(LoginTest, AnOldLinkIsRefused) {
  const std::string link =
      make_login_link(*engine, clock.wall() - limits::kLoginLinkLife - seconds(1)).value();
  EXPECT_EQ(login("link=" + link).status, 401);
}

TEST_F(LoginTest, LogoutEndsTheSession) {
  const std::string cookie = cookie_of(login("token=" + kToken));
  const Answer left = ask({.method = "POST",
                           .target = "/logout",
                           .token = "",
                           .headers = {{"cookie", cookie}, {"origin", "http://127.0.0.1:7400"}}});
  EXPECT_EQ(left.status, 200);
  EXPECT_NE(left.header("Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(me(cookie).status, 401);
}

TEST_F(LoginTest, ThePageEscapesWhatItShows) {
  const Answer page = ask({.target = "/login?link=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
  EXPECT_NE(page.header("Content-Security-Policy").find("form-action 'self'"), std::string::npos);
}

TEST_F(LoginTest, NoSecretIsKeptAnywhere) {
  const std::string token = create(R"({"name":"ci"})");
  const auto reader = std::move(store.new_reader()).value();
  const auto rows = std::move(reader->credentials()).value();
  for (const auto& row : rows) EXPECT_EQ(row.secret_hash.find(token.substr(7)), std::string::npos);
  EXPECT_EQ(get("/api/v1/tokens").body.find(token), std::string::npos);
  EXPECT_EQ(get("/api/v1/audit").body.find(token), std::string::npos);
}

TEST_F(LoginTest, AUseIsWrittenDownOnceAMinute) {
  const std::string token = create(R"({"name":"ci"})");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask({.target = "/api/v1/me", .token = token}).status, 200);
  get("/api/v1/pools");  // after what the engine was given before
  int written = 0;
  const auto history = store.new_reader().value()->history(RunNo{0}, {1000, ""}).value();
  for (const auto& record : history.rows)
    written += record.what == "credential_changed" && record.actor == "ci" ? 1 : 0;
  EXPECT_EQ(written, 1);
}

TEST_F(LoginTest, WhatAltersIsAuditedWithWhatItDid) {
  define("etl/sales", "tasks:\n  a: {run: \"true\"}\n");
  const auto run = start("etl/sales");
  EXPECT_EQ(audited(), std::vector<std::string>{"run.start ok admin workflows/etl/sales"});
  const auto viewer = create(R"({"name":"v","role":"viewer"})");
  EXPECT_EQ(ask({.method = "POST", .target = run_path(run, "/cancel"), .token = viewer}).status,
            403);
  EXPECT_EQ(post("/api/v1/workflows/none/runs").status, 404);
  EXPECT_EQ(login("token=wrong").status, 401);
  get("/api/v1/pools");
  EXPECT_EQ(audited(),
            (std::vector<std::string>{
                "login unauthenticated  login", "run.start not_found admin workflows/none",
                "run.cancel permission_denied v runs/" + std::to_string(run),
                "token.create ok admin tokens", "run.start ok admin workflows/etl/sales"}));
}

TEST_F(LoginTest, FailedLoginsOfAnAddressAreLimited) {
  rates.failed_login = {0.001, 3};
  replace_api(all_routes());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(login("token=wrong").status, 401);
  const Answer limited = login("token=wrong");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.header("Retry-After"), "1000");
  EXPECT_EQ(ask({.target = "/api/v1/me", .token = "wrong"}).status, 429);
  EXPECT_EQ(login("token=wrong", {}, "10.0.0.9:5").status, 401);
  EXPECT_EQ(login("token=" + kToken).status, 200);  // who is right is not locked out
}

TEST_F(LoginTest, RatesAreOfOneCallerAndClass) {
  rates.write = {0.5, 2};
  replace_api(all_routes());
  const std::string other = create(R"({"name":"a","role":"admin"})");
  EXPECT_EQ(post("/api/v1/runs/1/cancel").status, 404);
  const Answer limited = post("/api/v1/runs/1/cancel");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(at(limited.json(), "code"), "too_many_requests");
  EXPECT_EQ(limited.header("Retry-After"), "2");
  EXPECT_EQ(get("/api/v1/runs").status, 200);
  EXPECT_EQ(ask({.method = "POST", .target = "/api/v1/runs/1/cancel", .token = other}).status, 404);
}

TEST(RateLimiter, FillsWithTimeAndStaysBounded) {
  RateLimiter limiter(10);
  const limits::Rate rate{2, 3};
  Instant now{1'000'000};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", rate, now), std::nullopt);
  EXPECT_EQ(limiter.take("a", rate, now), milliseconds(500));
  EXPECT_EQ(limiter.take("a", rate, now - seconds(9)), milliseconds(500));
  now = now + milliseconds(500);
  EXPECT_EQ(limiter.take("a", rate, now), std::nullopt);
  for (int i = 0; i < 1'000; ++i) limiter.take("x" + std::to_string(i), rate, now);
  EXPECT_EQ(limiter.buckets(), 10u);
}

TEST(Caller, AddressesAndNetworks) {
  EXPECT_EQ(net::address_in("127.0.0.1:41234"), "127.0.0.1");
  EXPECT_EQ(net::address_in("[2001:db8::1]:5"), "2001:db8::1");
  EXPECT_EQ(network_of("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), network_of("2001:db8:1:2::9"));
  EXPECT_NE(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:3::9"));
}

}  // namespace
}  // namespace gantry::api
