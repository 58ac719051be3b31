#include <algorithm>
#include <boost/asio/ip/tcp.hpp>

#include "base/log.h"
#include "net/http.h"
#include "net/listener.h"
#include "net/loop_state.h"
#include "net/tls_session.h"

namespace gantry::net {

namespace {

using Socket = boost::asio::ip::tcp::socket;

constexpr Duration kExhaustedPause = milliseconds(100);
constexpr int kAcceptsPerTurn = 64;

class TcpHttpServer : public HttpServer {
 public:
  TcpHttpServer(Loop& loop, const ServerOptions& options, Handler handler, Listening listening)
      : loop_(loop),
        serving_(std::make_shared<Serving>(loop, options, std::move(handler))),
        tls_(options.tls),
        listening_(std::move(listening)) {
    watch();
  }
  ~TcpHttpServer() override {
    for (const auto& connection : open()) connection->cut();
  }
  TcpHttpServer(const TcpHttpServer&) = delete;
  TcpHttpServer& operator=(const TcpHttpServer&) = delete;

  int port() const override { return listening_.port; }
  void renew(std::shared_ptr<TlsIdentity> tls) override { tls_ = std::move(tls); }
  std::size_t connections() const override { return serving_->connections.size(); }

  void stop_accepting() override {
    serving_->stopping = true;
    accepting_.reset();
    listening_.fd.reset();
    for (const auto& connection : open()) connection->stop_when_answered();
  }

 private:
  // A copy, because connections that close take themselves out.
  std::vector<std::shared_ptr<ServedConnection>> open() const {
    return {serving_->connections.begin(), serving_->connections.end()};
  }

  void watch() {
    accepting_ = loop_.on_readable(listening_.fd.get(), [this] { accept_waiting(); });
  }
  void accept_waiting();
  void pause();
  void admit(Accepted accepted);
  void turn_away(const Accepted& accepted);
  void watch_deadlines();

  Loop& loop_;
  const std::shared_ptr<Serving> serving_;
  std::shared_ptr<TlsIdentity> tls_;
  Listening listening_;
  bool full_ = false;
  Handle accepting_;  // the watch, or the timer of a pause
  Handle deadlines_;  // while there are connections
};

void TcpHttpServer::accept_waiting() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    Accepted accepted;
    switch (accept_from(listening_.fd, accepted)) {
      case AcceptOutcome::Nothing: return;
      case AcceptOutcome::Vanished: break;
      case AcceptOutcome::Exhausted: return pause();
      case AcceptOutcome::Accepted: admit(std::move(accepted)); break;
    }
  }
}

// The connection stays in the backlog and would wake us at once, again and again.
void TcpHttpServer::pause() {
  log_warning("http",
              "no file descriptors left: new connections wait; raise the limit (ulimit -n)");
  accepting_ = loop_.after(kExhaustedPause, [this] { watch(); });
}

void TcpHttpServer::admit(Accepted accepted) {
  if (serving_->connections.size() >= serving_->options.connections_max) return turn_away(accepted);
  full_ = false;
  using boost::asio::ip::tcp;
  Socket socket(loop_.state().io);
  boost::system::error_code error;
  socket.assign(accepted.family == AF_INET6 ? tcp::v6() : tcp::v4(), accepted.fd.get(), error);
  if (error) return log_warning("http", "cannot serve {}: {}", accepted.peer, error.message());
  (void)accepted.fd.release();  // the socket's from here on
  if (!deadlines_) watch_deadlines();
  if (tls_) {
    start_tls_session(serving_, std::move(socket), accepted.peer, *tls_);
    return;
  }
  auto session = std::make_shared<Session<Socket>>(serving_, std::move(socket), accepted.peer);
  serving_->connections.insert(session);
  session->start();
}

// Best effort: an empty socket buffer takes it at once, and nobody waits for a client here.
void TcpHttpServer::turn_away(const Accepted& accepted) {
  const std::size_t most = serving_->options.connections_max;
  if (!full_) log_warning("http", "{} connections are open: more are turned away", most);
  full_ = true;
  const std::string text = refusal_text(
      {503, fmt::format("{} connections are open; try again later.", most)}, SystemClock().wall());
  (void)::send(accepted.fd.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  (void)::shutdown(accepted.fd.get(), SHUT_WR);
}

void TcpHttpServer::watch_deadlines() {
  const Duration shortest =
      std::min(serving_->options.idle_max, serving_->options.request_read_max);
  const Duration period{std::clamp(shortest.us / 4, std::int64_t{1'000}, seconds(1).us)};
  deadlines_ = loop_.every(period, [this] {
    const Duration now = SystemClock().since_boot();
    for (const auto& connection : open()) connection->check_deadline(now);
    if (serving_->connections.empty()) deadlines_.reset();
  });
}

}  // namespace

Result<std::unique_ptr<HttpServer>> serve_http(Loop& loop, const ServerOptions& options,
                                               Handler handler) {
  TRY(Listening listening, listen_on(options.address, options.port));
  return std::unique_ptr<HttpServer>(
      std::make_unique<TcpHttpServer>(loop, options, std::move(handler), std::move(listening)));
}

}  // namespace gantry::net
