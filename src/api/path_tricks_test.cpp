// Requests that try to get around the gate, or out of a folder, by the way they are written.
#include <fmt/format.h>

#include <set>

#include "api/access_fixture.h"
#include "base/rng.h"

namespace gantry::api {
namespace {

TEST_F(AccessTest, HeadersCanNotChangeThePathOrTheMethod) {
  const auto runs_before = at(get("/api/v1/runs").json(), "items.0.number");
  for (const char* name :
       {"x-http-method-override", "x-http-method", "x-method-override", "x-original-url",
        "x-rewrite-url", "x-forwarded-host", "x-forwarded-prefix"}) {
    for (const char* value : {"POST", "/api/v1/health", "localhost"}) {
      EXPECT_EQ(ask({.target = "/api/v1/runs", .token = "", .headers = {{name, value}}}).status,
                401)
          << name;
      EXPECT_EQ(
          ask({.target = "/api/v1/workflows/etl%2Fsales/runs", .headers = {{name, value}}}).status,
          405)
          << name;
    }
  }
  EXPECT_EQ(at(get("/api/v1/runs").json(), "items.0.number"), runs_before);
}

// One change of a path, of the kinds that have opened other servers.
std::string mutate(std::string path, Rng& rng) {
  static const std::vector<std::string> kPieces{"/",
                                                "//",
                                                "/.",
                                                "/./",
                                                "/..",
                                                "/../",
                                                "%2f",
                                                "%2F",
                                                "%252f",
                                                "%2e",
                                                "%2e%2e",
                                                "%2e%2e/",
                                                "..;/",
                                                ";",
                                                ";x=1",
                                                ";.css",
                                                ".css",
                                                ".json",
                                                ".js",
                                                "%00",
                                                "%0a",
                                                "%0d%0a",
                                                "%20",
                                                " ",
                                                "\\",
                                                "%5c",
                                                "%c0%af",
                                                "%c0%ae",
                                                "%uff0f",
                                                "\xc0\xaf",
                                                "?",
                                                "?/../health",
                                                "#",
                                                "%23",
                                                "%3f",
                                                "*",
                                                "health",
                                                "/health",
                                                "/api/v1/health",
                                                "openapi.json",
                                                "%68",
                                                "static/",
                                                "login",
                                                "%E2%88%95",
                                                "\xEF\xBC\x8F"};
  const auto& piece = kPieces[rng.below(kPieces.size())];
  switch (rng.below(6)) {
    case 0: return path.insert(rng.below(path.size() + 1), piece);
    case 1: return path + piece;
    case 2: return piece + path;
    case 3: {
      const std::size_t place = rng.below(path.size());
      path[place] = static_cast<char>(path[place] ^ 0x20);  // case, among others
      return path;
    }
    case 4: {
      const std::size_t place = rng.below(path.size());
      return path.replace(place, 1, fmt::format("%{:02x}", path[place]));
    }
    default: return path.replace(rng.below(path.size()), 1 + rng.below(4), piece);
  }
}

TEST_F(AccessTest, NoPathTrickGetsPastTheGate) {
  Rng rng(7400);
  const auto& routes = api->routes().routes();
  const std::vector<std::string> methods{"GET", "HEAD", "POST", "PUT", "get", "OPTIONS", "TRACE"};
  std::set<std::string> open;
  for (const Route& route : routes)
    if (route.policy == Policy::Open) open.insert(target_of(route));
  int answered = 0;
  for (int i = 0; i < 3000; ++i) {
    const Route& route = routes[rng.below(routes.size())];
    std::string path = mutate(target_of(route), rng);
    if (rng.chance(1, 3)) path = mutate(path, rng);
    const std::string method =
        rng.chance(1, 2) ? std::string(route.method) : methods[rng.below(methods.size())];
    const Answer answer = ask({.method = method, .target = path, .token = ""});
    const std::string bare = path.substr(0, path.find('?'));
    const bool is_open = open.contains(bare);
    const bool expected = answer.status == 401 || answer.status == 400 || answer.status == 404;
    EXPECT_TRUE(expected || (is_open && answer.status == 200))
        << method << " " << path << " " << answer.status;
    ++answered;
    // Whoever may ask gets an answer that is no fault of ours.
    const Answer known = ask({.method = method, .target = path});
    EXPECT_LT(known.status, 500) << method << " " << path << " " << known.body;
  }
  EXPECT_EQ(answered, 3000);
  EXPECT_EQ(at(get("/api/v1/runs").json(), "next_cursor"), "null");
}

const std::vector<std::string>& traversal_payloads() {
  static const std::vector<std::string> kPayloads = [] {
    std::vector<std::string> out;
    const std::vector<std::string> dots{"..",         "%2e%2e",       ".%2e",
                                        "%252e%252e", "%c0%ae%c0%ae", "..;"};
    const std::vector<std::string> slashes{"/", "%2f", "%5c", "%252f", "%c0%af"};
    for (const auto& dot : dots)
      for (const auto& slash : slashes) {
        out.push_back(dot + slash + dot + slash + "etc" + slash + "passwd");
        out.push_back("a" + slash + dot + slash + dot + slash + "admin-token");
      }
    for (const char* more : {"%2fetc%2fpasswd", "a%00", "%2e", "..", "~", "file:%2f%2f%2fetc",
                             "a%0d%0aX-Y:%20z", "a%2f", "%2fa", "a%2f%2fb", "CON", "a%ff"})
      out.push_back(more);
    return out;
  }();
  return kPayloads;
}

TEST_F(AccessTest, TraversalFailsInEveryStringOfEveryRoute) {
  EXPECT_GE(traversal_payloads().size(), 60u);
  for (const Route& route : api->routes().routes()) {
    for (const std::string& payload : traversal_payloads()) {
      std::vector<std::string> targets;
      for (const char* param : {"{run}", "{name}", "{task}", "{token}"}) {
        const std::size_t place = route.path.find(param);
        if (place == std::string_view::npos) continue;
        Route other = route;
        const std::string path =
            std::string(route.path).replace(place, std::string_view(param).size(), payload);
        other.path = path;
        targets.push_back(target_of(other));
      }
      for (const std::string& target : targets) {
        const Answer answer = ask({.method = std::string(route.method), .target = target});
        EXPECT_TRUE(answer.status == 400 || answer.status == 404) << target << answer.status;
        EXPECT_EQ(answer.body.find("root:"), std::string::npos);
      }
      for (const Field& field : route.query) {
        const Answer answer =
            ask({.method = std::string(route.method),
                 .target = target_of(route) + "?" + std::string(field.name) + "=" + payload});
        EXPECT_LT(answer.status, 500) << target_of(route) << field.name << payload;
        EXPECT_EQ(answer.body.find("root:"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace gantry::api
