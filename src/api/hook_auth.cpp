// How deliveries show that they are genuine: our own signature over time and body, and those of
// GitHub (docs.github.com, "Validating webhook deliveries"), GitLab (docs.gitlab.com, "Webhooks")
// and Alertmanager (webhook_config, version 4).
#include <fmt/format.h>

#include <charconv>
#include <set>

#include "api/gate.h"
#include "api/hooks.h"
#include "base/explain.h"
#include "base/hash.h"
#include "base/hmac.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "net/http.h"

namespace gantry::api {

namespace {
constexpr Duration kWindow = minutes(5);
constexpr std::size_t kDeliveryBytesMax = 200;
constexpr std::size_t kFormFieldsMax = 10'000;

Error not_genuine() {
  return about("wrong-signature",
               explain(Code::Unauthenticated,
                       {"the request does not show that it is genuine: gantry help format/events "
                        "tells what it has to carry",
                        "请求未能证明其真实性：gantry help format/events 说明请求须携带的内容"}));
}

Error too_old() {
  return about("wrong-signature",
               explain(Code::Unauthenticated,
                       {"X-Gantry-Timestamp is more than 5 minutes from now: sign it again",
                        "X-Gantry-Timestamp 与当前时间相差超过 5 分钟：请重新签名"}));
}

Result<std::string> id_in(const HeaderOf& header, std::string_view name) {
  std::string id = header(to_lower(name));
  if (id.size() > kDeliveryBytesMax)
    return refuse({"{} is longer than {} bytes", "{} 超过 {} 字节"}, name, kDeliveryBytesMax);
  return id;
}

Result<Delivery> needed_id(const HeaderOf& header, std::string_view name) {
  TRY(std::string id, id_in(header, name));
  if (id.empty())
    return refuse({"the header {} is missing: it says which delivery this is",
                   "缺少 {} 头：它说明这是哪一次投递"},
                  name);
  return Delivery{{std::move(id)}, false};
}

// The id is signed, too: who has seen a request must not hand it in under an other one. Without a
// dot in it nobody can move bytes between it and the body.
Result<std::string> signed_id(const HeaderOf& header) {
  TRY(std::string id, id_in(header, "X-Gantry-Delivery"));
  if (split(id, '.').size() > 1)
    return refuse({"X-Gantry-Delivery has a dot, which ends it where it is signed",
                   "X-Gantry-Delivery 含有点号，而签名时点号是其结束标记"});
  return id;
}

// Ours: "sha256=HEX" over "TIMESTAMP.DELIVERY.BODY"; DELIVERY is empty if there is no such header.
Result<Delivery> check_hmac(const std::string& secret, const HeaderOf& header,
                            std::string_view body, Instant now) {
  const std::string stamp = header("x-gantry-timestamp");
  const std::string signature = header("x-gantry-signature");
  TRY(const std::string id, signed_id(header));
  const std::string right =
      "sha256=" + hmac_sha256_hex(secret, fmt::format("{}.{}.{}", stamp, id, body));
  if (!equal_in_constant_time(signature, right)) return not_genuine();
  std::int64_t at = 0;
  const auto [end, failure] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), at);
  if (failure != std::errc() || end != stamp.data() + stamp.size()) return not_genuine();
  const std::int64_t now_s = now.us / 1'000'000;
  const std::int64_t window_s = kWindow.us / 1'000'000;
  if (at < now_s - window_s || at > now_s + window_s) return too_old();
  Delivery delivery{{right}, true};
  if (!id.empty()) delivery.keys.push_back("id:" + id);
  return delivery;
}

Result<Delivery> check_github(const std::string& secret, const HeaderOf& header,
                              std::string_view body) {
  const std::string right = "sha256=" + hmac_sha256_hex(secret, body);
  if (!equal_in_constant_time(header("x-hub-signature-256"), right)) return not_genuine();
  return needed_id(header, "X-GitHub-Delivery");
}

// Idempotency-Key stays the same over the tries of one delivery; GitLab before 17.4 sends none.
Result<Delivery> check_gitlab(const std::string& secret, const HeaderOf& header) {
  if (!equal_in_constant_time(header("x-gitlab-token"), secret)) return not_genuine();
  if (!header("idempotency-key").empty()) return needed_id(header, "Idempotency-Key");
  return needed_id(header, "X-Gitlab-Event-UUID");
}

bool has_bearer(const std::string& secret, const HeaderOf& header) {
  const std::string authorization = header("authorization");
  const auto given = bearer_in(authorization);
  return given && equal_in_constant_time(*given, secret);
}

std::string text_of(const Value& map, std::string_view key) {
  const Value* member = map.find(key);
  return member != nullptr && member->is(Value::Kind::String) ? member->as_string() : std::string();
}

Error not_json(const Error& why) {
  return within({"the body is no JSON", "请求体不是 JSON"}, invalid(why.message));
}

// The same notification again (its repeat_interval) tells nothing new.
Result<Delivery> check_alertmanager(const std::string& secret, const HeaderOf& header,
                                    std::string_view body) {
  if (!has_bearer(secret, header)) return not_genuine();
  const auto parsed = parse_json(body);
  if (!parsed.ok()) return not_json(parsed.error());
  const Value* alerts = parsed->find(std::string_view("alerts"));
  if (text_of(*parsed, "groupKey").empty() || alerts == nullptr || !alerts->is(Value::Kind::List) ||
      text_of(*parsed, "version") != "4")
    return refuse({"the body is no notification of Alertmanager, version 4",
                   "请求体不是 Alertmanager 第 4 版通知"});
  std::string told = text_of(*parsed, "groupKey") + "\n" + text_of(*parsed, "status");
  for (const Value& alert : alerts->as_list())
    told += fmt::format("\n{} {} {}", text_of(alert, "fingerprint"), text_of(alert, "status"),
                        text_of(alert, "startsAt"));
  return Delivery{{sha256_hex(told)}, false};
}

Result<Delivery> check_token(const std::string& secret, const HeaderOf& header) {
  if (!has_bearer(secret, header) && !equal_in_constant_time(header("x-gantry-token"), secret))
    return not_genuine();
  TRY(std::string id, id_in(header, "X-Gantry-Delivery"));
  if (id.empty()) return Delivery{};
  return Delivery{{std::move(id)}, false};
}

constexpr std::string_view kToldHeaders[] = {
    "content-type",   "user-agent",          "x-github-event",    "x-github-delivery",
    "x-gitlab-event", "x-gitlab-event-uuid", "x-gantry-delivery", "x-request-id"};

// The first field of each name.
Result<Value> form_in(const std::string& body) {
  TRY(auto fields, net::parse_query(body));
  if (fields.size() > kFormFieldsMax)
    return explain(Code::InvalidArgument,
                   {"the form has {} fields, the limit is {}", "表单有 {} 个字段，上限为 {} 个"},
                   fields.size(), kFormFieldsMax);
  std::set<std::string> names;
  ValueMap map;
  for (auto& [name, value] : fields)
    if (names.insert(name).second) map.emplace_back(name, std::move(value));
  return Value(std::move(map));
}

Result<Value> parsed_body(const std::string& type, const std::string& body) {
  if (!is_utf8(body)) return refuse({"the body is not UTF-8", "请求体不是 UTF-8"});
  if (type == "application/json" || type.ends_with("+json")) {
    auto value = parse_json(body);
    if (!value.ok()) return not_json(value.error());
    return value;
  }
  if (type != "application/x-www-form-urlencoded") return Value(body);
  return form_in(body);
}
}  // namespace

Result<Delivery> check_delivery(const model::HookSource& hook, const std::string& secret,
                                const HeaderOf& header, std::string_view body, Instant now) {
  switch (hook.auth) {
    case model::HookAuth::Hmac: return check_hmac(secret, header, body, now);
    case model::HookAuth::GitHub: return check_github(secret, header, body);
    case model::HookAuth::GitLab: return check_gitlab(secret, header);
    case model::HookAuth::Alertmanager: return check_alertmanager(secret, header, body);
    case model::HookAuth::Token: return check_token(secret, header);
  }
  return not_genuine();
}

Result<Value> content_of(const HeaderOf& header, const std::string& body) {
  const std::string type(trim(split(header("content-type"), ';').front()));
  TRY(Value content, parsed_body(type, body));
  ValueMap event;
  if (content.is(Value::Kind::Map))
    event = content.as_map();
  else
    event.emplace_back("body", std::move(content));
  ValueMap told;
  for (const std::string_view name : kToldHeaders)
    if (std::string value = header(name); !value.empty() && is_utf8(value))
      told.emplace_back(std::string(name), std::move(value));
  std::erase_if(event, [](const auto& entry) { return entry.first == Value("_headers"); });
  event.emplace_back("_headers", std::move(told));
  return Value(std::move(event));
}

}  // namespace gantry::api
