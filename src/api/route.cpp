#include "api/route.h"

#include <algorithm>

#include "base/check.h"

namespace gantry::api {

namespace {

bool alters(const Route& route) { return route.method != "GET" && !route.only_asks; }

void check_route(const Route& route) {
  CHECK(route.policy.has_value());
  CHECK(route.handler != nullptr);
  CHECK(route.method == "GET" || route.method == "POST" || route.method == "PUT" ||
        route.method == "PATCH" || route.method == "DELETE");
  CHECK(!route.summary.en.empty() && !route.summary.zh.empty());
  CHECK(alters(route) == (route.audit != AuditKind::None));
  CHECK(route.policy != Policy::Open || !alters(route));
  CHECK(route.role.has_value() == (route.policy == Policy::Role));
  CHECK(!alters(route) || route.policy == Policy::Signed || route.role.has_value());
  CHECK(route.body.empty() || route.body_kind == BodyKind::Json ||
        route.body_kind == BodyKind::Form);
}

// The same shape: parameters stand for anything, whatever their names.
std::string shape(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == '}') inside = false;
    if (!inside) out += c;
    if (c == '{') inside = true;
  }
  return out;
}

}  // namespace

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {
  std::vector<std::string> seen;
  for (const Route& route : routes_) {
    check_route(route);
    std::string key = std::string(route.method) + " " + shape(route.path);
    CHECK(std::find(seen.begin(), seen.end(), key) == seen.end());
    seen.push_back(std::move(key));
    patterns_.emplace_back(route.path);
  }
}

RouteTable::Match RouteTable::find(std::string_view method,
                                   const std::vector<Segment>& path) const {
  if (method == "HEAD") method = "GET";
  Match match;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    auto params = patterns_[i].match(path);
    if (!params) continue;
    if (routes_[i].method == method) return {&routes_[i], *std::move(params), {}};
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += routes_[i].method == "GET" ? "GET, HEAD" : std::string(routes_[i].method);
  }
  return match;
}

}  // namespace gantry::api
