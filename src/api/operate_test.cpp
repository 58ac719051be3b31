// Retry, phases, holds and bulk actions through the Api.
#include "api/api_fixture.h"

namespace gantry::api {
namespace {

class OperateTest : public ApiFixture {};

constexpr const char* kTwo = "tasks:\n  a: {run: \"true\"}\n  b: {run: \"true\", needs: [a]}\n";

TEST_F(OperateTest, ARetryIsAPhase) {
  define("w", kTwo);
  runner.script("b", {testing::fails(3), testing::succeeds()});
  const auto run = start("w");
  EXPECT_EQ(at(finished(run), "state"), "failed");
  const Answer slip = post(run_path(run, "/retry"), R"({"from":"bb"})");
  EXPECT_EQ(slip.status, 409);
  EXPECT_NE(slip.body.find("did you mean 'b'"), std::string::npos) << slip.body;
  const Answer retried = post(run_path(run, "/retry"));
  EXPECT_EQ(retried.status, 202) << retried.body;
  EXPECT_EQ(at(retried.json(), "phase"), "2");
  const Value end = finished(run);
  EXPECT_EQ(at(end, "state"), "succeeded");
  EXPECT_EQ(at(end, "phase"), "2");
  const Value phases = get(run_path(run, "/phases")).json();
  EXPECT_EQ(at(phases, "items.0.state"), "failed");
  EXPECT_EQ(at(phases, "items.0.kind"), "forward");
  EXPECT_EQ(at(phases, "items.1.state"), "succeeded");
  EXPECT_EQ(at(phases, "items.1.kind"), "retry");
  const Value attempts = get(run_path(run, "/attempts?task=b")).json();
  EXPECT_EQ(at(attempts, "items.0.generation"), "1");
  EXPECT_EQ(at(attempts, "items.1.generation"), "2");
  EXPECT_EQ(at(attempts, "items.2"), "-");
  EXPECT_EQ(post(run_path(run, "/retry")).status, 409);
  EXPECT_EQ(post("/api/v1/runs/77/retry").status, 404);
}

TEST_F(OperateTest, ManyRetriesWithOneKeyAtOnceAreOne) {
  define("w", kTwo);
  runner.script("a", {testing::fails(1), testing::fails(1), testing::fails(1)});
  const auto run = start("w");
  finished(run);
  std::vector<std::future<FakeResponder::Received>> answers;
  for (int i = 0; i < 20; ++i)
    answers.push_back(send({.method = "POST",
                            .target = run_path(run, "/retry"),
                            .headers = {{"idempotency-key", "k"}}}));
  int begun = 0;
  for (auto& future : answers) {
    const Answer answer = wait(std::move(future));
    begun += answer.status == 202 ? 1 : 0;
    EXPECT_TRUE(answer.status == 202 || answer.status == 200 || answer.status == 409)
        << answer.body;
  }
  EXPECT_EQ(begun, 1);
  EXPECT_EQ(at(finished(run), "phase"), "2");
  const Answer other = ask({.method = "POST",
                            .target = run_path(run, "/retry"),
                            .body = R"({"newest":true})",
                            .headers = {{"idempotency-key", "k"}}});
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(at(other.json(), "code"), "already_exists");
}

TEST_F(OperateTest, WhatIsPausedWaitsAndSaysSo) {
  define("w", kTwo);
  runner.script("a", {testing::runs_on()});
  const auto run = start("w");
  runner.wait_started("a");
  EXPECT_EQ(at(post(run_path(run, "/pause")).json(), "paused"), "true");
  runner.finish(RunNo{run}, "a");
  EXPECT_EQ(at(get(run_path(run)).json(), "paused"), "true");
  EXPECT_NE(get(run_path(run, "/why")).body.find("is paused"), std::string::npos);
  EXPECT_EQ(at(post("/api/v1/server/pause", R"({"note":"a backup"})").json(), "paused"), "true");
  EXPECT_EQ(post(run_path(run, "/resume")).status, 200);
  EXPECT_NE(get(run_path(run, "/why")).body.find("a backup"), std::string::npos);
  EXPECT_EQ(post("/api/v1/server/resume").status, 200);
  EXPECT_EQ(at(finished(run), "state"), "succeeded");
  EXPECT_EQ(post(run_path(run, "/pause")).status, 409);
}

TEST_F(OperateTest, ADisabledWorkflowTakesNoRequests) {
  define("w", kTwo);
  EXPECT_EQ(at(post("/api/v1/workflows/w/disable", R"({"note":"why"})").json(), "disabled"),
            "true");
  const Answer refused = post("/api/v1/workflows/w/runs");
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("why"), std::string::npos) << refused.body;
  EXPECT_EQ(at(get("/api/v1/workflows/w").json(), "disabled"), "true");
  EXPECT_EQ(post("/api/v1/workflows/w/enable").status, 200);
  EXPECT_EQ(at(finished(start("w")), "state"), "succeeded");
  EXPECT_EQ(post("/api/v1/workflows/none/pause").status, 404);
}

TEST_F(OperateTest, EachRunOfABulkActionHasItsAnswer) {
  define("w", kTwo);
  runner.script("a", {testing::fails(1), testing::succeeds(), testing::succeeds()});
  finished(start("w"));
  finished(start("w"));
  const Answer done = post("/api/v1/runs/bulk", R"({"action":"retry","numbers":[1,2,9]})");
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(at(done.json(), "items.0.ok"), "true");
  EXPECT_EQ(at(done.json(), "items.1.code"), "failed_precondition");
  EXPECT_EQ(at(done.json(), "items.2.code"), "not_found");
  finished(1);
  const Answer none = post("/api/v1/runs/bulk", R"({"action":"retry","workflow":"w"})");
  EXPECT_EQ(none.body, R"({"items":[],"more":false})");
  for (const char* bad :
       {R"({"action":"retry"})", R"({"action":"undo","numbers":[1]})", R"({"numbers":[1]})",
        R"({"action":"retry","numbers":[]})", R"({"action":"retry","numbers":[1,1]})",
        R"({"action":"retry","numbers":[0]})", R"({"action":"retry","numbers":["1"]})",
        R"({"action":"cancel","newest":true,"numbers":[1]})",
        R"({"action":"cancel","state":["open"]})"})
    EXPECT_EQ(post("/api/v1/runs/bulk", bad).status, 400) << bad;
}

TEST_F(OperateTest, ABulkRetryWithAKeyIsOnePhaseOfEachRun) {
  define("w", kTwo);
  runner.script("a", {testing::fails(1), testing::fails(1), testing::fails(1), testing::fails(1)});
  finished(start("w"));
  finished(start("w"));
  const auto bulk = [this](const std::string& body, const std::string& key) {
    return ask({.method = "POST",
                .target = "/api/v1/runs/bulk",
                .body = body,
                .headers = {{"idempotency-key", key}}});
  };
  const std::string both = R"({"action":"retry","numbers":[1,2]})";
  for (int i = 0; i < 3; ++i) {
    const Answer done = bulk(both, "k");
    EXPECT_EQ(at(done.json(), "items.0.ok"), "true") << done.body;
    EXPECT_EQ(at(done.json(), "items.1.ok"), "true") << done.body;
    EXPECT_EQ(at(finished(1), "phase"), "2");
    EXPECT_EQ(at(finished(2), "phase"), "2");
  }
  const Answer other = bulk(R"({"action":"retry","numbers":[1],"newest":true})", "k");
  EXPECT_EQ(at(other.json(), "items.0.code"), "already_exists") << other.body;
  EXPECT_EQ(at(bulk(both, "k2").json(), "items.1.ok"), "true");
  EXPECT_EQ(at(finished(2), "phase"), "3");
  EXPECT_EQ(bulk(R"({"action":"retry","workflow":"w"})", "k3").status, 400);
  EXPECT_EQ(bulk(R"({"action":"cancel","numbers":[1]})", "k3").status, 400);
}

}  // namespace
}  // namespace gantry::api
