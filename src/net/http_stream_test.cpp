// Answers that come from other threads, in parts, too fast, or never.
#include <atomic>

#include "net/http_test_client.h"

namespace gantry::net {
namespace {

// Keeps the responder of each request for the test to use.
class Held {
 public:
  Handler handler() {
    return [this](Request, std::shared_ptr<Responder> responder) {
      const MutexLock lock(mutex_);
      held_.push_back(std::move(responder));
      arrived_.notify_all();
    };
  }
  std::shared_ptr<Responder> next() {
    const MutexLock lock(mutex_);
    arrived_.wait(mutex_, [this] { return !held_.empty(); });
    auto out = std::move(held_.front());
    held_.erase(held_.begin());
    return out;
  }

 private:
  Mutex mutex_;
  Condition arrived_;
  std::vector<std::shared_ptr<Responder>> held_;
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

bool becomes_gone(const Responder& responder) {
  for (int i = 0; i < 10'000'000; ++i) {
    if (responder.gone()) return true;
    std::this_thread::yield();
  }
  return false;
}

TEST(HttpStream, SendsChunksAsTheyComeAndKeepsTheConnection) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port());
  for (int round = 0; round < 3; ++round) {
    client.send(kGet);
    const auto responder = held.next();
    responder->begin_stream({.content_type = "text/event-stream", .headers = {}, .body = "zero "});
    std::string seen;
    ASSERT_TRUE(client.read_until("zero \r\n", seen));
    EXPECT_NE(seen.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
    EXPECT_EQ(seen.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(responder->write("one"));
    EXPECT_TRUE(responder->write(""));  // must not end the body
    std::string chunk;
    ASSERT_TRUE(client.read_until("one\r\n", chunk));  // before the end: it is not held back
    EXPECT_EQ(chunk, "3\r\none\r\n");
    EXPECT_TRUE(responder->write("two"));
    responder->end();
    std::string end;
    ASSERT_TRUE(client.read_until("0\r\n\r\n", end));
    EXPECT_EQ(end, "3\r\ntwo\r\n0\r\n\r\n");
  }
}

TEST(HttpStream, ManyThreadsMayWrite) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port());
  client.send(kGet);
  const auto responder = held.next();
  responder->begin_stream({});
  std::vector<std::thread> threads;
  std::atomic<int> accepted = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) accepted += responder->write("0123456789") ? 1 : 0;
    });
  for (std::thread& thread : threads) thread.join();
  responder->end();
  const Answer answer = client.answer();
  EXPECT_EQ(accepted, 2'000);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.size(), 20'000u);
}

TEST(HttpStream, ToHttp10EndsWithTheConnection) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port());
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto responder = held.next();
  responder->begin_stream({});
  responder->write("plain");
  responder->end();
  const Answer answer = client.answer();
  EXPECT_EQ(answer.head.find("chunked"), std::string::npos);
  EXPECT_EQ(answer.body, "plain");
}

TEST(HttpStream, ToHeadSendsOnlyTheHead) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  auto responder = held.next();
  responder->begin_stream({.headers = {}, .body = "no"});
  EXPECT_TRUE(responder->write("nothing"));
  responder->end();
  EXPECT_EQ(client.answer(true).status, 200);
  client.send(kGet);
  responder = held.next();
  responder->respond({.headers = {}, .body = "next"});
  EXPECT_EQ(client.answer().body, "next");
}

TEST(HttpStream, ASlowReaderIsCutAndMemoryStaysBounded) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port(), 4'096);  // reads nothing
  client.send(kGet);
  const auto responder = held.next();
  responder->begin_stream({});
  std::string head;
  ASSERT_TRUE(client.read_until("\r\n\r\n", head));
  const std::string chunk(64u << 10, 'x');
  std::size_t accepted = 0;
  while (responder->write(chunk)) {
    accepted += chunk.size();
    server.connections();  // by now the loop has sent what the sockets take
    ASSERT_LT(accepted, 64u << 20) << "never refused";
  }
  EXPECT_GE(accepted, limits::kStreamBytesMax);
  EXPECT_TRUE(responder->gone());
  EXPECT_FALSE(responder->write("more"));
  responder->end();  // no harm
  EXPECT_TRUE(server.drained_to(0));
  EXPECT_EQ(client.rest().find("\r\n0\r\n\r\n"), std::string::npos);  // the client can tell
}

// Writes a part whenever the one before is sent; owned by the task that waits for that.
struct Download {
  std::shared_ptr<Responder> responder;
  int parts_left = 0;
  bool refused = false;
  std::shared_ptr<std::promise<void>> over = std::make_shared<std::promise<void>>();
};

void go_on(const std::shared_ptr<Download>& download) {
  if (download->parts_left-- > 0 && download->responder->write(std::string(512u << 10, 'x')))
    return download->responder->when_sent([download] { go_on(download); });
  download->refused = download->parts_left >= 0;
  download->responder->end();
  download->over->set_value();
}

TEST(HttpStream, ALargeBodyCanBePacedToAnyReader) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port(), 4'096);
  client.send(kGet);
  const auto download = std::make_shared<Download>();
  download->responder = held.next();
  download->parts_left = 40;
  download->responder->begin_stream({});
  go_on(download);
  const Answer answer = client.answer();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.size(), 40u * (512u << 10));
}

TEST(HttpStream, APacedBodyEndsWhenTheClientGoes) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port(), 4'096);
  client.send(kGet);
  const auto download = std::make_shared<Download>();
  download->responder = held.next();
  download->parts_left = 1'000;
  download->responder->begin_stream({});
  const auto over = download->over;
  go_on(download);
  std::string seen;
  ASSERT_TRUE(client.read_until("xxxx", seen));
  client.reset_connection();
  over->get_future().wait();
  EXPECT_TRUE(download->refused);
}

TEST(HttpStream, AReaderThatStopsTakingAPlainAnswerIsCut) {
  Held held;
  TestServer server(held.handler(), with([](ServerOptions& o) { o.idle_max = milliseconds(30); }));
  TestClient client(server.port(), 4'096);
  client.send(kGet);
  held.next()->respond({.headers = {}, .body = std::string(32u << 20, 'x')});
  EXPECT_TRUE(server.drained_to(0));
  EXPECT_FALSE(client.answer().complete);
}

TEST(HttpStream, ALargeAnswerArrivesWhole) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port());
  client.send(kGet);
  held.next()->respond({.headers = {}, .body = std::string(32u << 20, 'x')});
  const Answer answer = client.answer();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.size(), 32u << 20);
}

TEST(HttpStream, AWaitingHandlerLearnsThatTheClientIsGone) {
  Held held;
  TestServer server(held.handler());
  for (const bool abrupt : {false, true}) {
    TestClient client(server.port());
    client.send(kGet);
    const auto responder = held.next();
    EXPECT_FALSE(responder->gone());
    if (abrupt)
      client.reset_connection();
    else
      client.close();
    EXPECT_TRUE(becomes_gone(*responder));
    responder->respond({});  // no harm
    EXPECT_TRUE(server.drained_to(0));
  }
}

TEST(HttpStream, AStreamLearnsThatTheClientIsGone) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port());
  client.send(kGet);
  auto responder = held.next();
  responder->begin_stream({});
  EXPECT_TRUE(responder->write("x"));
  client.reset_connection();
  EXPECT_TRUE(becomes_gone(*responder));
  EXPECT_FALSE(responder->write("y"));
  responder.reset();
  EXPECT_TRUE(server.drained_to(0));
}

TEST(HttpStream, AClientGoneWithHalfARequestLeavesNothing) {
  TestServer server(echo);
  for (const std::string part : {"", "GET", "GET / HTTP/1.1\r\nHost: x\r\n",
                                 "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"}) {
    TestClient client(server.port());
    client.send(part);
    client.close();
  }
  TestClient after(server.port());
  EXPECT_EQ(after.get("/").status, 200);
  EXPECT_TRUE(server.drained_to(1));
}

TEST(HttpStream, DroppingTheResponderClosesTheConnection) {
  Held held;
  TestServer server(held.handler());
  TestClient unanswered(server.port());
  unanswered.send(kGet);
  held.next().reset();
  EXPECT_TRUE(unanswered.at_end());

  TestClient half(server.port());
  half.send(kGet);
  auto responder = held.next();
  responder->begin_stream({.headers = {}, .body = "half"});
  std::string seen;
  ASSERT_TRUE(half.read_until("half\r\n", seen));
  responder.reset();
  EXPECT_EQ(half.rest(), "");  // no last chunk: the client can tell
  EXPECT_TRUE(server.drained_to(0));
}

TEST(HttpStream, DroppingInsideTheHandlerClosesTheConnection) {
  TestServer server([](Request, std::shared_ptr<Responder>) {});
  TestClient client(server.port());
  client.send(kGet);
  EXPECT_TRUE(client.at_end());
}

TEST(HttpStream, RespondersOutliveTheServer) {
  Held held;
  TestServer server(held.handler());
  TestClient client(server.port());
  client.send(kGet);
  const auto streaming = held.next();
  streaming->begin_stream({});
  TestClient other(server.port());
  other.send(kGet);
  const auto waiting = held.next();
  server.destroy();
  EXPECT_TRUE(streaming->gone());
  EXPECT_FALSE(streaming->write("x"));
  streaming->end();
  waiting->respond({});
  EXPECT_TRUE(other.at_end());
}

TEST(HttpStream, AnswersFromManyThreadsReachTheirClients) {
  Held held;
  TestServer server(held.handler());
  constexpr int kClients = 20;
  constexpr int kRounds = 50;
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w)
    workers.emplace_back([&] {
      for (int i = 0; i < kClients * kRounds / 4; ++i)
        held.next()->respond({.headers = {}, .body = "ok"});
    });
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(std::make_unique<TestClient>(server.port()));
  for (int round = 0; round < kRounds; ++round) {
    for (auto& client : clients) client->send(kGet);
    for (auto& client : clients) ASSERT_EQ(client->answer().body, "ok");
  }
  for (std::thread& worker : workers) worker.join();
}

TEST(HttpStreamDeathTest, AnsweringTwiceIsABug) {
  EXPECT_DEATH(
      {
        Held held;
        TestServer server(held.handler());
        TestClient client(server.port());
        client.send(kGet);
        const auto responder = held.next();
        responder->respond({});
        responder->respond({});
      },
      "Unanswered");
}

}  // namespace
}  // namespace gantry::net
