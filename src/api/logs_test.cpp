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

TEST_F(LogsTest, ARevokedTokenEndsTheFollowing) {
  const auto [run, attempt] = running_attempt();
  logs.add(attempt, "before");
  const Answer made = post("/api/v1/tokens", R"({"name":"wall","role":"viewer"})");
  auto responder = std::make_shared<FakeResponder>(loop);
  auto received = responder->received();
  std::promise<void> seen;
  responder->on_write = [&seen](const std::string&) { seen.set_value(); };
  api->handler()(request_of({.target = run_path(run, "/tasks/a/log?follow"),
                             .token = at(made.json(), "token")}),
                 std::move(responder));
  seen.get_future().wait();
  EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/tokens/wall"}).status, 200);
  EXPECT_FALSE(received.get().ended);  // comes when the follower has let go
  runner.finish(RunNo{run}, "a");
}

class LogViewTest : public LogsTest {
 protected:
  // A finished attempt with 1,200 lines, each a second after the one before; each hundredth on
  // stderr.
  LogViewTest() {
    std::tie(run, attempt) = running_attempt();
    for (int i = 1; i <= 1'200; ++i)
      logs.add(attempt, "line " + std::to_string(i),
               i % 100 == 0 ? runner::LogStream::Stderr : runner::LogStream::Stdout,
               Instant{} + seconds(i));
    runner.finish(RunNo{run}, "a");
    finished(run);
  }
  Answer log(const std::string& query) { return get(run_path(run, "/tasks/a/log?" + query)); }
  static std::string numbers(const Answer& answer) {
    std::string out;
    for (const std::string_view line : split(answer.body, '\n'))
      if (!line.empty()) out += at(parse_json(line).value(), "line") + " ";
    return out;
  }

  std::int64_t run = 0;
  AttemptId attempt;
};

TEST_F(LogViewTest, TailAndPagesBeforeIt) {
  const Answer tail = log("tail=2");
  EXPECT_EQ(numbers(tail), "1199 1200 ");
  EXPECT_EQ(tail.header("Gantry-Previous"), "1199");
  EXPECT_EQ(tail.header("Gantry-Next"), "1201");
  EXPECT_EQ(tail.header("Gantry-Complete"), "true");
  const Answer before = log("before=1199&limit=3");
  EXPECT_EQ(numbers(before), "1196 1197 1198 ");
  EXPECT_EQ(before.header("Gantry-Next"), "1199");
  EXPECT_EQ(before.header("Gantry-Complete"), "false");
  EXPECT_EQ(numbers(log("before=3")), "1 2 ");
  EXPECT_EQ(log("before=3").header("Gantry-Previous"), "");
  const Answer large = log("tail=1100&limit=2");
  EXPECT_EQ(numbers(large), "101 102 ");
}

TEST_F(LogViewTest, LinesAreSelectedByStreamTimeAndText) {
  EXPECT_EQ(numbers(log("stream=stderr&limit=2")), "100 200 ");
  EXPECT_EQ(numbers(log("stream=stderr&tail=2")), "1100 1200 ");
  EXPECT_EQ(numbers(log("since=1970-01-01T00:19:58Z")), "1198 1199 1200 ");
  EXPECT_EQ(numbers(log("search=line%20119&limit=3")), "119 1190 1191 ");
  EXPECT_EQ(numbers(log("search=LINE%207&ignore_case&limit=1")), "7 ");
  EXPECT_EQ(numbers(log("search=LINE")), "");
  EXPECT_EQ(numbers(log("regex=%5Eline%20.00%24&stream=stderr&tail=1")), "900 ");
  EXPECT_EQ(numbers(log("regex=9%24&from=30&limit=1")), "39 ");
  EXPECT_EQ(log("search=nothing").header("Gantry-At-End"), "true");
}

TEST_F(LogViewTest, WhatDoesNotGoTogetherIsRefused) {
  for (const char* query : {"search=a&regex=b", "tail=1&from=2", "tail=1&before=2", "ignore_case",
                            "from=1&before=2", "regex=(", "stream=stdin", "search=", "stamps",
                            "tail=2000&search=a", "since=yesterday", "format=xml", "before=0"})
    EXPECT_EQ(log(query).status, 400) << query;
}

TEST_F(LogViewTest, TheWholeLogIsATextFile) {
  const Answer text = log("format=text");
  EXPECT_EQ(text.status, 200);
  EXPECT_TRUE(text.ended);
  EXPECT_EQ(count_lines(text.body), 1'200u);
  EXPECT_EQ(text.body.substr(0, 14), "line 1\nline 2\n");
  EXPECT_EQ(text.header("Content-Disposition"), "attachment; filename=\"" + std::to_string(run) +
                                                    "-a.1.1.log\"; filename*=UTF-8''" +
                                                    std::to_string(run) + "-a.1.1.log");
  EXPECT_EQ(log("format=text&tail=2").body, "line 1199\nline 1200\n");
  EXPECT_EQ(log("format=text&tail=2&stamps").body,
            "1970-01-01T00:19:59.000000Z stdout F line 1199\n"
            "1970-01-01T00:20:00.000000Z stderr F line 1200\n");
  EXPECT_EQ(log("format=text&before=3").status, 200);
  EXPECT_EQ(log("format=text&before=3").body, "line 1\nline 2\n");
  EXPECT_EQ(log("format=text&from=5&limit=1").body, "line 5\n");
  EXPECT_EQ(log("format=text&search=line%2099&tail=2").body, "line 998\nline 999\n");
  EXPECT_EQ(log("follow&tail=1").body.find("\"line\":1200"), 1u);
}

TEST_F(LogsTest, TextHasTheBytesOfTheTaskWithItsPartsPutTogether) {
  const auto [run, attempt] = running_attempt();
  logs.add(attempt, "long \xff", runner::LogStream::Stdout, {}, true);
  logs.add(attempt, "line");
  logs.add(attempt, "torn", runner::LogStream::Stdout, {}, true);
  logs.add(attempt, "other", runner::LogStream::Stderr);
  logs.add(attempt, "no end", runner::LogStream::Stderr, {}, true);
  EXPECT_EQ(get(run_path(run, "/tasks/a/log?format=text")).body,
            "long \xffline\ntorn\nother\nno end");
  runner.finish(RunNo{run}, "a");
}

TEST_F(LogsTest, AllTasksOfARunAreSearched) {
  define("w", "tasks:\n  a: {run: \"true\"}\n  b: {run: \"true\", needs: [a]}\n");
  runner.script("a", {testing::succeeds()});
  runner.script("b", {testing::succeeds()});
  const auto run = start("w");
  finished(run);
  const auto started = runner.started();
  ASSERT_EQ(started.size(), 2u);
  for (int i = 0; i < 3; ++i) {
    logs.add(started[0].id, "a needle " + std::to_string(i));
    logs.add(started[0].id, "hay");
    logs.add(started[1].id, "b needle " + std::to_string(i));
  }
  std::string found;
  std::string cursor;
  int pages = 0;
  do {
    const Value page = get(run_path(run, "/logs?search=needle&limit=2&cursor=" + cursor)).json();
    for (const Value& item : page.find("items")->as_list())
      found += at(item, "task") + at(item, "line") + " ";
    cursor = at(page, "next_cursor");
    ++pages;
  } while (cursor != "null" && pages < 10);
  EXPECT_EQ(found, "a1 a3 a5 b1 b2 b3 ");
  EXPECT_EQ(at(get(run_path(run, "/logs?search=b%20n&limit=1")).json(), "items.0.text"),
            "b needle 0");
  EXPECT_EQ(get(run_path(run, "/logs?cursor=nonsense")).status, 400);
  EXPECT_EQ(get("/api/v1/runs/99999/logs?search=a").status, 404);
}

}  // namespace
}  // namespace gantry::api
