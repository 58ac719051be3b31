// For the tests of this folder: a server with its loop on a thread, and a blocking client that
// shows the bytes as they are.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <string>
#include <thread>

#include "base/fd.h"
#include "base/mutex.h"
#include "net/http.h"
#include "net/loop.h"

namespace gantry::net {

class TestServer {
 public:
  explicit TestServer(Handler handler, ServerOptions options = {}) {
    options.port = 0;
    auto served = serve_http(loop_, options, std::move(handler));
    CHECK(served.ok());
    server_ = std::move(*served);
    port_ = server_->port();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~TestServer() {
    loop_.stop();
    thread_.join();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }
  Loop& loop() { return loop_; }

  // Runs on the loop thread and waits for it.
  template <typename Task>
  auto on_loop(Task task) {
    std::promise<decltype(task())> done;
    loop_.post([&] { done.set_value(task()); });
    return done.get_future().get();
  }
  std::size_t connections() {
    return on_loop([this] { return server_->connections(); });
  }
  void stop_accepting() {
    on_loop([this] { return server_->stop_accepting(), true; });
  }
  void destroy() {
    on_loop([this] { return server_.reset(), true; });
  }
  // True once `most` or fewer are open; gives up after a time no correct server needs.
  bool drained_to(std::size_t most) {
    for (int i = 0; i < 100'000; ++i) {
      if (connections() <= most) return true;
      std::this_thread::yield();
    }
    return false;
  }

 private:
  Loop loop_;
  std::unique_ptr<HttpServer> server_;
  int port_ = 0;
  std::thread thread_;
};

struct Answer {
  int status = 0;  // 0: the connection ended before an answer
  std::string head;
  std::string body;
  bool complete = false;  // the body came whole
};

class TestClient {
 public:
  explicit TestClient(int port, int receive_buffer_bytes = 0) {
    fd_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(fd_.valid());
    if (receive_buffer_bytes > 0)
      set(SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    const timeval patience{20, 0};  // a hang becomes a failure
    set(SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    set(SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }

  // False if the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }
  void reset_connection() {
    const linger now{1, 0};
    set(SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_.reset();
  }

  Answer get(std::string_view path) {
    send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return answer();
  }
  Answer answer(bool to_head = false) {
    Answer out;
    if (!read_until("\r\n\r\n", out.head)) return out;
    out.status = std::stoi(out.head.substr(9, 3));
    if (to_head || out.status == 204 || out.status == 304 || out.status == 100)
      out.complete = true;
    else if (out.head.find("Transfer-Encoding: chunked") != std::string::npos)
      out.complete = read_chunks(out.body);
    else if (const auto at = out.head.find("Content-Length: "); at != std::string::npos)
      out.complete = read_size(std::stoul(out.head.substr(at + 16)), out.body);
    else
      out.body = rest();
    return out;
  }
  // All up to the end of the connection.
  std::string rest() {
    while (more()) {
    }
    return std::exchange(buffer_, {});
  }
  // The server has closed in order: nothing more came, and it did not reset the connection,
  // which could have cost us its last answer.
  bool at_end() { return buffer_.empty() && !more() && !was_reset_; }
  bool read_until(std::string_view mark, std::string& out) {
    std::size_t at;
    while ((at = buffer_.find(mark)) == std::string::npos)
      if (!more()) return false;
    take(at + mark.size(), out);
    return true;
  }

 private:
  void set(int level, int name, const void* value, std::size_t size) {
    CHECK(::setsockopt(fd_.get(), level, name, value, static_cast<socklen_t>(size)) == 0);
  }
  bool more() {
    char bytes[16'384];
    const ssize_t n = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    if (n < 0 && errno == EAGAIN) ADD_FAILURE() << "nothing came within 20 s";
    was_reset_ = was_reset_ || (n < 0 && errno == ECONNRESET);
    if (n <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(n));
    return true;
  }
  void take(std::size_t size, std::string& out) {
    out += buffer_.substr(0, size);
    buffer_.erase(0, size);
  }
  bool read_size(std::size_t size, std::string& out) {
    while (buffer_.size() < size)
      if (!more()) return false;
    take(size, out);
    return true;
  }
  bool read_chunks(std::string& out) {
    for (;;) {
      std::string size_line;
      if (!read_until("\r\n", size_line)) return false;
      const std::size_t size = std::stoul(size_line, nullptr, 16);
      std::string end;
      if (!read_size(size, out) || !read_size(2, end)) return false;
      EXPECT_EQ(end, "\r\n");
      if (size == 0) return true;
    }
  }

  Fd fd_;
  std::string buffer_;
  bool was_reset_ = false;
};

inline ServerOptions with(std::function<void(ServerOptions&)> change) {
  ServerOptions options;
  change(options);
  return options;
}

// Answers "METHOD TARGET BODY".
inline void echo(Request request, std::shared_ptr<Responder> responder) {
  Response response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.target + " " + request.body;
  responder->respond(std::move(response));
}

}  // namespace gantry::net
