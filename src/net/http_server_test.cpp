// The protocol as a client sees it. Streams and failures are in http_stream_test.cpp.
#include <fcntl.h>
#include <sys/resource.h>

#include <filesystem>
#include <set>

#include "net/http_test_client.h"

namespace gantry::net {
namespace {

TEST(HttpServer, AnswersManyRequestsOnOneConnection) {
  TestServer server(echo);
  TestClient client(server.port());
  for (int i = 0; i < 50; ++i) {
    const std::string path = "/" + std::to_string(i);
    const Answer answer = client.get(path);
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET " + path + " ");
    EXPECT_NE(answer.head.find("Connection: keep-alive\r\n"), std::string::npos);
    EXPECT_NE(answer.head.find("Content-Type: text/plain\r\n"), std::string::npos);
    EXPECT_NE(answer.head.find(" GMT\r\n"), std::string::npos);
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  // Each is answered only when the test says so, so the others must wait in line.
  std::promise<std::shared_ptr<Responder>> first;
  int calls = 0;
  TestServer server([&](Request request, std::shared_ptr<Responder> responder) {
    if (++calls == 1) return first.set_value(std::move(responder));
    echo(std::move(request), std::move(responder));
  });
  TestClient client(server.port());
  std::string requests;
  for (int i = 0; i < 5'000; ++i)
    requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  std::thread sender([&] { EXPECT_TRUE(client.send(requests)); });
  const auto held = first.get_future().get();
  EXPECT_EQ(server.on_loop([&] { return calls; }), 1);
  held->respond({.status = 202, .headers = {}, .body = "first"});
  EXPECT_EQ(client.answer().body, "first");
  for (int i = 1; i < 5'000; ++i)
    ASSERT_EQ(client.answer().body, "GET /" + std::to_string(i) + " ");
  sender.join();
}

TEST(HttpServer, ClosesWhenTheClientAsksForIt) {
  TestServer server(echo);
  for (const std::string request :
       {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    TestClient client(server.port());
    client.send(request);
    const Answer answer = client.answer();
    EXPECT_EQ(answer.body, "GET / ");
    EXPECT_NE(answer.head.find("Connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.at_end());
  }
}

TEST(HttpServer, StillAnswersAClientThatOnlyFinishedSending) {
  TestServer server(echo);
  TestClient client(server.port());
  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /ha");
  client.finish_sending();
  EXPECT_EQ(client.answer().body, "GET /1 ");
  EXPECT_EQ(client.answer().body, "GET /2 ");
  EXPECT_TRUE(client.at_end());
  TestClient wrong(server.port());
  wrong.send("rubbish\r\n\r\n");
  wrong.finish_sending();
  EXPECT_EQ(wrong.answer().status, 400);
}

TEST(HttpServer, HeadHasTheLengthAndNoBody) {
  TestServer server(echo);
  TestClient client(server.port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  const Answer head = client.answer(true);
  EXPECT_NE(head.head.find("Content-Length: 7\r\n"), std::string::npos) << head.head;
  EXPECT_EQ(client.get("/next").body, "GET /next ");
}

TEST(HttpServer, NoContentHasNeitherBodyNorLength) {
  TestServer server([](Request, std::shared_ptr<Responder> responder) {
    responder->respond({.status = 204, .headers = {}, .body = "must not be sent"});
  });
  TestClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.get("/");
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.head.find("Content-Length"), std::string::npos);
  }
}

TEST(HttpServer, TakesBodiesWithLengthAndInChunks) {
  TestServer server(echo);
  TestClient client(server.port());
  const std::string large(3'000'000, 'x');
  client.send("POST /l HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + large);
  EXPECT_EQ(client.answer().body, "POST /l " + large);
  client.send(
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(client.answer().body, "POST /c abcde");
}

TEST(HttpServer, HandsOverHeadersAndPeer) {
  Request got;
  TestServer server([&](Request request, std::shared_ptr<Responder> responder) {
    got = request;
    echo(std::move(request), std::move(responder));
  });
  TestClient client(server.port());
  client.send("GET /a%2Fb?q=%20 HTTP/1.1\r\nHost: here\r\nX-Thing: Some Value\r\n\r\n");
  ASSERT_EQ(client.answer().status, 200);
  EXPECT_EQ(got.path, "/a%2Fb");
  EXPECT_EQ(got.query, "q=%20");
  EXPECT_EQ(got.header("x-thing"), "Some Value");
  EXPECT_EQ(got.peer.substr(0, 10), "127.0.0.1:");
}

TEST(HttpServer, SaysContinueBeforeTheBody) {
  TestServer server(echo);
  TestClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.answer().status, 100);
  client.send("hi");
  EXPECT_EQ(client.answer().body, "POST / hi");
  // The body is there already: no need to ask for it.
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nho");
  EXPECT_EQ(client.answer().body, "POST / ho");
}

TEST(HttpServer, RefusesATooLargeBodyBeforeItComes) {
  TestServer server(echo, with([](ServerOptions& o) { o.body_bytes_max = 1'000; }));
  TestClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
  const Answer answer = client.answer();
  EXPECT_EQ(answer.status, 413);
  EXPECT_NE(answer.body.find("exceeds 1000 bytes"), std::string::npos) << answer.body;
  EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, ARefusalReachesAClientThatGoesOnSending) {
  TestServer server(echo, with([](ServerOptions& o) { o.body_bytes_max = 1'000; }));
  TestClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n");
  EXPECT_TRUE(client.send(std::string(4'000'000, 'x')));
  EXPECT_EQ(client.answer().status, 413);
  EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, RefusesBadRequestsWithoutTheHandlerAndCloses) {
  std::atomic<int> handled = 0;
  TestServer server([&](Request request, std::shared_ptr<Responder> responder) {
    ++handled;
    echo(std::move(request), std::move(responder));
  });
  const std::pair<std::string, int> cases[] = {
      {"rubbish\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n", 417},
      {"GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
      // The second request must never be seen, whichever of the two lengths is believed.
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
       "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n"
       "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
       501},
  };
  for (const auto& [bytes, status] : cases) {
    TestClient client(server.port());
    client.send(bytes);
    const Answer answer = client.answer();
    EXPECT_EQ(answer.status, status) << bytes.substr(0, 60);
    EXPECT_NE(answer.head.find("Content-Type: application/problem+json"), std::string::npos);
    EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(client.at_end());
  }
  EXPECT_EQ(handled, 0);
}

TEST(HttpServer, HeadersOfAnAnswerCanNotAddLines) {
  TestServer server([](Request, std::shared_ptr<Responder> responder) {
    responder->respond({.headers = {{"Location", "/a\r\nSet-Cookie: stolen"}}, .body = ""});
  });
  TestClient client(server.port());
  const Answer answer = client.get("/");
  EXPECT_NE(answer.head.find("Location: /a  Set-Cookie: stolen\r\n"), std::string::npos);
  EXPECT_EQ(answer.head.find("\nSet-Cookie"), std::string::npos);
}

TEST(HttpServer, ClosesIdleConnections) {
  TestServer server(echo, with([](ServerOptions& o) { o.idle_max = milliseconds(30); }));
  TestClient fresh(server.port());
  EXPECT_TRUE(fresh.at_end());
  TestClient used(server.port());
  EXPECT_EQ(used.get("/").status, 200);
  EXPECT_TRUE(used.at_end());
}

TEST(HttpServer, GivesUpOnSlowHeadersAndBodies) {
  TestServer server(echo, with([](ServerOptions& o) { o.request_read_max = milliseconds(30); }));
  for (const std::string begun : {"GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n",
                                  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"}) {
    TestClient client(server.port());
    client.send(begun);
    EXPECT_EQ(client.answer().status, 408) << begun;
    EXPECT_TRUE(client.at_end());
  }
}

TEST(HttpServer, TheTimeOfARequestIsNotProlongedByDrops) {
  TestServer server(echo, with([](ServerOptions& o) {
                      o.request_read_max = milliseconds(300);
                      o.body_bytes_max = 1u << 30;
                    }));
  TestClient client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n");
  ASSERT_EQ(client.answer().status, 100);
  // The server takes part in every step, so a byte comes before each of its looks at the time.
  int sent = 0;
  while (sent < 1'000'000 && client.send("x") && server.connections() > 0) ++sent;
  EXPECT_LT(sent, 1'000'000);
  EXPECT_EQ(client.answer().status, 408);
}

TEST(HttpServer, TurnsAwayMoreConnectionsThanAllowed) {
  TestServer server(echo, with([](ServerOptions& o) { o.connections_max = 3; }));
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<TestClient>(server.port()));
    ASSERT_EQ(clients.back()->get("/").status, 200);
  }
  TestClient one_more(server.port());
  const Answer answer = one_more.answer();
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.head.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_TRUE(one_more.at_end());
  EXPECT_EQ(clients[0]->get("/").status, 200);
  clients[1].reset();
  ASSERT_TRUE(server.drained_to(2));
  TestClient later(server.port());
  EXPECT_EQ(later.get("/").status, 200);
}

TEST(HttpServer, Serves200ClientsAtOnce) {
  TestServer server(echo);
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<TestClient>(server.port()));
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i)
      ASSERT_TRUE(clients[i]->send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n"));
    for (std::size_t i = 0; i < clients.size(); ++i)
      ASSERT_EQ(clients[i]->answer().body, "GET /" + std::to_string(i) + " ");
  }
  EXPECT_EQ(server.connections(), 200u);
  clients.clear();
  EXPECT_TRUE(server.drained_to(0));
}

TEST(HttpServer, StoppingAnswersWhatIsOpenAndClosesTheRest) {
  std::promise<std::shared_ptr<Responder>> open;
  TestServer server([&](Request request, std::shared_ptr<Responder> responder) {
    if (request.path == "/open") return open.set_value(std::move(responder));
    echo(std::move(request), std::move(responder));
  });
  TestClient idle(server.port());
  ASSERT_EQ(idle.get("/").status, 200);
  TestClient sending(server.port());
  sending.send("POST /s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  ASSERT_EQ(sending.answer().status, 100);
  TestClient waiting(server.port());
  waiting.send("GET /open HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto responder = open.get_future().get();

  server.stop_accepting();
  EXPECT_TRUE(idle.at_end());
  EXPECT_EQ(server.connections(), 2u);
  sending.send("y");
  EXPECT_EQ(sending.answer().body, "POST /s y");
  EXPECT_TRUE(sending.at_end());
  responder->respond({.headers = {}, .body = "late"});
  const Answer answer = waiting.answer();
  EXPECT_EQ(answer.body, "late");
  EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(waiting.at_end());
  sending.close();
  waiting.close();
  EXPECT_TRUE(server.drained_to(0));
}

TEST(HttpServer, SaysWhyItCanNotListen) {
  Loop loop;
  const auto first = serve_http(loop, with([](ServerOptions& o) { o.port = 0; }), echo);
  ASSERT_TRUE(first.ok());
  const auto taken =
      serve_http(loop, with([&](ServerOptions& o) { o.port = (*first)->port(); }), echo);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, Code::Unavailable);
  EXPECT_NE(taken.error().message.find("another program has it"), std::string::npos);
  for (const auto& change : std::vector<std::function<void(ServerOptions&)>>{
           [](ServerOptions& o) { o.address = "localhost"; },
           [](ServerOptions& o) { o.address = ""; }, [](ServerOptions& o) { o.port = -1; },
           [](ServerOptions& o) { o.port = 65'536; }}) {
    const auto bad = serve_http(loop, with(change), echo);
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().code, Code::InvalidArgument);
  }
  const auto foreign =
      serve_http(loop, with([](ServerOptions& o) { o.address = "192.0.2.1"; }), echo);
  ASSERT_FALSE(foreign.ok());
  EXPECT_EQ(foreign.error().code, Code::Unavailable);
}

std::set<int> open_descriptors() {
  std::set<int> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    out.insert(std::stoi(entry.path().filename()));
  return out;
}

TEST(HttpServer, LeavesNoDescriptorToChildren) {
  const std::set<int> before = open_descriptors();
  TestServer server(echo);
  TestClient client(server.port());
  ASSERT_EQ(client.get("/").status, 200);
  const Handle signals =
      server.on_loop([&] { return server.loop().on_signals({SIGUSR1}, [](int) {}); });
  int checked = 0;
  for (const int fd : open_descriptors()) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (before.contains(fd) || flags < 0) continue;  // -1: the directory that was read
    ++checked;
    EXPECT_NE(flags & FD_CLOEXEC, 0)
        << std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd));
  }
  EXPECT_GE(checked, 7);  // the loop's, the listener, both ends of the connection, the signal pipe
}

TEST(HttpServer, WaitsForDescriptorsAndGoesOn) {
  TestServer server(echo);
  TestClient first(server.port());
  ASSERT_EQ(first.get("/").status, 200);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  std::vector<Fd> fillers;
  rlimit tight = old;
  tight.rlim_cur = static_cast<rlim_t>(*open_descriptors().rbegin()) + 20;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  // One is left for the client's own end, none for the server's.
  for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) fillers.emplace_back(fd);
  fillers.pop_back();
  TestClient second(server.port());
  EXPECT_TRUE(second.send("GET /two HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(first.get("/still").body, "GET /still ");  // the loop lives
  EXPECT_EQ(server.connections(), 1u);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_EQ(second.answer().body, "GET /two ");
}

TEST(HttpServer, ListensOnIpv6) {
  Loop loop;
  const auto served = serve_http(loop, with([](ServerOptions& o) {
                                   o.address = "::1";
                                   o.port = 0;
                                 }),
                                 echo);
  if (!served.ok()) GTEST_SKIP() << served.error().message;
  EXPECT_GT((*served)->port(), 0);
}

}  // namespace
}  // namespace gantry::net
