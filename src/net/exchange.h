// One request's answer on its way from any thread (through the Responder) to the connection on
// the loop thread: the bytes that wait to be sent, and what ends them.
#pragma once

#include <memory>
#include <string>

#include "base/mutex.h"
#include "net/http.h"

namespace gantry::net {

// What the exchange needs of its connection.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void flush() = 0;  // loop thread: the exchange has something new
};

struct RequestFacts {
  bool head = false;      // the method is HEAD
  bool may_chunk = true;  // HTTP/1.1
  bool keep_alive = true;
};

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Loop& loop, std::weak_ptr<Connection> connection, RequestFacts facts)
      : loop_(loop), connection_(std::move(connection)), facts_(facts) {}

  // Any thread.
  void respond(Response response);
  void begin_stream(Response head);
  bool write(std::string chunk);
  void end();
  void when_sent(std::function<void()> task);
  bool gone() const;
  void abandon();  // the responder is dropped: cut unless all is said

  // Loop thread.
  struct Output {
    std::string bytes;
    bool last = false;
    bool keep_alive = false;
  };
  bool is_cut() const;
  Output take();  // its bytes count as waiting until sent()
  void sent();
  void mark_gone();
  void forbid_keep_alive();

 private:
  enum class Stage { Unanswered, Streaming, Ended, Cut };

  void append_chunk(std::string_view chunk) REQUIRES(mutex_);
  void move_to(Stage stage) REQUIRES(mutex_);
  void wake() REQUIRES(mutex_);
  void call_if_sent() REQUIRES(mutex_);

  Loop& loop_;
  const std::weak_ptr<Connection> connection_;
  mutable Mutex mutex_;
  RequestFacts facts_ GUARDED_BY(mutex_);
  Stage stage_ GUARDED_BY(mutex_) = Stage::Unanswered;
  bool chunked_ GUARDED_BY(mutex_) = false;
  bool bodyless_ GUARDED_BY(mutex_) = false;
  bool gone_ GUARDED_BY(mutex_) = false;
  bool woken_ GUARDED_BY(mutex_) = false;  // a flush is posted, or will follow what is in flight
  std::string waiting_ GUARDED_BY(mutex_);
  std::size_t in_flight_bytes_ GUARDED_BY(mutex_) = 0;
  std::function<void()> when_sent_ GUARDED_BY(mutex_);
};

// The handler's end of an exchange.
class ExchangeResponder : public Responder {
 public:
  explicit ExchangeResponder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~ExchangeResponder() override { exchange_->abandon(); }
  ExchangeResponder(const ExchangeResponder&) = delete;
  ExchangeResponder& operator=(const ExchangeResponder&) = delete;
  void respond(Response response) override { exchange_->respond(std::move(response)); }
  void begin_stream(Response head) override { exchange_->begin_stream(std::move(head)); }
  bool write(std::string chunk) override { return exchange_->write(std::move(chunk)); }
  void end() override { exchange_->end(); }
  void when_sent(std::function<void()> task) override { exchange_->when_sent(std::move(task)); }
  bool gone() const override { return exchange_->gone(); }

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace gantry::net
