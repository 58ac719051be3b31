// What every route does alike: parameters, methods, languages, trouble below, headers.
#include "api/api_fixture.h"

namespace gantry::api {
namespace {

constexpr const char* kOneTask = "tasks:\n  extract: {run: \"true\"}\n";

class RequestTest : public ApiFixture {};

TEST_F(RequestTest, UnknownAndMalformedParametersAreNamed) {
  const Answer unknown = get("/api/v1/runs?stat=failed");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_NE(unknown.body.find("did you mean 'state'"), std::string::npos) << unknown.body;
  for (const char* query :
       {"limit=0", "limit=1001", "limit=ten", "limit=", "limit=1&limit=2", "state=done", "cause=me",
        "created_from=yesterday", "cursor=none-of-ours", "limit=1%", "=1", "key=%FF"})
    EXPECT_EQ(get(std::string("/api/v1/runs?") + query).status, 400) << query;
  EXPECT_EQ(get("/api/v1/health?x=1").status, 400);
}

TEST_F(RequestTest, TheMethodAndTheContentTypeMustFit) {
  const Answer wrong = ask({.method = "DELETE", .target = "/api/v1/runs"});
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD");
  EXPECT_EQ(ask({.method = "HEAD", .target = "/api/v1/runs"}).status, 200);
  EXPECT_EQ(ask({.method = "POST",
                 .target = "/api/v1/workflows/w/runs",
                 .body = "a=b",
                 .headers = {{"content-type", "application/x-www-form-urlencoded"}}})
                .status,
            415);
  EXPECT_EQ(ask({.target = "/api/v1/runs", .body = "{}"}).status, 400);
}

TEST_F(RequestTest, ProblemsSpeakTheReadersLanguage) {
  const Answer zh =
      ask({.target = "/api/v1/runs/9", .headers = {{"accept-language", "zh-CN, en;q=0.8"}}});
  EXPECT_EQ(at(zh.json(), "title"), "未找到");
  EXPECT_EQ(at(zh.json(), "code"), "not_found");
  EXPECT_EQ(at(zh.json(), "status"), "404");
  EXPECT_EQ(zh.header("Content-Language"), "zh");
  EXPECT_EQ(at(get("/api/v1/runs/9").json(), "title"), "Not found");
}

TEST_F(RequestTest, AStoreThatCanNotBeWrittenIs503WithRetryAfter) {
  define("w", kOneTask);
  store.fail_call(1, store::MemoryFault::Refused, true);
  const Answer refused = post("/api/v1/workflows/w/runs");
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(at(refused.json(), "code"), "unavailable");
}

TEST_F(RequestTest, AStoppedEngineIs503ForAllThatNeedsIt) {
  define("w", kOneTask);
  engine->stop();
  for (const Answer& answer : {post("/api/v1/workflows/w/runs"), get("/api/v1/pools")}) {
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("Retry-After"), "1");
  }
  EXPECT_EQ(get("/api/v1/workflows").status, 200);
}

TEST_F(RequestTest, FullWorkersAre503) {
  workers.stop();
  const Answer answer = get("/api/v1/runs");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "1");
}

TEST_F(RequestTest, EveryAnswerForbidsCachingAndGuessing) {
  for (const char* target : {"/api/v1/health", "/api/v1/runs", "/api/v1/none"}) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << target;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << target;
  }
}

TEST_F(RequestTest, ADefinitionThatIsStillTheSameIsNotSentAgain) {
  define("w", "tasks: {a: {run: \"true\"}}");
  for (const std::string target :
       {"/api/v1/workflows/w", "/api/v1/workflows/w/versions", "/api/v1/openapi.json"}) {
    const Answer first = get(target);
    const std::string tag = first.header("ETag");
    EXPECT_EQ(first.header("Cache-Control"), "private, no-cache");
    ASSERT_GT(tag.size(), 2u) << target;
    const Answer same = ask({.target = target, .headers = {{"if-none-match", tag}}});
    EXPECT_EQ(same.status, 304) << target;
    EXPECT_EQ(same.body, "");
    EXPECT_EQ(same.header("ETag"), tag);
    const Answer other = ask({.target = target, .headers = {{"if-none-match", "\"x\""}}});
    EXPECT_EQ(other.status, 200);
    EXPECT_EQ(other.body, first.body);
  }
  const std::string tag = get("/api/v1/workflows/w").header("ETag");
  EXPECT_EQ(post("/api/v1/workflows/w/pause").status, 200);
  EXPECT_NE(get("/api/v1/workflows/w").header("ETag"), tag) << "it tells that it is paused";
  EXPECT_EQ(post("/api/v1/workflows/w/resume").status, 200);
  EXPECT_EQ(get("/api/v1/workflows/w").header("ETag"), tag);
  define("w", "tasks: {a: {run: \"false\"}}");
  EXPECT_NE(get("/api/v1/workflows/w").header("ETag"), tag);
  EXPECT_EQ(ask({.target = "/api/v1/workflows/none", .headers = {{"if-none-match", "*"}}}).status,
            404);
  EXPECT_EQ(get("/api/v1/runs").header("ETag"), "");
}

}  // namespace
}  // namespace gantry::api
