// Reply: the one answer to one request. Whoever drops it without an answer has answered 503, so a
// job that a full queue refused, or a question that the engine dropped, never leaves a client
// waiting.
//
// Threads: one at a time; the responder behind it takes calls from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "net/http.h"

namespace gantry::api {

struct Problem;

class Reply {
 public:
  Reply(std::shared_ptr<net::Responder> responder, Lang lang)
      : responder_(std::move(responder)), lang_(lang) {}
  ~Reply();
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  void send(net::Response response);  // adds the headers that every answer has
  void fail(const Error& error);
  void fail(const Problem& problem, const Text& detail);
  void refuse_rate(Duration retry_after);

  // Called with the code of the problem before the first failing answer, on the failing thread.
  void when_failed(std::function<void(std::string_view)> task) { when_failed_ = std::move(task); }
  void finish(Result<net::Response> result);

  // The head of an answer of unknown length; from then on the responder is the caller's.
  std::shared_ptr<net::Responder> stream(net::Response head);

  bool answered() const { return !responder_; }
  Lang lang() const { return lang_; }

 private:
  std::shared_ptr<net::Responder> responder_;  // null once answered
  Lang lang_;
  std::function<void(std::string_view)> when_failed_;
};
using ReplyPtr = std::shared_ptr<Reply>;

net::Response json_response(std::string body, int status = 200);

}  // namespace gantry::api
