// Backfills over HTTP: which dates they have, and that none is run twice.
#include <fmt/format.h>

#include "api/api_fixture.h"

namespace gantry::api {
namespace {

constexpr const char* kTwoTimers = R"(
timezone: Asia/Shanghai
params:
  size: {type: int, default: 1, max: 100}
triggers:
  - {id: night, cron: "0 2 * * *"}
  - {id: often, cron: "0 */6 * * *"}
tasks:
  a: {pass: true}
)";

class BackfillsTest : public ApiFixture {
 public:
  void SetUp() override {
    ApiFixture::SetUp();
    define("w", kTwoTimers);
  }

  static ValueMap dates(ValueList list, const std::string& trigger = "night") {
    return {{"dates", Value(std::move(list))}, {"trigger", trigger}};
  }
  Answer plan(ValueMap body) {
    return post("/api/v1/workflows/w/backfill-plan", to_json(Value(std::move(body))));
  }
  Answer begin(ValueMap body, const std::string& key = "") {
    std::vector<std::pair<std::string, std::string>> headers;
    if (!key.empty()) headers.emplace_back("idempotency-key", key);
    return ask({.method = "POST",
                .target = "/api/v1/workflows/w/backfills",
                .body = to_json(Value(std::move(body))),
                .headers = std::move(headers)});
  }
  // "2026-01-05 skipped run 1 is succeeded; ..."
  std::string planned(ValueMap body) {
    const Answer answer = plan(std::move(body));
    const Value json = answer.json();
    if (answer.status != 200) return at(json, "detail");
    std::string out;
    for (const Value& date : json.find("dates")->as_list())
      out += fmt::format("{} {} {}; ", at(date, "date"), at(date, "fate"), at(date, "message"));
    return out;
  }
  void wait_for_end(int backfill) {
    const std::string path = fmt::format("/api/v1/backfills/{}", backfill);
    while (at(get(path).json(), "state") == "running") std::this_thread::yield();
  }
};

TEST_F(BackfillsTest, ADateThatAnOtherTimerHasRunIsNotRun) {
  ASSERT_EQ(begin(dates({"2026-01-05"}, "often")).status, 201);
  wait_for_end(1);
  EXPECT_EQ(planned(dates({"2026-01-05"}, "often")), "2026-01-05 skipped run 1 is succeeded; ");
  EXPECT_EQ(planned(dates({"2026-01-05"})), "2026-01-05 pending null; ");
  EXPECT_EQ(planned(dates({"2026-01-05"}, "")), "2026-01-05 skipped run 1 is succeeded; ");
}

TEST_F(BackfillsTest, TheSameRequestAgainHasTheSameAnswer) {
  const Answer first = begin(dates({"2026-01-05", "2026-01-06"}), "k");
  ASSERT_EQ(first.status, 201) << first.body;
  wait_for_end(1);
  const Answer again = begin(dates({"2026-01-05", "2026-01-06"}), "k");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  ValueMap other = dates({"2026-01-05", "2026-01-06"});
  other.emplace_back("already_run", "all");
  EXPECT_EQ(begin(other, "k").status, 409);
  EXPECT_EQ(begin(dates({"2026-01-05"}), "k").status, 409);
  EXPECT_EQ(get("/api/v1/runs").json().find("items")->as_list().size(), 2u);
}

TEST_F(BackfillsTest, WhatAnOtherOneHasIsItsOwn) {
  ValueMap body = dates({"2026-01-05", "2026-01-06"});
  ASSERT_EQ(post("/api/v1/workflows/w/pause", "{}").status, 200);
  ASSERT_EQ(begin(body).status, 201);
  EXPECT_EQ(planned(dates({"2026-01-06", "2026-01-07"})),
            "2026-01-06 skipped backfill 1 has it; 2026-01-07 pending null; ");
  ValueMap all = dates({"2026-01-06"});
  all.emplace_back("already_run", "all");
  EXPECT_EQ(planned(all), "2026-01-06 pending null; ");
}

TEST_F(BackfillsTest, TheTimerMakesItsRunsItself) {
  const std::string refused = planned(dates({"2999-01-05"}));
  EXPECT_NE(refused.find("lies in the future"), std::string::npos) << refused;
}

TEST_F(BackfillsTest, WhatMayNotBeExpectedIsTold) {
  const Answer answer = plan(dates({"2026-01-05"}, "often"));
  EXPECT_EQ(
      at(answer.json(), "warnings.0"),
      "timer 'often' fires 4 times on 2026-01-05; a backfill makes one run of a date, that of "
      "the first");
  EXPECT_EQ(plan(dates({"2026-01-05"})).json().find("warnings")->as_list().size(), 0u);
  schedule::CalendarParts parts;
  parts.name = "office";
  parts.years = std::set<int>{2026};
  calendars.push_back({"office", "", false, schedule::Calendar::make(parts).value(), {}});
  define("c", "triggers: [{id: t, cron: '0 2 * * *', calendar: office}]\ntasks: {a: {pass: true}}");
  const Answer years =
      post("/api/v1/workflows/c/backfill-plan", R"({"from":"2020-01-02","to":"2020-01-03"})");
  EXPECT_NE(at(years.json(), "warnings.0").find("2020"), std::string::npos) << years.body;
}

TEST_F(BackfillsTest, APlanChecksAllThatIsGiven) {
  ValueMap body = dates({"2026-01-05"});
  body.emplace_back("params", Value(ValueMap{{"size", 101}}));
  EXPECT_EQ(planned(body), "param 'size': the value 101 is above the maximum of 100");
  ValueMap days = dates({"2026-01-05"});
  days.emplace_back("days", "scheduled");
  EXPECT_NE(planned(days).find("goes with 'from' and 'to'"), std::string::npos);
}

}  // namespace
}  // namespace gantry::api
