// The Api behind the real server: what crosses a socket.
#include "api/api_fixture.h"
#include "net/http_test_client.h"

namespace gantry::api {
namespace {

class ServerTest : public ApiFixture {
 protected:
  ServerTest() {
    net::ServerOptions options;
    options.port = 0;
    on_loop([&] { server = net::serve_http(loop, options, api->handler()).value(); });
  }
  ~ServerTest() override {
    on_loop([&] { server.reset(); });
  }

  void on_loop(const std::function<void()>& task) {
    std::promise<void> done;
    loop.post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  static std::string request(const std::string& method, const std::string& target,
                             const std::string& more = {}) {
    return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           kToken + "\r\n" + more + "\r\n";
  }

  std::unique_ptr<net::HttpServer> server;
};

TEST_F(ServerTest, ARunOverOneConnection) {
  define("etl/sales", "tasks:\n  a: {run: \"true\"}\n");
  net::TestClient client(server->port());
  client.send(request("POST", "/api/v1/workflows/etl%2Fsales/runs",
                      "Content-Type: application/json\r\nContent-Length: 11\r\n") +
              R"({"key":"k"})");
  const net::Answer started = client.answer();
  EXPECT_EQ(started.status, 201) << started.body;
  EXPECT_NE(started.head.find("Location: /api/v1/runs/1\r\n"), std::string::npos) << started.head;
  client.send(request("GET", "/api/v1/runs/1/wait?timeout=60s"));
  EXPECT_EQ(at(parse_json(client.answer().body).value(), "state"), "succeeded");
  client.send(request("HEAD", "/api/v1/runs"));
  const net::Answer head = client.answer(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.head.find("X-Content-Type-Options: nosniff"), std::string::npos);
  client.send(request("HEAD", "/api/v1/runs/1/tasks/a/log?format=text"));
  const net::Answer log = client.answer(true);
  EXPECT_NE(log.head.find("Transfer-Encoding: chunked"), std::string::npos) << log.head;
  EXPECT_NE(log.head.find("Content-Disposition: attachment"), std::string::npos) << log.head;
  // Pipelined: answered in order, although workers share the work.
  client.send(request("GET", "/api/v1/runs/1") + request("GET", "/api/v1/none") +
              request("GET", "/api/v1/health"));
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.answer().status, 404);
  EXPECT_EQ(client.answer().status, 200);
}

TEST_F(ServerTest, ASlowReaderGetsTheWholeLog) {
  define("w", "tasks:\n  a: {run: \"true\"}\n");
  const auto run = start("w");
  finished(run);
  const AttemptId attempt = runner.started().front().id;
  for (int i = 0; i < 300; ++i) logs.add(attempt, std::string(16'000, 'x'));
  logs.add(attempt, "the last line");
  net::TestClient client(server->port(), 4096);
  client.send(request("GET", run_path(run, "/tasks/a/log?follow=1")));
  const net::Answer answer = client.answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.complete) << "cut after " << answer.body.size();
  EXPECT_GT(answer.body.size(), 300u * 16'000u);
  EXPECT_NE(answer.body.find("the last line"), std::string::npos);
}

TEST_F(ServerTest, AWaiterThatLeavesDoesNoHarm) {
  define("w", "tasks:\n  a: {run: \"true\"}\n");
  runner.script("a", {testing::runs_on()});
  const auto run = start("w");
  runner.wait_started("a");
  {
    net::TestClient client(server->port());
    client.send(request("GET", run_path(run, "/wait?timeout=5m")));
    while (watch.size() == 0) std::this_thread::yield();
  }
  runner.finish(RunNo{run}, "a");
  EXPECT_EQ(at(finished(run), "state"), "succeeded");
  while (watch.size() > 0) std::this_thread::yield();
}

}  // namespace
}  // namespace gantry::api
