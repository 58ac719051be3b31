// What the tests of api share: an engine in its thread on a store in memory, with scripted
// attempts, a loop in its thread, and requests handed to the Api without a socket.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <thread>

#include "api/api.h"
#include "base/files.h"
#include "base/json.h"
#include "spec/load.h"
#include "store/memory_store.h"
// tidy: allow include - only tests include this fixture
#include "testing/fake_runner.h"

namespace gantry::api {

inline const std::string kToken = "0123456789abcdef0123456789abcdef";

// Keeps what it is sent; wait() blocks until the answer is whole or was dropped.
class FakeResponder : public net::Responder {
 public:
  explicit FakeResponder(net::Loop& loop) : loop_(loop) {}
  ~FakeResponder() override { settle(); }  // dropped
  FakeResponder(const FakeResponder&) = delete;
  FakeResponder& operator=(const FakeResponder&) = delete;

  struct Received {
    net::Response response;
    bool streamed = false;
    bool ended = false;  // false: dropped without an end
  };
  std::future<Received> received() { return promise_.get_future(); }
  // Called after every write with all that came so far.
  std::function<void(const std::string&)> on_write;

  void respond(net::Response response) override {
    data_ = {std::move(response), false, true};
    settle();
  }
  void begin_stream(net::Response head) override { data_ = {std::move(head), true, false}; }
  bool write(std::string chunk) override {
    data_.response.body += chunk;
    if (on_write) on_write(data_.response.body);
    return !gone_;
  }
  void end() override {
    data_.ended = true;
    settle();
  }
  void when_sent(std::function<void()> task) override { loop_.post(std::move(task)); }
  bool gone() const override { return gone_; }

  std::atomic<bool> gone_{false};

 private:
  void settle() {
    if (settled_) return;
    settled_ = true;
    promise_.set_value(data_);
  }

  net::Loop& loop_;
  Received data_;
  bool settled_ = false;
  std::promise<Received> promise_;
};

class NoFiles : public spec::FileSource {
 public:
  Result<model::VersionFile> read(const std::string& path) const override {
    return error(Code::NotFound, path);
  }
  Result<std::vector<std::string>> glob(const std::string&) const override {
    return std::vector<std::string>();
  }
};

// Versions as the app provides them: from the store.
class StoredVersions : public engine::VersionSource {
 public:
  explicit StoredVersions(store::Store& store) : store_(store) {}
  model::WorkflowProvided load(VersionId version) override {
    auto reader = store_.new_reader().value();
    const std::string name = reader->version(version).value().workflow_name;
    auto loaded = spec::load_stored(reader->definition(version).value().text, name);
    return {version,
            std::make_shared<const model::Workflow>(std::move(loaded.definition->workflow)), "",
            ""};
  }

 private:
  store::Store& store_;
};

// The logs of attempts, as files.
class FakeLogs {
 public:
  FakeLogs() {
    std::string pattern = ::testing::TempDir() + "gantry-logs-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~FakeLogs() { (void)remove_tree(directory_); }
  FakeLogs(const FakeLogs&) = delete;
  FakeLogs& operator=(const FakeLogs&) = delete;

  void add(AttemptId attempt, const std::string& text,
           runner::LogStream stream = runner::LogStream::Stdout, Instant at = {},
           bool part = false) {
    const Fd fd = open_file(path(attempt), O_WRONLY | O_CREAT | O_APPEND).value();
    ASSERT_TRUE(write_all(fd.get(), runner::format_log_line({0, at, stream, part, text})).ok());
  }
  std::string path(AttemptId attempt) const {
    return directory_ + "/" + std::to_string(attempt.value) + ".log";
  }

 private:
  std::string directory_;
};

struct Ask {
  std::string method = "GET";
  std::string target;
  std::string body = {};
  std::string token = kToken;  // empty: none
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string host = "127.0.0.1:7400";
  std::string peer = "127.0.0.1:5";
};

struct Answer {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  bool ended = false;

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
  Value json() const {
    auto parsed = parse_json(body);
    EXPECT_TRUE(parsed.ok()) << body;
    return parsed.ok() ? *parsed : Value();
  }
};

// The member at "items.0.state" as text; "-" if it is not there.
inline std::string at(const Value& root, std::string_view path) {
  const Value* value = &root;
  for (const std::string_view step : split(path, '.')) {
    if (value->is(Value::Kind::List)) {
      const auto index = static_cast<std::size_t>(std::atoi(std::string(step).c_str()));
      if (index >= value->as_list().size()) return "-";
      value = &value->as_list()[index];
    } else {
      value = value->find(step);
      if (value == nullptr) return "-";
    }
  }
  return value->is(Value::Kind::Null) ? "null" : to_text(*value);
}

// So that only the tests of rates meet any.
inline RateLimits no_limits() {
  const limits::Rate much{1e6, 1e6};
  return {much, much, much, much, much, much};
}

class ApiFixture : public ::testing::Test {
 protected:
  ApiFixture() {
    engine::Options options;
    options.boot_id = "boot";
    options.limits.pools["db"] = 2;
    options.on_commit = [this](std::span<const model::Change> changes, Position first) {
      watch.on_commit(changes);
      feed.on_commit(changes, first);
      credentials.on_commit(changes);
    };
    options.on_recovered = [this](Position last) {
      feed.on_recovered(last);
      EXPECT_TRUE(credentials.load(*store.new_reader().value()).ok());
    };
    engine = std::make_unique<engine::Engine>(options, clock, store, runner, versions);
    runner.connect([this](model::AttemptReport report) { engine->report(std::move(report)); });
    EXPECT_TRUE(engine->recover().ok());
    api = make_api(all_routes());
    keep_alive = loop.every(hours(1), [] {});
    loop_thread = std::thread([this] { loop.run(); });
    engine->start();
  }
  ~ApiFixture() override {
    engine->stop();
    workers.stop();
    loop.stop();
    loop_thread.join();
  }

  std::unique_ptr<Api> make_api(std::vector<Route> routes) {
    Services services{
        .engine = *engine,
        .run_watch = watch,
        .feed = feed,
        .new_reader = [this] { return store.new_reader(); },
        .log_path = [this](const model::AttemptRow& attempt,
                           const std::string&) { return logs.path(attempt.id); },
        .workers = workers,
        .loop = loop,
        .clock = clock,
        .data_dir = "",
        .version = "test",
        .started_at = {},
        .credentials = credentials,
        .gate = {kToken, {"gantry.example.org"}, {"https://gantry.example.org"}, rates},
        .begin_backup = begin_backup,
        .collect = collect,
        .stream_pace = pace,
        .people = [this] { return people; },
        .calendars = [this] { return calendars; }};
    return std::make_unique<Api>(std::move(services), std::move(routes));
  }

  // The one before stays: a worker may still be busy in it after its answer has come.
  void replace_api(std::vector<Route> routes) {
    replaced.push_back(std::exchange(api, make_api(std::move(routes))));
  }

  // Hands the request in; the answer comes later.
  std::future<FakeResponder::Received> send(const Ask& ask) {
    auto responder = std::make_shared<FakeResponder>(loop);
    auto received = responder->received();
    api->handler()(request_of(ask), std::move(responder));
    return received;
  }
  Answer ask(const Ask& ask) { return wait(send(ask)); }
  Answer get(const std::string& target) { return ask({.target = target}); }
  Answer post(const std::string& target, const std::string& body = {}) {
    return ask({.method = "POST", .target = target, .body = body});
  }
  static Answer wait(std::future<FakeResponder::Received> future) {
    auto got = future.get();
    return {got.response.status, got.response.body, got.response.headers, got.ended};
  }

  static net::Request request_of(const Ask& ask) {
    net::Request request;
    request.method = ask.method;
    request.target = ask.target;
    const std::size_t question = ask.target.find('?');
    request.path = ask.target.substr(0, question);
    if (question != std::string::npos) request.query = ask.target.substr(question + 1);
    request.headers = ask.headers;
    if (!ask.host.empty()) request.headers.emplace_back("host", ask.host);
    if (!ask.token.empty()) request.headers.emplace_back("authorization", "Bearer " + ask.token);
    request.body = ask.body;
    request.peer = ask.peer;
    return request;
  }

  void define(const std::string& name, const std::string& yaml) {
    auto loaded = spec::load(yaml, name, name + ".yaml", NoFiles());
    for (const auto& diagnostic : loaded.diagnostics)
      if (diagnostic.severity == spec::Severity::Error) ADD_FAILURE() << to_line(diagnostic);
    ASSERT_TRUE(loaded.definition);
    auto definition = std::make_shared<const model::Definition>(*std::move(loaded.definition));
    std::promise<Status> done;
    ASSERT_TRUE(engine->request(
        [&](model::ReplyTo to) {
          return model::Event(model::DefinitionLoaded{to, "test", definition});
        },
        [&](const model::Answer& answer) { done.set_value(answer.status); }));
    ASSERT_TRUE(done.get_future().get().ok());
  }

  // The number of a new run.
  std::int64_t start(const std::string& workflow, const std::string& body = {}) {
    const Answer answer = post("/api/v1/workflows/" + encode_segment(workflow) + "/runs", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    const Value json = answer.json();
    const Value* number = json.find("number");
    return number == nullptr ? 0 : number->as_int();
  }
  Value finished(std::int64_t run) {
    return get("/api/v1/runs/" + std::to_string(run) + "/wait?timeout=60s").json();
  }
  static std::string run_path(std::int64_t run, const std::string& rest = {}) {
    return "/api/v1/runs/" + std::to_string(run) + rest;
  }

  SystemClock clock;
  store::MemoryStore store;
  testing::FakeRunner runner;
  StoredVersions versions{store};
  FakeLogs logs;
  RunWatch watch;
  ChangeFeed feed;
  StreamPace pace;  // of APIs made from now on
  Credentials credentials;
  RateLimits rates = no_limits();  // taken by the next make_api(), as are these
  BeginBackup begin_backup;
  Collect collect;
  std::vector<CalendarView> calendars;
  model::PeoplePtr people = std::make_shared<const model::People>();
  net::Loop loop;
  Workers workers{3, 100};
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<Api> api;
  std::vector<std::unique_ptr<Api>> replaced;
  net::Handle keep_alive;
  std::thread loop_thread;
};

}  // namespace gantry::api
