#include <condition_variable>

#include "api/api_fixture.h"

namespace gantry::api {
namespace {

// A client that takes what is written, or has stopped taking.
class StreamClient : public net::Responder {
 public:
  explicit StreamClient(net::Loop& loop) : loop_(loop) {}

  void respond(net::Response response) override {
    take(response.body);
    const MutexLock lock(mutex_);
    status_ = response.status;
    headers_ = std::move(response.headers);
    over_ = true;
    changed_.notify_all();
  }
  void begin_stream(net::Response head) override { take(head.body); }
  bool write(std::string chunk) override {
    take(chunk);
    return !gone_;
  }
  void end() override {
    const MutexLock lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }
  void when_sent(std::function<void()> task) override {
    const MutexLock lock(mutex_);
    if (stalled_)
      held_.push_back(std::move(task));
    else
      loop_.post(std::move(task));
  }
  bool gone() const override { return gone_; }

  void stall() {
    const MutexLock lock(mutex_);
    stalled_ = true;
  }
  void go_on() {
    const MutexLock lock(mutex_);
    stalled_ = false;
    for (auto& task : held_) loop_.post(std::move(task));
    held_.clear();
  }
  void leave() { gone_ = true; }

  // Blocks until it is there; all that came so far.
  std::string wait_for(const std::string& text) {
    return wait([&]() REQUIRES(mutex_) { return text_.find(text) != std::string::npos; });
  }
  std::string wait_over() {
    return wait([&]() REQUIRES(mutex_) { return over_; });
  }
  std::size_t bytes() const {
    const MutexLock lock(mutex_);
    return text_.size();
  }
  int status() const {
    const MutexLock lock(mutex_);
    return status_;
  }
  std::string header(std::string_view name) const {
    const MutexLock lock(mutex_);
    for (const auto& [key, value] : headers_)
      if (key == name) return value;
    return {};
  }

 private:
  void take(const std::string& text) {
    const MutexLock lock(mutex_);
    text_ += text;
    changed_.notify_all();
  }
  template <typename Done>
  std::string wait(Done done) {
    const MutexLock lock(mutex_);
    while (!done()) changed_.wait(mutex_);
    return text_;
  }

  net::Loop& loop_;
  mutable Mutex mutex_;
  Condition changed_;
  std::string text_;
  int status_ = 200;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::vector<std::function<void()>> held_;
  bool stalled_ = false;
  bool over_ = false;
  std::atomic<bool> gone_{false};
};

struct Event {
  std::int64_t id = 0;
  std::string name;
  Value data;
};

std::vector<Event> events_of(const std::string& text) {
  std::vector<Event> out;
  for (std::size_t at = 0, end = 0; (end = text.find("\n\n", at)) != std::string::npos;
       at = end + 2) {
    Event event;
    for (const std::string_view line : split(std::string_view(text).substr(at, end - at), '\n')) {
      if (line.starts_with("id: ")) event.id = std::atoll(std::string(line.substr(4)).c_str());
      if (line.starts_with("event: ")) event.name = line.substr(7);
      if (line.starts_with("data: ")) event.data = parse_json(line.substr(6)).value();
    }
    if (!event.name.empty()) out.push_back(std::move(event));
  }
  return out;
}

// The last event of that name.
Event last_of(const std::string& text, const std::string& name) {
  Event out;
  for (Event& event : events_of(text))
    if (event.name == name) out = std::move(event);
  return out;
}

class StreamTest : public ApiFixture {
 protected:
  StreamTest() {
    pace.pause = milliseconds(2);
    replace_api(all_routes());
    define("sales", "tasks:\n  load: {run: \"true\"}\n  report: {run: \"true\", needs: [load]}\n");
  }

  using ClientPtr = std::shared_ptr<StreamClient>;
  ClientPtr open(const std::string& topics, const std::string& query = {},
                 const std::string& last_event_id = {}, bool stalled = false) {
    auto client = std::make_shared<StreamClient>(loop);
    if (stalled) client->stall();
    Ask ask{.target = "/api/v1/stream?topics=" + topics + query};
    if (!last_event_id.empty()) ask.headers = {{"last-event-id", last_event_id}};
    api->handler()(request_of(ask), client);
    return client;
  }
  static std::string finished_run(std::int64_t run) {
    return "\"number\":" + std::to_string(run) + ",";
  }
  static const std::string kSucceeded;
};
const std::string StreamTest::kSucceeded = "\"state\":\"succeeded\",\"reason\":null,\"outcome\"";

TEST_F(StreamTest, BeginsWithThePositionThenTellsRunsAsTheListShowsThem) {
  const ClientPtr client = open("runs");
  const Event ready = events_of(client->wait_for("event: ready")).front();
  EXPECT_EQ(at(ready.data, "position"), std::to_string(ready.id));
  const std::int64_t run = start("sales");
  finished(run);
  const std::string text = client->wait_for(kSucceeded);
  EXPECT_EQ(text.find("event: task"), std::string::npos);
  const Event last = last_of(text, "run");
  EXPECT_GT(last.id, ready.id);
  EXPECT_EQ(to_json(last.data), to_json(get(run_path(run)).json()));
}

TEST_F(StreamTest, ARunComesWithItsTasksAndAttempts) {
  runner.script("load", {testing::runs_on()});
  const std::int64_t run = start("sales");
  const ClientPtr client = open("run:" + std::to_string(run));
  client->wait_for("event: ready");
  runner.wait_started("load", 1);
  ASSERT_TRUE(runner.finish(RunNo{run}, "load"));
  finished(run);
  const std::string text = client->wait_for(kSucceeded);
  const Event task = last_of(text, "task");
  EXPECT_EQ(at(task.data, "task"), "report");
  EXPECT_EQ(at(task.data, "run"), std::to_string(run));
  EXPECT_EQ(to_json(task.data),
            to_json(*get(run_path(run, "/tasks")).json().find("items")->as_list().rbegin()));
  EXPECT_EQ(at(last_of(text, "attempt").data, "state"), "succeeded");
}

TEST_F(StreamTest, GoesOnWhereItEnded) {
  const ClientPtr first = open("runs");
  const std::int64_t id = events_of(first->wait_for("event: ready")).front().id;
  first->leave();
  const std::int64_t run = start("sales");
  finished(run);
  for (const ClientPtr& client :
       {open("runs", "&after=" + std::to_string(id)), open("runs", "", std::to_string(id))}) {
    const std::string text = client->wait_for(kSucceeded);
    EXPECT_EQ(text.find("event: resync"), std::string::npos);
  }
}

TEST_F(StreamTest, WhatIsForgottenIsAResync) {
  finished(start("sales"));
  feed.on_recovered(Position{feed.position().value + 5});  // as if a commit's answer was lost
  const ClientPtr client = open("runs", "&after=1");
  const Event resync = last_of(client->wait_for("event: resync"), "resync");
  EXPECT_EQ(at(resync.data, "position"), std::to_string(resync.id));
  EXPECT_EQ(resync.id, feed.position().value);
  const ClientPtr ahead = open("runs", "&after=999999999");
  ahead->wait_for("event: resync");
}

TEST_F(StreamTest, AReaderThatStallsIsSentNothingMoreAndThenEachObjectOnce) {
  const ClientPtr slow = open("runs", "", "", true);
  slow->wait_for("event: ready");
  const std::size_t before = slow->bytes();
  const ClientPtr quick = open("runs");
  quick->wait_for("event: ready");
  std::int64_t last = 0;
  for (int i = 0; i < 20; ++i) finished(last = start("sales"));
  quick->wait_for(finished_run(last));
  EXPECT_EQ(slow->bytes(), before);
  slow->go_on();
  const std::string text = slow->wait_for(finished_run(last));
  std::map<std::string, int> told;
  for (const Event& event : events_of(text))
    if (event.name == "run") ++told[at(event.data, "number")];
  EXPECT_EQ(told.size(), 20u);
  for (const auto& [number, times] : told) EXPECT_EQ(times, 1) << number;
}

TEST_F(StreamTest, AReaderTooFarBehindGetsAResyncAndNoGap) {
  const ClientPtr slow = open("runs", "", "", true);
  slow->wait_for("event: ready");
  finished(start("sales"));
  feed.on_recovered(Position{feed.position().value + 1});
  slow->go_on();
  const std::string text = slow->wait_for("event: resync");
  EXPECT_EQ(last_of(text, "run").id, 0);
}

TEST_F(StreamTest, WorkflowsAndTheirRuns) {
  const ClientPtr all = open("workflows");
  const ClientPtr one = open("workflow:other");
  all->wait_for("event: ready");
  one->wait_for("event: ready");
  define("other", "tasks:\n  a: {run: \"true\"}\n");
  const Event workflow = last_of(all->wait_for("event: workflow"), "workflow");
  EXPECT_EQ(at(workflow.data, "name"), "other");
  finished(start("sales"));
  const std::int64_t run = start("other");
  finished(run);
  const std::string text = one->wait_for(kSucceeded);
  EXPECT_EQ(at(last_of(text, "workflow").data, "name"), "other");
  for (const Event& event : events_of(text))
    if (event.name == "run") {
      EXPECT_EQ(at(event.data, "workflow"), "other");
    }
}

TEST_F(StreamTest, PoolsAndTheServer) {
  const ClientPtr client = open("pools,server");
  client->wait_for("event: pools");
  const std::string text = client->wait_for("event: server");
  EXPECT_EQ(at(last_of(text, "pools").data, "items.0.name"), "local");
  EXPECT_EQ(at(last_of(text, "server").data, "status"), "ok");
  EXPECT_EQ(last_of(text, "server").id, 0);
}

TEST_F(StreamTest, AHeartbeatCarriesThePosition) {
  pace.heartbeat = milliseconds(4);
  replace_api(all_routes());
  const ClientPtr client = open("workflow:none");
  client->wait_for("event: ready");
  finished(start("sales"));
  const std::string end = std::to_string(feed.position().value);
  client->wait_for(": heartbeat\nid: " + end + "\n\n");
}

TEST_F(StreamTest, TooManyAreRefused) {
  pace.readers_max = 1;
  replace_api(all_routes());
  const ClientPtr first = open("runs");
  first->wait_for("event: ready");
  ClientPtr second = open("runs");
  second->wait_over();
  EXPECT_EQ(second->status(), 503);
  EXPECT_EQ(second->header("Retry-After"), "1");
  first->leave();
  // Its place is free once the next step has seen that it left.
  do {
    second = open("runs");
    second->wait_for("{");
  } while (second->status() == 503);
}

TEST_F(StreamTest, EndsWhenTheServerStops) {
  const ClientPtr client = open("runs");
  client->wait_for("event: ready");
  api->end_streams();
  client->wait_over();
  EXPECT_EQ(get("/api/v1/stream?topics=runs").status, 503);
}

TEST_F(StreamTest, EndsWithTheTokenThatOpenedIt) {
  for (const std::string expires : {"1h", "1s"}) {
    const Answer made =
        post("/api/v1/tokens", R"({"name":"wall","role":"viewer","expires":")" + expires + "\"}");
    ASSERT_EQ(made.status, 201) << made.body;
    const auto client = std::make_shared<StreamClient>(loop);
    const Ask as_wall{.target = "/api/v1/stream?topics=runs", .token = at(made.json(), "token")};
    api->handler()(request_of(as_wall), client);
    client->wait_for("event: ready");
    const ClientPtr other = open("runs");
    const bool revoked = expires == "1h";
    if (revoked) {
      EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/tokens/wall"}).status, 200);
    }
    const Event last = last_of(client->wait_over(), "closed");
    EXPECT_EQ(at(last.data, "reason"), revoked ? "revoked" : "expired");
    finished(start("sales"));
    other->wait_for(kSucceeded);
  }
}

TEST_F(StreamTest, ASessionsStreamEndsWithTheTokenThatTheSessionCameFrom) {
  const std::string token = at(post("/api/v1/tokens", R"({"name":"desk"})").json(), "token");
  const Answer in =
      ask({.method = "POST", .target = "/login", .body = "token=" + token, .token = ""});
  const std::string cookie = in.header("Set-Cookie");
  Ask as_session{.target = "/api/v1/stream?topics=runs", .token = ""};
  as_session.headers = {{"cookie", cookie.substr(0, cookie.find(';'))}};
  const auto client = std::make_shared<StreamClient>(loop);
  api->handler()(request_of(as_session), client);
  client->wait_for("event: ready");
  const ClientPtr other = open("runs");
  EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/tokens/desk"}).status, 200);
  EXPECT_EQ(at(last_of(client->wait_over(), "closed").data, "reason"), "revoked");
  EXPECT_EQ(ask(as_session).status, 401);
  finished(start("sales"));
  other->wait_for(kSucceeded);
}

TEST_F(StreamTest, BadRequestsAreToldWhy) {
  EXPECT_EQ(get("/api/v1/stream").status, 400);
  EXPECT_EQ(get("/api/v1/stream?topics=all").status, 400);
  EXPECT_EQ(get("/api/v1/stream?topics=run:77").status, 404);
  EXPECT_EQ(
      ask({.target = "/api/v1/stream?topics=runs", .headers = {{"last-event-id", "x"}}}).status,
      400);
  EXPECT_EQ(ask({.target = "/api/v1/stream?topics=runs", .token = ""}).status, 401);
  EXPECT_EQ(ask({.method = "HEAD", .target = "/api/v1/stream?topics=runs"}).status, 200);
}

}  // namespace
}  // namespace gantry::api
