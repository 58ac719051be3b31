// One connection: reads requests, hands each to the handler, sends its answer, goes on or closes.
// A template over the stream, so that TLS is another Stream and nothing else. Loop thread only;
// the answers come through Exchange, which is thread safe.
//
//   Receiving --complete request--> Answering --answer sent, keep-alive--> Receiving
//       |  refused                      | answer sent, to be closed
//       +----------> Lingering <--------+      any failure, in any state: cut
//
// One read is always pending (unless much input waits), also while answering: that is how a
// client that vanishes is noticed.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"
#include "net/exchange.h"
#include "net/request_parser.h"
#include "net/response_head.h"

namespace gantry::net {

// What the server asks of a connection.
class ServedConnection : public Connection {
 public:
  virtual void check_deadline(Duration now) = 0;
  virtual void stop_when_answered() = 0;
  virtual void cut() = 0;  // now; unregisters itself
};

// What all connections of one server share.
struct Serving {
  Serving(Loop& l, ServerOptions o, Handler h)
      : loop(l), options(std::move(o)), handler(std::move(h)) {}
  Loop& loop;
  const ServerOptions options;
  const Handler handler;
  std::set<std::shared_ptr<ServedConnection>> connections;
  bool stopping = false;
};

template <typename Stream>
class Session : public ServedConnection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(std::shared_ptr<Serving> serving, Stream stream, std::string peer)
      : serving_(std::move(serving)), stream_(std::move(stream)), peer_(std::move(peer)) {}

  void start();

  void flush() override;
  void check_deadline(Duration now) override;
  void stop_when_answered() override;
  void cut() override;

 private:
  using ErrorCode = boost::system::error_code;
  enum class Stage { Receiving, Answering, Lingering, Closed };
  static constexpr std::size_t kReadBytes = 8u << 10;
  static constexpr std::size_t kInputMax = 16u << 10;  // of later requests, while one is answered
  static constexpr Duration kLingerMax = seconds(2);

  // TLS: a handshake before the first request, and a farewell after the last answer.
  static constexpr bool kEncrypted = requires(Stream & stream) {
    stream.next_layer().remote_endpoint();
  };

  void read();
  void on_read(ErrorCode error, std::size_t size);
  void expect_request();
  void receive();
  void on_more_needed();
  void answer();
  void refuse(const Refusal& refusal);
  void send(std::string bytes);
  void write_some();
  void on_written(ErrorCode error, std::size_t size);
  void on_all_sent();
  void linger();
  void allow(Duration time) { deadline_ = SystemClock().since_boot() + time; }

  const std::shared_ptr<Serving> serving_;
  Stream stream_;
  const std::string peer_;
  Stage stage_ = Stage::Receiving;
  std::optional<Duration> deadline_;  // since boot

  std::array<char, kReadBytes> read_space_;
  bool reading_ = false;
  bool input_ended_ = false;
  std::string input_;  // received, not yet parsed
  std::unique_ptr<RequestParser> parser_;
  bool request_begun_ = false;
  bool header_done_ = false;

  std::shared_ptr<Exchange> exchange_;
  bool last_taken_ = false;  // the end of the answer is being sent
  bool keep_alive_ = false;  // after it
  bool refused_ = false;
  std::string output_;  // being sent
  std::size_t output_at_ = 0;
  std::string output_next_;
  bool writing_ = false;
};

template <typename Stream>
void Session<Stream>::start() {
  if constexpr (kEncrypted) {
    allow(serving_->options.request_read_max);
    stream_.async_handshake(Stream::server, [self = this->shared_from_this()](ErrorCode error) {
      if (self->stage_ == Stage::Closed) return;
      error ? self->cut() : self->expect_request();
    });
  } else {
    expect_request();
  }
}

template <typename Stream>
void Session<Stream>::read() {
  if (reading_ || input_ended_ || stage_ == Stage::Closed || input_.size() >= kInputMax) return;
  reading_ = true;
  stream_.async_read_some(boost::asio::buffer(read_space_),
                          [self = this->shared_from_this()](ErrorCode error, std::size_t size) {
                            self->on_read(error, size);
                          });
}

template <typename Stream>
void Session<Stream>::on_read(ErrorCode error, std::size_t size) {
  reading_ = false;
  if (stage_ == Stage::Closed) return;
  if (error == boost::asio::error::eof) {
    input_ended_ = true;
    // It may have closed only its side, so what there is to say is still sent.
    if (stage_ == Stage::Answering) return exchange_->mark_gone();
    if (!refused_ || stage_ == Stage::Lingering) cut();
    return;
  }
  if (error) return cut();
  if (stage_ != Stage::Lingering) input_.append(read_space_.data(), size);
  if (stage_ == Stage::Receiving && !refused_) return receive();
  read();
}

template <typename Stream>
void Session<Stream>::expect_request() {
  stage_ = Stage::Receiving;
  parser_ = std::make_unique<RequestParser>(serving_->options.body_bytes_max);
  request_begun_ = header_done_ = false;
  allow(serving_->options.idle_max);
  receive();
}

template <typename Stream>
void Session<Stream>::receive() {
  if (input_.empty()) {
    if (input_ended_) return cut();
    return read();
  }
  if (!request_begun_) allow(serving_->options.request_read_max);
  request_begun_ = true;
  const RequestParser::Fed fed = parser_->feed(input_);
  input_.erase(0, fed.consumed);
  switch (fed.progress) {
    case RequestParser::Progress::NeedMore: return on_more_needed();
    case RequestParser::Progress::Complete: return answer();
    case RequestParser::Progress::Refused: return refuse(parser_->refusal());
  }
}

template <typename Stream>
void Session<Stream>::on_more_needed() {
  if (input_ended_) return cut();
  if (parser_->header_done() && !header_done_) {
    header_done_ = true;
    allow(serving_->options.request_read_max);
    if (parser_->expects_continue()) send("HTTP/1.1 100 Continue\r\n\r\n");
  }
  read();
}

template <typename Stream>
void Session<Stream>::answer() {
  stage_ = Stage::Answering;
  deadline_.reset();  // how long an answer takes is the handler's business
  last_taken_ = false;
  Request request = parser_->take();
  request.peer = peer_;
  request.secure = kEncrypted;
  serving_->options.proxies.apply(request);
  const RequestFacts facts{.head = request.method == "HEAD",
                           .may_chunk = parser_->may_chunk(),
                           .keep_alive = parser_->keep_alive() && !serving_->stopping};
  exchange_ = std::make_shared<Exchange>(serving_->loop, this->weak_from_this(), facts);
  if (input_ended_) exchange_->mark_gone();
  read();
  serving_->handler(std::move(request), std::make_shared<ExchangeResponder>(exchange_));
}

template <typename Stream>
void Session<Stream>::refuse(const Refusal& refusal) {
  refused_ = true;
  input_.clear();
  send(refusal_text(refusal, SystemClock().wall()));
}

template <typename Stream>
void Session<Stream>::flush() {
  if (stage_ != Stage::Answering) return;  // posted for an answer that is over
  if (exchange_->is_cut()) return cut();
  if (writing_ || last_taken_) return;
  Exchange::Output out = exchange_->take();
  last_taken_ = out.last;
  keep_alive_ = out.keep_alive;
  if (!out.bytes.empty() || out.last) send(std::move(out.bytes));
}

template <typename Stream>
void Session<Stream>::send(std::string bytes) {
  if (output_next_.empty())
    output_next_ = std::move(bytes);
  else
    output_next_ += bytes;
  if (writing_) return;
  output_ = std::exchange(output_next_, {});
  output_at_ = 0;
  writing_ = true;
  if (stage_ == Stage::Answering || refused_) allow(serving_->options.idle_max);
  write_some();
}

template <typename Stream>
void Session<Stream>::write_some() {
  stream_.async_write_some(
      boost::asio::buffer(output_.data() + output_at_, output_.size() - output_at_),
      [self = this->shared_from_this()](ErrorCode error, std::size_t size) {
        self->on_written(error, size);
      });
}

template <typename Stream>
void Session<Stream>::on_written(ErrorCode error, std::size_t size) {
  if (stage_ == Stage::Closed) return;
  if (error) return cut();
  output_at_ += size;
  if (output_at_ < output_.size()) {
    if (stage_ == Stage::Answering || refused_) allow(serving_->options.idle_max);
    return write_some();
  }
  writing_ = false;
  output_ = std::string();  // a large one must not stay with an idle connection
  if (!output_next_.empty()) return send({});
  on_all_sent();
}

template <typename Stream>
void Session<Stream>::on_all_sent() {
  if (refused_) return linger();
  if (stage_ != Stage::Answering) return;  // that was 100 Continue
  deadline_.reset();
  exchange_->sent();
  if (!last_taken_) return flush();
  exchange_.reset();
  const bool more = !input_ended_ || !input_.empty();
  if (keep_alive_ && more && !serving_->stopping) return expect_request();
  linger();
}

// Closing with unread input would send a reset, which can take the answer from the client. So
// only our side is closed, and input is thrown away until the client has closed too.
template <typename Stream>
void Session<Stream>::linger() {
  if (input_ended_) return cut();
  stage_ = Stage::Lingering;
  input_.clear();
  allow(kLingerMax);
  if constexpr (kEncrypted) {
    // Ends when the client has said farewell too, or with the deadline.
    stream_.async_shutdown([self = this->shared_from_this()](ErrorCode) { self->cut(); });
  } else {
    ErrorCode ignored;
    stream_.lowest_layer().shutdown(Stream::lowest_layer_type::shutdown_send, ignored);
  }
  read();
}

template <typename Stream>
void Session<Stream>::check_deadline(Duration now) {
  if (!deadline_ || now < *deadline_) return;
  if (stage_ == Stage::Receiving && request_begun_ && !refused_)
    return refuse({408, "The request did not arrive in time."});
  cut();
}

template <typename Stream>
void Session<Stream>::stop_when_answered() {
  if (stage_ == Stage::Receiving && !request_begun_) return cut();
  if (exchange_) exchange_->forbid_keep_alive();
}

template <typename Stream>
void Session<Stream>::cut() {
  if (stage_ == Stage::Closed) return;
  stage_ = Stage::Closed;
  if (exchange_) exchange_->mark_gone();
  exchange_.reset();
  ErrorCode ignored;
  stream_.lowest_layer().close(ignored);
  serving_->connections.erase(this->shared_from_this());
}

}  // namespace gantry::net
