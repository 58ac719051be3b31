#include "api/api_fixture.h"

namespace gantry::api {
namespace {

class LogsTest : public ApiFixture {
 protected:
  // A run whose only task `a` runs until it is finished; its attempt.
  std::pair<std::int64_t, AttemptId> running_attempt() {
    define("w", "tasks:\n  a: {run: \"true\"}\n");
    runner.script("a", {testing::runs_on()});
    const auto run = start("w");
    runner.wait_started("a");
    return {run, runner.started().front().id};
  }
};

std::size_t count_lines(const std::string& body) {
  return static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n'));
}

TEST_F(LogsTest, PagesGoOnWhereTheLastEnded) {
  const auto [run, attempt] = running_attempt();
  for (int i = 0; i < 5; ++i) logs.add(attempt, "line " + std::to_string(i));
  const Answer first = get(run_path(run, "/tasks/a/log?limit=2"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(count_lines(first.body), 2u);
  EXPECT_EQ(first.header("Gantry-Next"), "3");
  EXPECT_EQ(first.header("Gantry-Attempt"), "1");
  EXPECT_EQ(first.header("Gantry-Complete"), "false");
  const Answer rest = get(run_path(run, "/tasks/a/log?from=3"));
  EXPECT_EQ(rest.body.substr(0, rest.body.find('\n')),
            R"({"line":3,"at":"1970-01-01T00:00:00.000000Z",)"
            R"("stream":"stdout","part":false,"text":"line 2"})");
  EXPECT_EQ(rest.header("Gantry-Complete"), "false") << "the attempt still runs";
  runner.finish(RunNo{run}, "a");
  finished(run);
  EXPECT_EQ(get(run_path(run, "/tasks/a/log?from=6")).header("Gantry-Complete"), "true");
  EXPECT_EQ(get(run_path(run, "/tasks/a/log?limit=2")).header("Gantry-Complete"), "false");
}

TEST_F(LogsTest, HostileBytesStayInsideTheirLine) {
  const auto [run, attempt] = running_attempt();
  logs.add(attempt, "a\"b\\c\x01\xff</script>\r");
  const Answer answer = get(run_path(run, "/tasks/a/log"));
  EXPECT_EQ(count_lines(answer.body), 1u);
  EXPECT_EQ(at(answer.json(), "text"), "a\"b\\c\x01\xEF\xBF\xBD</script>\r");
  runner.finish(RunNo{run}, "a");
}

TEST_F(LogsTest, AttemptsAreChosenByNumber) {
  define("w", "tasks:\n  a: {run: \"true\", retry: {limit: 1, delay: 0s}}\n");
  runner.script("a", {testing::fails(1), testing::succeeds()});
  const auto run = start("w");
  finished(run);
  const auto started = runner.started();
  ASSERT_EQ(started.size(), 2u);
  logs.add(started[0].id, "first");
  logs.add(started[1].id, "second");
  EXPECT_EQ(at(get(run_path(run, "/tasks/a/log?attempt=1")).json(), "text"), "first");
  EXPECT_EQ(at(get(run_path(run, "/tasks/a/log")).json(), "text"), "second");
  EXPECT_EQ(get(run_path(run, "/tasks/a/log?attempt=3")).status, 404);
  EXPECT_EQ(get(run_path(run, "/tasks/a/log?generation=2")).status, 404);
  EXPECT_EQ(get(run_path(run, "/tasks/b/log")).status, 404);
}

TEST_F(LogsTest, FollowingEndsWithTheAttemptAndLosesNoLine) {
  const auto [run, attempt] = running_attempt();
  logs.add(attempt, "before");
  auto responder = std::make_shared<FakeResponder>(loop);
  auto received = responder->received();
  std::promise<void> seen;
  responder->on_write = [&, first = true](const std::string&) mutable {
    if (first) seen.set_value();
    first = false;
  };
  api->handler()(request_of({.target = run_path(run, "/tasks/a/log?follow=1")}),
                 std::move(responder));
  seen.get_future().wait();
  for (int i = 0; i < 2500; ++i) logs.add(attempt, "line " + std::to_string(i));
  runner.finish(RunNo{run}, "a");
  const auto got = received.get();
  EXPECT_TRUE(got.streamed);
  EXPECT_TRUE(got.ended);
  EXPECT_EQ(count_lines(got.response.body), 2501u);
  EXPECT_NE(got.response.body.find("line 2499"), std::string::npos);
}

// A page that is larger than what may wait to be sent goes in parts, at the pace of the reader.
TEST_F(LogsTest, LargePagesAreSentInParts) {
  const auto [run, attempt] = running_attempt();
  for (int i = 0; i < 300; ++i) logs.add(attempt, std::string(16'000, 'x'));
  runner.finish(RunNo{run}, "a");
  finished(run);
  auto responder = std::make_shared<FakeResponder>(loop);
  auto received = responder->received();
  std::size_t before = 0;
  std::size_t largest = 0;
  responder->on_write = [&](const std::string& all) {
    largest = std::max(largest, all.size() - before);
    before = all.size();
  };
  api->handler()(request_of({.target = run_path(run, "/tasks/a/log?follow=1")}),
                 std::move(responder));
  const auto got = received.get();
  EXPECT_TRUE(got.ended);
  EXPECT_EQ(count_lines(got.response.body), 300u);
  EXPECT_LE(largest, 256u << 10);
}

TEST_F(LogsTest, AClientThatLeavesEndsTheFollowing) {
  const auto [run, attempt] = running_attempt();
  logs.add(attempt, "before");
  auto responder = std::make_shared<FakeResponder>(loop);
  auto received = responder->received();
  FakeResponder& client = *responder;
  client.on_write = [&client](const std::string&) { client.gone_ = true; };
  api->handler()(request_of({.target = run_path(run, "/tasks/a/log?follow")}),
                 std::move(responder));
  EXPECT_FALSE(received.get().ended);  // comes when the follower has let go
  runner.finish(RunNo{run}, "a");
}

}  // namespace
}  // namespace gantry::api
