// Deliveries: what shows that one is genuine, for every way, and what does not.
#include <gtest/gtest.h>

#include <map>

#include "api/hooks.h"
#include "base/hmac.h"
#include "base/json.h"

namespace gantry::api {
namespace {

using model::HookAuth;
using Headers = std::map<std::string, std::string, std::less<>>;

const std::string kSecret = "correct horse battery staple";
const std::string kBody = R"({"amount":5})";
const Instant kNow = parse_instant("2026-11-23T05:00:00Z").value();

Result<Delivery> check(HookAuth auth, const Headers& headers, const std::string& body = kBody,
                       Instant now = kNow) {
  const auto header = [&](std::string_view name) {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  };
  return check_delivery({"h", auth, "S"}, kSecret, header, body, now);
}

Code code_of(const Result<Delivery>& result) {
  return result.ok() ? Code::Internal : result.error().code;
}

Headers signed_as(const std::string& stamp, const std::string& body, const std::string& id = "") {
  Headers headers{
      {"x-gantry-timestamp", stamp},
      {"x-gantry-signature", "sha256=" + hmac_sha256_hex(kSecret, stamp + "." + id + "." + body)}};
  if (!id.empty()) headers["x-gantry-delivery"] = id;
  return headers;
}
Headers signed_at(Instant at, const std::string& body = kBody, const std::string& id = "") {
  return signed_as(std::to_string(at.us / 1'000'000), body, id);
}

// RFC 4231, test cases 1 and 2.
TEST(Hmac, IsThatOfTheStandard) {
  EXPECT_EQ(hmac_sha256_hex(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(HookAuth, OwnSignature) {
  const auto taken = check(HookAuth::Hmac, signed_at(kNow));
  ASSERT_TRUE(taken.ok()) << taken.error().message;
  EXPECT_TRUE(taken->is_replay_refused);
  EXPECT_EQ(taken->keys.size(), 1u);
  EXPECT_EQ(check(HookAuth::Hmac, signed_at(kNow, kBody, "d1"))->keys[1], "id:d1");
  for (const Duration off : {minutes(5), Duration{} - minutes(5)})
    EXPECT_TRUE(check(HookAuth::Hmac, signed_at(kNow + off)).ok());
}

TEST(HookAuth, OwnSignatureIsRefused) {
  std::vector<Headers> bad{
      {}, signed_at(kNow - minutes(6)), signed_at(kNow + minutes(6)), signed_at(kNow, "other")};
  Headers cut = signed_at(kNow);
  cut["x-gantry-signature"].pop_back();
  bad.push_back(cut);
  Headers bare = signed_at(kNow);
  bare["x-gantry-signature"] = bare["x-gantry-signature"].substr(7);
  bad.push_back(bare);
  Headers later = signed_at(kNow);
  later["x-gantry-timestamp"] = std::to_string(kNow.us / 1'000'000 + 1);
  bad.push_back(later);
  Headers no_time = signed_at(kNow);
  no_time.erase("x-gantry-timestamp");
  bad.push_back(no_time);
  bad.push_back(signed_as("soon", kBody));
  bad.push_back(signed_as("99999999999999999999", kBody));
  Headers other_id = signed_at(kNow, kBody, "d1");
  other_id["x-gantry-delivery"] = "d2";
  bad.push_back(other_id);
  other_id.erase("x-gantry-delivery");
  bad.push_back(other_id);
  for (const Headers& headers : bad)
    EXPECT_EQ(code_of(check(HookAuth::Hmac, headers)), Code::Unauthenticated);
}

TEST(HookAuth, GitHub) {
  const std::string right = "sha256=" + hmac_sha256_hex(kSecret, kBody);
  const auto taken =
      check(HookAuth::GitHub, {{"x-hub-signature-256", right}, {"x-github-delivery", "g1"}});
  ASSERT_TRUE(taken.ok()) << taken.error().message;
  EXPECT_EQ(taken->keys, std::vector<std::string>{"g1"});
  EXPECT_EQ(code_of(check(HookAuth::GitHub, {{"x-hub-signature-256", right}})),
            Code::InvalidArgument);
  for (const std::string& wrong :
       {std::string(), right.substr(0, 40), right.substr(7), "x" + right})
    EXPECT_EQ(code_of(check(HookAuth::GitHub,
                            {{"x-hub-signature-256", wrong}, {"x-github-delivery", "g1"}})),
              Code::Unauthenticated);
  EXPECT_EQ(code_of(check(HookAuth::GitHub,
                          {{"x-hub-signature-256", right}, {"x-github-delivery", "g1"}}, "{}")),
            Code::Unauthenticated);
}

TEST(HookAuth, GitLab) {
  const auto taken =
      check(HookAuth::GitLab, {{"x-gitlab-token", kSecret}, {"x-gitlab-event-uuid", "u1"}});
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->keys, std::vector<std::string>{"u1"});
  EXPECT_EQ(
      check(HookAuth::GitLab,
            {{"x-gitlab-token", kSecret}, {"x-gitlab-event-uuid", "u1"}, {"idempotency-key", "k1"}})
          ->keys[0],
      "k1");
  for (const std::string& wrong : {std::string(), kSecret.substr(0, 5), kSecret + "x"})
    EXPECT_EQ(code_of(check(HookAuth::GitLab,
                            {{"x-gitlab-token", wrong}, {"x-gitlab-event-uuid", "u1"}})),
              Code::Unauthenticated);
}

std::string notification(const std::string& status, const std::string& starts_at) {
  return R"({"version":"4","groupKey":"{}:{alertname=\"Down\"}","status":")" + status +
         R"(","alerts":[{"status":")" + status + R"(","fingerprint":"f","startsAt":")" + starts_at +
         R"("}]})";
}

TEST(HookAuth, AlertmanagerRepeatsAreOne) {
  const Headers headers{{"authorization", "Bearer " + kSecret}};
  const auto key = [&](const std::string& status, const std::string& starts_at) {
    return check(HookAuth::Alertmanager, headers, notification(status, starts_at))->keys[0];
  };
  EXPECT_EQ(key("firing", "2026-11-23T05:00:00Z"), key("firing", "2026-11-23T05:00:00Z"));
  EXPECT_NE(key("firing", "2026-11-23T05:00:00Z"), key("resolved", "2026-11-23T05:00:00Z"));
  EXPECT_NE(key("firing", "2026-11-23T05:00:00Z"), key("firing", "2026-11-23T06:00:00Z"));
  EXPECT_EQ(code_of(check(HookAuth::Alertmanager, headers)), Code::InvalidArgument);
  EXPECT_EQ(code_of(check(HookAuth::Alertmanager, headers, "no json")), Code::InvalidArgument);
  for (const std::string& wrong :
       std::vector<std::string>{"", kSecret, "Bearer ", "Bearer x", "Bearer " + kSecret + " "})
    EXPECT_EQ(code_of(check(HookAuth::Alertmanager, {{"authorization", wrong}},
                            notification("firing", "x"))),
              Code::Unauthenticated);
}

TEST(HookAuth, Token) {
  EXPECT_TRUE(check(HookAuth::Token, {{"authorization", "Bearer " + kSecret}}).ok());
  EXPECT_TRUE(check(HookAuth::Token, {{"authorization", "bearer " + kSecret}}).ok());
  const auto taken =
      check(HookAuth::Token, {{"x-gantry-token", kSecret}, {"x-gantry-delivery", "d"}});
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->keys, std::vector<std::string>{"d"});
  for (const Headers& wrong :
       {Headers{}, Headers{{"x-gantry-token", "x"}}, Headers{{"x-gantry-token", kSecret.substr(1)}},
        Headers{{"authorization", "Basic " + kSecret}}})
    EXPECT_EQ(code_of(check(HookAuth::Token, wrong)), Code::Unauthenticated);
}

TEST(HookContent, IsWhatCame) {
  const auto content = [](const std::string& type, const std::string& body) {
    const auto value = content_of(
        [&](std::string_view name) { return name == "content-type" ? type : std::string(); }, body);
    return value.ok() ? to_json(*value) : "refused";
  };
  EXPECT_EQ(content("application/json; charset=utf-8", kBody),
            R"({"amount":5,"_headers":{"content-type":"application/json; charset=utf-8"}})");
  EXPECT_EQ(content("application/json", "[1]"),
            R"({"body":[1],"_headers":{"content-type":"application/json"}})");
  EXPECT_EQ(
      content("application/x-www-form-urlencoded", "a=1&b=x+y&a=2"),
      R"({"a":"1","b":"x y","_headers":{"content-type":"application/x-www-form-urlencoded"}})");
  EXPECT_EQ(content("", "hello"), R"({"body":"hello","_headers":{}})");
  EXPECT_EQ(content("application/json", "{"), "refused");
  std::string form;
  for (int i = 0; i < 10'000; ++i) form += "&a" + std::to_string(i) + "=";
  EXPECT_NE(content("application/x-www-form-urlencoded", form), "refused");
  EXPECT_EQ(content("application/x-www-form-urlencoded", form + "&b="), "refused");
  EXPECT_EQ(content("text/plain", "\xff"), "refused");
}

// Twice as many fields take about twice as long: were it four times, the largest took minutes.
TEST(HookContent, AFormIsReadOnce) {
  std::string form;
  for (int i = 0; i < 10'000; ++i) form += "&a" + std::to_string(i) + "=" + std::to_string(i);
  for (int i = 0; i < 20; ++i)
    EXPECT_TRUE(
        content_of([](std::string_view) { return "application/x-www-form-urlencoded"; }, form)
            .ok());
}

}  // namespace
}  // namespace gantry::api
