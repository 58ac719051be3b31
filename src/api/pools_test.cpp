// Slots of pools that a person sets through the Api.
#include "api/api_fixture.h"

namespace gantry::api {
namespace {

class PoolsTest : public ApiFixture {
 protected:
  Answer put(const std::string& pool, const std::string& body) {
    return ask({.method = "PUT", .target = "/api/v1/pools/" + pool, .body = body});
  }
  Answer reset(const std::string& pool) {
    return ask({.method = "DELETE", .target = "/api/v1/pools/" + pool});
  }
  std::string pool(const std::string& member) {
    return at(get("/api/v1/pools").json(), "items.1." + member);
  }
};

constexpr const char* kThree =
    "tasks:\n  a: {run: \"true\", pool: db}\n  b: {run: \"true\", pool: db}\n"
    "  c: {run: \"true\", pool: db}\n";

TEST_F(PoolsTest, WhoSetTheSlotsIsShownUntilTheyAreTakenBack) {
  const Value set = put("db", R"({"slots":5,"note":"a busy night"})").json();
  EXPECT_EQ(at(set, "slots"), "5");
  EXPECT_EQ(at(set, "configured"), "2");
  EXPECT_EQ(at(set, "set_by"), "admin");
  EXPECT_EQ(at(set, "note"), "a busy night");
  EXPECT_EQ(pool("name"), "db");
  EXPECT_EQ(pool("slots"), "5");
  EXPECT_NE(pool("set_at"), "null");
  const Value back = reset("db").json();
  EXPECT_EQ(at(back, "slots"), "2");
  EXPECT_EQ(at(back, "set_by"), "null");
  EXPECT_EQ(reset("db").status, 200);  // harmless to repeat
}

TEST_F(PoolsTest, TheSlotsHoldOverARestart) {
  EXPECT_EQ(put("db", R"({"slots":7})").status, 200);
  store.fail_call(1, store::MemoryFault::LostAnswer, true);
  EXPECT_EQ(put("db", R"({"slots":8})").status, 503);
  store.heal();
  // The commit whose answer was lost is found by the recovery.
  while (post("/api/v1/tokens", R"({"name":"later"})").status == 503) {
  }
  EXPECT_EQ(pool("slots"), "8");
}

TEST_F(PoolsTest, LoweringEndsNothingAndZeroStartsNothing) {
  define("w", kThree);
  for (const char* task : {"a", "b", "c"}) runner.script(task, {testing::runs_on()});
  const auto run = start("w");
  runner.wait_started("a");
  runner.wait_started("b");
  EXPECT_EQ(at(put("db", R"({"slots":0})").json(), "used"), "2");
  runner.finish(RunNo{run}, "a");
  runner.finish(RunNo{run}, "b");
  const std::string why = get(run_path(run, "/why?task=c")).body;
  EXPECT_NE(why.find("pool db"), std::string::npos) << why;
  EXPECT_NE(why.find("admin set its slots"), std::string::npos) << why;
  EXPECT_EQ(at(get(run_path(run, "/tasks")).json(), "items.2.state"), "queued");
  EXPECT_EQ(put("db", R"({"slots":1})").status, 200);
  runner.wait_started("c");
  runner.finish(RunNo{run}, "c");
  EXPECT_EQ(at(finished(run), "state"), "succeeded");
}

TEST_F(PoolsTest, APoolThatATaskWaitsForCanBeGivenSlots) {
  define("w", "tasks:\n  a: {run: \"true\", pool: later}\n");
  const auto run = start("w");
  const auto waits = [&] { return at(get("/api/v1/pools").json(), "items.2.name") == "later"; };
  while (!waits()) {
  }
  EXPECT_EQ(at(get("/api/v1/pools").json(), "items.2.configured"), "null");
  EXPECT_EQ(put("later", R"({"slots":1})").status, 200);
  EXPECT_EQ(at(finished(run), "state"), "succeeded");
  EXPECT_EQ(at(reset("later").json(), "slots"), "0");
  EXPECT_EQ(reset("later").status, 404);
}

TEST_F(PoolsTest, WhatIsNoPoolOrNoNumberIsRefused) {
  EXPECT_EQ(put("dbx", R"({"slots":1})").status, 404);
  EXPECT_EQ(put("*", R"({"slots":1})").status, 404);
  EXPECT_EQ(put("local", R"({"slots":1})").status, 409);
  EXPECT_EQ(reset("local").status, 409);
  for (const char* body : {"", "{}", R"({"slots":-1})", R"({"slots":100001})", R"({"slots":"2"})",
                           R"({"slots":1.5})", R"({"slots":1,"slot":2})"})
    EXPECT_EQ(put("db", body).status, 400) << body;
}

TEST_F(PoolsTest, TheAuditRecordTellsWhatWasSet) {
  EXPECT_EQ(put("db", R"({"slots":5,"note":"n"})").status, 200);
  EXPECT_EQ(reset("db").status, 200);
  EXPECT_EQ(put("dbx", R"({"slots":5})").status, 404);
  const Value audit = get("/api/v1/audit?action=pool.limit").json();
  EXPECT_EQ(at(audit, "items.0.outcome"), "not_found");
  EXPECT_EQ(at(audit, "items.1.target"), "pools/db");
  EXPECT_EQ(at(audit, "items.1.details.slots"), "-");
  EXPECT_EQ(at(audit, "items.2.details.slots"), "5");
  EXPECT_EQ(at(audit, "items.2.details.note"), "n");
  EXPECT_EQ(at(audit, "items.2.outcome"), "ok");
}

}  // namespace
}  // namespace gantry::api
