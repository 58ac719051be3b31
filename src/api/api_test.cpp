#include "api/api.h"

#include "api/api_fixture.h"

namespace gantry::api {
namespace {

constexpr const char* kTwoTasks = R"(
title: Sales of ${{ params.day }}
params:
  day: {type: date, default: "2026-01-31"}
  rows: {type: int, default: 5, min: 1, max: 100}
tasks:
  extract: {run: "true"}
  load: {run: "true", needs: [extract]}
  clean: {run: "true", needs: [load]}
)";

class ApiTest : public ApiFixture {};

TEST_F(ApiTest, HealthIsOpenAndSaysThatTheEngineWorks) {
  const Answer answer = ask({.target = "/api/v1/health", .token = ""});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(at(answer.json(), "status"), "ok");
  EXPECT_EQ(at(answer.json(), "engine.healthy"), "true");
}

TEST_F(ApiTest, ARunFromRequestToEnd) {
  define("etl/sales", kTwoTasks);
  const Answer started = post("/api/v1/workflows/etl%2Fsales/runs", R"({"params":{"rows":7}})");
  ASSERT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(started.header("Location"), "/api/v1/runs/1");
  EXPECT_EQ(at(started.json(), "number"), "1");

  const Value run = finished(1);
  EXPECT_EQ(at(run, "state"), "succeeded");
  EXPECT_EQ(at(run, "workflow"), "etl/sales");
  EXPECT_EQ(at(run, "version"), "1");
  EXPECT_EQ(at(run, "title"), "Sales of 2026-01-31");
  EXPECT_EQ(at(run, "params.rows"), "7");
  EXPECT_EQ(at(run, "cause"), "request");
  EXPECT_EQ(at(run, "initiator"), "admin");
  EXPECT_EQ(at(run, "reason"), "null");
  const Value tasks = get("/api/v1/runs/1/tasks").json();
  EXPECT_EQ(at(tasks, "items.0.task"), "extract");
  EXPECT_EQ(at(tasks, "items.2.task"), "clean");
  EXPECT_EQ(at(tasks, "items.2.needs.0"), "load");
  EXPECT_EQ(at(tasks, "items.2.state"), "succeeded");
  EXPECT_EQ(at(tasks, "items.2.exit_code"), "0");
  const Value attempts = get("/api/v1/runs/1/attempts?task=load").json();
  EXPECT_EQ(at(attempts, "items.0.task"), "load");
  EXPECT_EQ(at(attempts, "items.0.attempt"), "1");
  EXPECT_EQ(at(attempts, "items.1"), "-");
  const Value history = get("/api/v1/runs/1/history").json();
  EXPECT_EQ(at(history, "items.0.what"), "run_created");
  EXPECT_EQ(at(history, "items.0.actor"), "admin");
  EXPECT_EQ(at(history, "items.0.details.workflow"), "etl/sales");
}

TEST_F(ApiTest, TasksThatHaveNotBegunAreListedAsPending) {
  define("w", kTwoTasks);
  runner.script("extract", {testing::runs_on()});
  const auto run = start("w");
  runner.wait_started("extract");
  const Value tasks = get(run_path(run, "/tasks")).json();
  EXPECT_EQ(at(tasks, "items.0.state"), "running");
  EXPECT_EQ(at(tasks, "items.0.exit_code"), "null");
  EXPECT_EQ(at(tasks, "items.1.state"), "pending");
  EXPECT_EQ(at(tasks, "items.2.task"), "clean");
  const Value pending = get(run_path(run, "/tasks?state=pending,queued&limit=1")).json();
  EXPECT_EQ(at(pending, "items.0.task"), "load");
  EXPECT_EQ(at(pending, "items.1"), "-");
  const Value next =
      get(run_path(run, "/tasks?state=pending&limit=1&cursor=" + at(pending, "next_cursor")))
          .json();
  EXPECT_EQ(at(next, "items.0.task"), "clean");
  EXPECT_EQ(at(next, "next_cursor"), "null");
  EXPECT_TRUE(runner.finish(RunNo{run}, "extract"));
  EXPECT_EQ(at(finished(run), "state"), "succeeded");
}

TEST_F(ApiTest, ARunIsFoundByItsNumberAndByTheNameOfItsWorkflow) {
  define("etl/sales", kTwoTasks);
  start("etl/sales");
  const auto second = start("etl/sales");
  EXPECT_EQ(at(get("/api/v1/runs/etl%2Fsales").json(), "number"), std::to_string(second));
  EXPECT_EQ(get("/api/v1/runs/etl%2Fother").status, 404);
  EXPECT_EQ(get("/api/v1/runs/3").status, 404);
  EXPECT_EQ(get("/api/v1/runs/99999999999999999999").status, 404);
  EXPECT_EQ(get("/api/v1/runs/0").status, 404);
}

TEST_F(ApiTest, RunsAreFoundByTheLabelsOfTheirVersion) {
  const std::string labelled = std::string("labels: {team: data, tier: 'a=b'}\n") + kTwoTasks;
  define("a", labelled);
  define("b", kTwoTasks);
  for (const char* workflow : {"a", "b", "a"}) finished(start(workflow));
  const Value oldest = get("/api/v1/runs?label=team&sort=oldest").json();
  EXPECT_EQ(at(oldest, "items.0.number"), "1");
  EXPECT_EQ(at(oldest, "items.1.number"), "3");
  EXPECT_EQ(at(oldest, "items.0.labels.team"), "data");
  EXPECT_EQ(at(oldest, "items.0.log_removed_at"), "null");
  const Value both = get("/api/v1/runs?label=team%3Ddata&label=tier%3Da%3Db").json();
  EXPECT_EQ(at(both, "items.0.number"), "3");
  EXPECT_EQ(at(get("/api/v1/runs?label=team%3Dother").json(), "items.0"), "-");
  EXPECT_EQ(get("/api/v1/runs?label=").status, 400);
  const Answer refused = get("/api/v1/runs?sort=duration");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(at(refused.json(), "detail").find("newest, oldest"), std::string::npos);
}

TEST_F(ApiTest, RunsAreListedNewestFirstByPagesAndFilters) {
  define("a", kTwoTasks);
  define("b", kTwoTasks);
  runner.script("load", {testing::succeeds(), testing::succeeds(), testing::fails(3)});
  for (const char* workflow : {"a", "b", "a"}) finished(start(workflow));
  const Value page = get("/api/v1/runs?limit=2").json();
  EXPECT_EQ(at(page, "items.0.number"), "3");
  EXPECT_EQ(at(page, "items.1.number"), "2");
  const Value rest = get("/api/v1/runs?limit=2&cursor=" + at(page, "next_cursor")).json();
  EXPECT_EQ(at(rest, "items.0.number"), "1");
  EXPECT_EQ(at(rest, "next_cursor"), "null");
  EXPECT_EQ(at(get("/api/v1/runs?workflow=b").json(), "items.0.number"), "2");
  EXPECT_EQ(at(get("/api/v1/runs?state=failed&state=cancelled").json(), "items.0.number"), "3");
  EXPECT_EQ(at(get("/api/v1/runs?state=failed").json(), "items.1"), "-");
  EXPECT_EQ(at(get("/api/v1/runs?cause=timer").json(), "items.0"), "-");
  EXPECT_EQ(at(get("/api/v1/runs?created_from=2100-01-01T00:00:00Z").json(), "items.0"), "-");
  EXPECT_EQ(at(get("/api/v1/runs?created_before=2100-01-01T00:00:00Z").json(), "items.2.number"),
            "1");
}

TEST_F(ApiTest, TheSameKeyMakesOneRun) {
  define("w", kTwoTasks);
  define("v", kTwoTasks);
  const Ask once{.method = "POST",
                 .target = "/api/v1/workflows/w/runs",
                 .body = R"({"params":{"rows":"7"}})",
                 .headers = {{"idempotency-key", "k1"}}};
  EXPECT_EQ(ask(once).status, 201);
  const Answer again = ask(once);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(at(again.json(), "number"), "1");
  EXPECT_EQ(again.header("Location"), "/api/v1/runs/1");
  Ask other = once;
  other.body = R"({"params":{"rows":8}})";
  const Answer refused = ask(other);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(at(refused.json(), "code"), "already_exists");
  EXPECT_EQ(post("/api/v1/workflows/v/runs", R"({"key":"k1"})").status, 201);
  EXPECT_EQ(post("/api/v1/workflows/w/runs", R"({"key":"k2"})").status, 201);
  EXPECT_EQ(at(get("/api/v1/runs?key=k1&workflow=w").json(), "items.0.number"), "1");
}

TEST_F(ApiTest, ManyRequestsWithOneKeyAtOnceMakeOneRun) {
  define("w", kTwoTasks);
  std::vector<std::future<FakeResponder::Received>> answers;
  for (int i = 0; i < 40; ++i)
    answers.push_back(send({.method = "POST",
                            .target = "/api/v1/workflows/w/runs",
                            .headers = {{"idempotency-key", "k"}}}));
  int created = 0;
  for (auto& future : answers) {
    const Answer answer = wait(std::move(future));
    created += answer.status == 201 ? 1 : 0;
    EXPECT_TRUE(answer.status == 201 || answer.status == 200 || answer.status == 409)
        << answer.body;
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(at(get("/api/v1/runs").json(), "items.1"), "-");
}

TEST_F(ApiTest, AStartThatIsRefusedSaysWhy) {
  define("w", kTwoTasks);
  const Answer unknown = post("/api/v1/workflows/none/runs");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(at(unknown.json(), "code"), "not_found");
  const Answer param = post("/api/v1/workflows/w/runs", R"({"params":{"rowz":7}})");
  EXPECT_EQ(param.status, 400);
  EXPECT_NE(param.body.find("did you mean 'rows'"), std::string::npos) << param.body;
  EXPECT_EQ(post("/api/v1/workflows/w/runs", R"({"params":{"rows":101}})").status, 400);
  EXPECT_EQ(post("/api/v1/workflows/w/runs", R"({"params":[1]})").status, 400);
  EXPECT_EQ(post("/api/v1/workflows/w/runs", "[]").status, 400);
  EXPECT_EQ(post("/api/v1/workflows/w/runs", "{").status, 400);
  const Answer member = post("/api/v1/workflows/w/runs", R"({"parms":{}})");
  EXPECT_EQ(member.status, 400);
  EXPECT_NE(member.body.find("did you mean 'params'"), std::string::npos) << member.body;
  EXPECT_EQ(at(get("/api/v1/runs").json(), "items.0"), "-");
}

TEST_F(ApiTest, CancelEndsARunAndAnEndedRunCanNotBeCancelled) {
  define("w", kTwoTasks);
  runner.script("extract", {testing::runs_on()});
  const auto run = start("w");
  runner.wait_started("extract");
  const Answer cancelled = post(run_path(run, "/cancel"));
  EXPECT_EQ(cancelled.status, 202) << cancelled.body;
  const Value end = finished(run);
  EXPECT_EQ(at(end, "state"), "cancelled");
  EXPECT_EQ(at(end, "cancel_requested"), "true");
  const Answer late = post(run_path(run, "/cancel"));
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(at(late.json(), "code"), "failed_precondition");
  EXPECT_EQ(post("/api/v1/runs/77/cancel").status, 404);
}

TEST_F(ApiTest, APersonResolvesATask) {
  define("w", "tasks:\n  pay: {run: \"true\", on_interrupt: ask}\n");
  runner.script("pay", {{.state = model::AttemptState::Interrupted,
                         .reason = model::Reason::Interrupted,
                         .exit_code = -1}});
  const auto run = start("w");
  runner.wait_started("pay");
  std::string state;
  while (state != "waiting") state = at(get(run_path(run, "/tasks")).json(), "items.0.state");
  const Value why = get(run_path(run, "/why?task=pay")).json();
  EXPECT_NE(at(why, "reasons.0").find("waits for a decision"), std::string::npos);
  EXPECT_EQ(post(run_path(run, "/tasks/pay/resolve"), R"({"as":"done"})").status, 400);
  EXPECT_EQ(post(run_path(run, "/tasks/pay/resolve")).status, 400);
  EXPECT_EQ(post(run_path(run, "/tasks/none/resolve"), R"({"as":"failed"})").status, 404);
  const Answer resolved = post(run_path(run, "/tasks/pay/resolve"), R"({"as":"succeeded"})");
  EXPECT_EQ(resolved.status, 202) << resolved.body;
  EXPECT_EQ(at(finished(run), "state"), "succeeded");
}

TEST_F(ApiTest, WhyKnowsOpenAndClosedRuns) {
  define("w", kTwoTasks);
  runner.script("extract", {testing::runs_on()});
  const auto run = start("w");
  runner.wait_started("extract");
  const Value open = get(run_path(run, "/why?task=load")).json();
  EXPECT_NE(at(open, "reasons.0").find("waits for extract"), std::string::npos)
      << at(open, "reasons.0");
  EXPECT_EQ(get(run_path(run, "/why?task=nothing")).status, 404);
  const Answer zh = ask({.target = run_path(run, "/why?task=load"),
                         .headers = {{"accept-language", "zh-CN,en;q=0.5"}}});
  EXPECT_NE(zh.body.find("等待"), std::string::npos) << zh.body;
  EXPECT_TRUE(runner.finish(RunNo{run}, "extract", testing::fails(3)));
  finished(run);
  const Value closed = get(run_path(run, "/why")).json();
  EXPECT_NE(at(closed, "reasons.0").find("failed"), std::string::npos);
  EXPECT_EQ(at(closed, "reasons.1"), "extract: failed with exit status 3");
  EXPECT_EQ(at(get(run_path(run, "/why?task=load")).json(), "reasons.0"),
            "upstream_failed: extract (failed)");
  const Answer closed_zh = ask({.target = run_path(run, "/why?task=load"),
                                .headers = {{"accept-language", "zh-CN,en;q=0.5"}}});
  EXPECT_NE(closed_zh.body.find("上游失败：extract (失败)"), std::string::npos) << closed_zh.body;
  EXPECT_EQ(get(run_path(run, "/why?task=nothing")).status, 404);
}

TEST_F(ApiTest, WaitAnswersAtTheTimeoutOfARunThatGoesOn) {
  define("w", kTwoTasks);
  runner.script("extract", {testing::runs_on()});
  const auto run = start("w");
  EXPECT_EQ(at(get(run_path(run, "/wait?timeout=0s")).json(), "state"), "running");
  EXPECT_EQ(at(get(run_path(run, "/wait?timeout=1ms")).json(), "state"), "running");
  EXPECT_EQ(watch.size(), 0u);
  EXPECT_EQ(get(run_path(run, "/wait?timeout=6m")).status, 400);
  EXPECT_EQ(get(run_path(run, "/wait?timeout=soon")).status, 400);
  runner.wait_started("extract");
  runner.finish(RunNo{run}, "extract");
}

TEST_F(ApiTest, NoWaiterMissesTheEndOfItsRun) {
  define("w", "tasks:\n  a: {run: \"true\"}\n");
  for (int i = 0; i < 50; ++i) {
    const auto run = start("w");
    std::vector<std::future<FakeResponder::Received>> waiters;
    for (int k = 0; k < 4; ++k)
      waiters.push_back(send({.target = run_path(run, "/wait?timeout=5m")}));
    for (auto& waiter : waiters)
      EXPECT_EQ(at(wait(std::move(waiter)).json(), "state"), "succeeded");
  }
  EXPECT_EQ(watch.size(), 0u);
}

TEST_F(ApiTest, WorkflowsAndVersionsAreListed) {
  define("etl/sales", kTwoTasks);
  define("etl/sales", std::string(kTwoTasks) + "  more: {pass: true}\n");
  define("other", "tasks:\n  a: {pass: true}\ntriggers:\n  - every: 1h\n");
  const Value all = get("/api/v1/workflows?limit=1").json();
  EXPECT_EQ(at(all, "items.0.name"), "etl/sales");
  EXPECT_EQ(at(all, "items.0.version"), "2");
  const Value next = get("/api/v1/workflows?limit=1&cursor=" + at(all, "next_cursor")).json();
  EXPECT_EQ(at(next, "items.0.name"), "other");
  EXPECT_EQ(at(next, "items.0.triggers.0.every"), "1h");
  EXPECT_EQ(at(get("/api/v1/workflows?prefix=oth").json(), "items.0.name"), "other");
  const Value one = get("/api/v1/workflows/etl%2Fsales").json();
  EXPECT_EQ(at(one, "tasks.3.task"), "more");
  EXPECT_EQ(at(one, "params.1.max"), "100");
  EXPECT_EQ(get("/api/v1/workflows/etl").status, 404);
  const Value stored = get("/api/v1/workflows/etl%2Fsales/versions").json();
  EXPECT_EQ(at(stored, "items.0.version"), "2");
  EXPECT_EQ(at(stored, "items.1.version"), "1");
  EXPECT_EQ(get("/api/v1/workflows/none/versions").status, 404);
  const Value version = get("/api/v1/workflows/etl%2Fsales/versions/1").json();
  EXPECT_EQ(at(version, "version"), "1");
  EXPECT_EQ(at(version, "hash"), at(stored, "items.1.hash"));
  EXPECT_NE(at(version, "text").find("tasks:"), std::string::npos);
  for (const char* none : {"3", "0", "x", "1x", "99999999999999999999"})
    EXPECT_EQ(get(std::string("/api/v1/workflows/etl%2Fsales/versions/") + none).status, 404)
        << none;
}

TEST_F(ApiTest, LintTellsPlaceCodeAndSuggestion) {
  const Answer bad = post("/api/v1/lint?name=etl%2Fx", "tasks:\n  a:\n    runn: echo\n");
  EXPECT_EQ(bad.status, 200);
  const Value json = bad.json();
  EXPECT_EQ(at(json, "valid"), "false");
  EXPECT_EQ(at(json, "diagnostics.0.file"), "etl/x.yaml");
  EXPECT_EQ(at(json, "diagnostics.1.line"), "3");
  EXPECT_EQ(at(json, "diagnostics.1.column"), "5");
  EXPECT_EQ(at(json, "diagnostics.1.code"), "unknown-key");
  EXPECT_EQ(at(json, "diagnostics.1.suggestion"), "run");
  EXPECT_EQ(at(post("/api/v1/lint", "tasks:\n  a: {run: echo}\n").json(), "valid"), "true");
  EXPECT_EQ(at(post("/api/v1/lint", "").json(), "valid"), "false");
}

TEST_F(ApiTest, PoolsShowWhatIsInUse) {
  define("w", "tasks:\n  q: {run: \"true\", pool: db, slots: 2}\n  r: {run: \"true\", pool: db}\n");
  runner.script("q", {testing::runs_on()});
  const auto run = start("w");
  runner.wait_started("q");
  const Value pools = get("/api/v1/pools").json();
  EXPECT_EQ(at(pools, "items.0.name"), "local");
  EXPECT_EQ(at(pools, "items.0.used"), "1");
  EXPECT_EQ(at(pools, "items.1.name"), "db");
  EXPECT_EQ(at(pools, "items.1.slots"), "2");
  EXPECT_EQ(at(pools, "items.1.used"), "2");
  EXPECT_EQ(at(pools, "items.1.queued"), "1");
  runner.finish(RunNo{run}, "q");
  finished(run);
}

}  // namespace
}  // namespace gantry::api
